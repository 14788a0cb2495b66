"""One screen that says what stands."""

import json

import pytest
from conftest import TOP
from rich.console import Console

from dramatis.cast.schema import UNMET
from dramatis.cli.main import main
from dramatis.cli.status import NEVER, score_tables, state_table, states_of, waiting, waiting_table
from dramatis.core.tables import write_table
from dramatis.state.memory import Memory
from dramatis.state.plan import Group, Item
from dramatis.state.reasons import reason


def group(name, *items, needs=()):
    return Group(name, "dvc.yaml", {item: Item("", [], [], [], []) for item in items}, list(needs), False)


PLAN = [group("frames", "frames@a", "frames@b"), group("cluster", "cluster", needs=["frames"]), group("film")]


def shown(table):
    console = Console(width=130, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(table)
    return [line.split() for line in console.export_text().splitlines()[1:]]


def test_all_stands():
    assert shown(state_table(states_of(PLAN, {}))) == [
        ["frames", "stands"], ["cluster", "stands"], ["film", "none", "no", "such", "item", "in", "params.yaml"],
    ]  # fmt: skip


def test_a_stale_stage_says_why_and_what_may_follow():
    rows = shown(state_table(states_of(PLAN, {"frames@b": "frames.fps changed"})))
    assert rows[0] == ["frames", "stale", "1", "of", "2", "b:", "frames.fps", "changed"]
    assert rows[1] == ["cluster", "may", "follow", "after", "frames"]


def test_never_run():
    rows = shown(state_table(states_of(PLAN, dict.fromkeys(("frames@a", "frames@b", "cluster"), NEVER))))
    assert rows[:2] == [["frames", "not", "run", "2", "of", "2"], ["cluster", "not", "run"]]


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([{"changed deps": {"params.yaml": {"frames.fps": "modified"}}}], "frames.fps changed"),
        (
            [{"changed deps": {"data/frames": "modified", "src/dramatis/core/boxes.py": "modified"}}],
            "src/dramatis/core/boxes.py changed",
        ),
        ([{"changed deps": {"a.mkv": "deleted"}}], "a.mkv deleted"),
        ([{"changed outs": {"data/frames/a": "modified"}}], "data/frames/a modified"),
        (["changed command"], "changed command"),
    ],
)
def test_the_reason_is_the_most_telling_change(entries, said):
    assert reason(entries) == said


def test_scores_are_those_of_the_metrics_files(tmp_path):
    params = {"film": {"titles": ["sample"]}, "runs": {"solo": {}, "other": {}}}
    assert score_tables(tmp_path, params) == []
    (tmp_path / "score").mkdir()
    (tmp_path / "cluster.json").write_text(json.dumps({"ari": 0.97512, "strangers_merged": 0, "faces": 9}))
    run = {"best_step": 120, "recscore": 0.7, "recscore_low": 0.65, "recscore_high": 0.75, "base_recscore": None}
    (tmp_path / "score/solo.json").write_text(json.dumps(run))
    stages, runs = (shown(table) for table in score_tables(tmp_path, params))
    assert stages == [["cluster", "ari", "0.975", "·", "strangers_merged", "0"]]
    assert runs == [["solo", "120", "0.700", "0.650", "0.750"]]


def test_scores_of_another_project_s_film_and_runs_are_not_shown(tmp_path):
    (tmp_path / "score").mkdir()
    (tmp_path / "cluster.json").write_text(json.dumps({"ari": 0.97512}))
    (tmp_path / "score/solo.json").write_text(json.dumps({"recscore": 0.7}))
    assert score_tables(tmp_path, {"film": {"titles": []}, "runs": {"ann": {}}}) == []


def test_decisions_that_wait_are_shown_while_they_stand(tmp_path):
    unmet, file = tmp_path / "unmet.parquet", tmp_path / "cast.yaml"
    file.write_text("merge:\n  zoe: ada\n")
    assert waiting(unmet, file, Memory(tmp_path / "state.json")) == []
    rows = [
        {"decision": f"merge.{key}", "section": "merge", "key": key, "reason": "nobody is called so"}
        for key in ("zoe", "yan")
    ]
    write_table(rows, UNMET, unmet)
    assert shown(waiting_table(waiting(unmet, file, Memory(tmp_path / "state.json")), file)) == [
        ["merge.zoe", "nobody", "is", "called", "so"]
    ]
    file.write_text("merge:\n")
    assert waiting(unmet, file, Memory(tmp_path / "state.json")) == []


def test_help_names_the_commands(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["dramatis", "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert all(command in said for command in ("status", "lineage", "show", "preset", "docs"))


def test_a_user_error_is_one_line(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["dramatis", "status"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith(
        "error: params.yaml: there is no such file. Run this in the project's top"
    )


def test_where_dvc_was_never_told_of_the_project(monkeypatch, capsys, tmp_path):
    for name in ("pipelines", "dvc.yaml", "params.yaml"):
        (tmp_path / name).symlink_to(TOP / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["dramatis", "status"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "error: .dvc: there is no project of DVC here. Run `dvc init` in its top folder\n"


def test_figures_that_are_no_json_are_left_out(tmp_path):
    (tmp_path / "cluster.json").write_text("{")
    assert score_tables(tmp_path, {"film": {"titles": ["sample"]}}) == []

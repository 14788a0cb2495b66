"""The commands export and publish."""

import json
import shutil

import pytest
from conftest import TOP
from publishable import write_release
from tiny_dataset import write_dataset

from dramatis.cli.main import main


@pytest.fixture
def project(tmp_path, monkeypatch):
    write_dataset(tmp_path / "data/dataset")
    shutil.copy(TOP / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(monkeypatch, capsys, *arguments):
    """Exit status, standard output, error output."""
    monkeypatch.setattr("sys.argv", ["dramatis", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    return ended.value.code or 0, said.out, said.err


def test_export_writes_below_work_and_says_what(project, monkeypatch, capsys):
    code, out, _ = call(monkeypatch, capsys, "export", "kohya", "--characters", "ada, bela")
    assert code == 0
    assert out.splitlines()[0] == "kohya: 12 pictures of split train in work/export/kohya"
    assert "2 left out: of characters that were not chosen" in out
    config = (project / "work/export/kohya/dataset.toml").read_text()
    assert f'image_dir = "{project}/work/export/kohya/train/10_ada"' in config


def test_export_of_the_held_out_pictures_for_another_machine(project, monkeypatch, capsys):
    arguments = ("export", "ai-toolkit", "--split", "validation", "--root", "/there", "--base", "me/base")
    code, out, _ = call(monkeypatch, capsys, *arguments)
    assert code == 0
    config = (project / "work/export/ai-toolkit-validation/config.yaml").read_text()
    assert "folder_path: /there/pictures/1_ada" in config
    assert "name_or_path: me/base" in config


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("export", "onetrainer"), "no such format"),
        (("export", "kohya", "--split", "test"), "it must be one of train, validation"),
        (("export", "kohya", "--characters", "zoe"), "zoe: no such character"),
        (("export", "kohya", "--out", "data/kohya"), "an export may not be in data"),
        (("publish", "film", "--to", "out"), "only these can be published: model, dataset, story"),
        (("publish", "model", "--to", "out"), "it needs the name of a run"),
        (("publish", "dataset", "cast", "--to", "out"), "there is one dataset"),
        (("publish", "model", "zoe", "--to", "out"), "zoe: there is no such run, there are solo, twins"),
        (("publish", "model", "solo", "--to", "out"), "stage release@solo makes it"),
        (("publish", "story", "zoe", "--to", "out"), "zoe: there is no such story"),
        (("publish", "model", "solo", "--to", "out", "--min-recscore", "7"), "publish.min_recscore = 7.0"),
        (("publish", "dataset", "--to", "ftp://x"), "it must be a folder"),
        (("publish", "dataset", "--to", "out"), "nobody said what this may be used for"),
    ],
)
def test_what_cannot_be_is_one_line(arguments, said, project, monkeypatch, capsys):
    code, _, err = call(monkeypatch, capsys, *arguments)
    assert code == 1
    (line,) = err.strip().splitlines()
    assert line.startswith("error: ")
    assert said in line
    assert sorted(path.name for path in project.iterdir()) == ["data", "params.yaml"]


def test_publish_into_a_folder(project, monkeypatch, capsys):
    code, out, _ = call(monkeypatch, capsys, "publish", "dataset", "--to", "out", "--no-license")
    assert code == 0
    assert "copied to out" in out
    assert (project / "out/characters/train/e01.parquet").is_file()


def test_a_dry_run_writes_nothing(project, monkeypatch, capsys):
    code, out, _ = call(monkeypatch, capsys, "publish", "dataset", "--to", "hf://datasets/me/cast", "--dry-run")
    assert code == 0
    assert "nothing was sent" in out
    assert sorted(path.name for path in project.iterdir()) == ["data", "params.yaml"]


def test_limits_on_the_command_line_and_json(project, monkeypatch, capsys):
    write_release(project)
    to = ("--to", "hf://me/solo", "--dry-run", "--no-license", "--json")
    told = []
    for more in ([], ["--min-recscore", "0.95"], ["--min-recscore", "0.95", "--anyway"]):
        code, out, err = call(monkeypatch, capsys, "publish", "model", "solo", *to, *more)
        assert (code, err) == (0, "")
        told.append(json.loads(out))
    assert [one["refused"] for one in told] == [False, True, False]
    assert told[1]["against"] == ["recscore is 0.900 [0.80, 0.95], at least 0.95 is asked"]
    assert told[0]["public"] is False and told[0]["to"] == "hf://me/solo"


def test_a_project_of_before_has_no_such_section(project, monkeypatch, capsys):
    write_release(project)
    said = (project / "params.yaml").read_text()
    start, end = said.index("\npublish:"), said.index("\nmeasure:")
    (project / "params.yaml").write_text(said[:start] + said[end:])
    code, out, err = call(monkeypatch, capsys, "publish", "model", "solo", "--to", "out", "--no-license")
    assert (code, err) == (0, "") and "copied to out" in out

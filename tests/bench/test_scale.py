"""Projects of any size with stand-ins: nothing is to do in them, and one more episode runs what it should."""

import pytest
from conftest import TOP

from dramatis.bench.scale import build, grow, list_code, measure, one_more_episode, page_table
from dramatis.bench.stand_in import copy_code, write_programs
from dramatis.core.params import read_yaml
from dramatis.pipeline.graph import FILES, load_stages


def test_episodes_and_runs_are_added_until_there_are_enough():
    params = {"videos": {"e01": {"source": "a"}}, "runs": {"solo": {"method": "lora"}}}
    grow(params, 3, 2)
    assert params["videos"] == {
        "e01": {"source": "a"},
        "e02": {"source": "raw/e02.mkv"},
        "e03": {"source": "raw/e03.mkv"},
    }
    assert params["runs"]["run02"] == params["runs"]["solo"] is not params["runs"]["run02"]


def test_code_can_be_listed_stage_by_stage(tmp_path):
    copy_code(TOP, tmp_path)
    write_programs(tmp_path)
    list_code(tmp_path)
    listed = {stage.name: stage.deps for stage in load_stages(tmp_path) if stage.file != FILES[0]}
    assert all(f"stages/{name}.py" in deps and f"src/dramatis/{name}/run.py" in deps for name, deps in listed.items())


def test_the_table_has_a_column_for_each_project():
    seconds = {name: {"cpu_s": number} for name, number in {"status": 1.25, "repro": 2, "dramatis_repro": 1}.items()}
    cost = {"lock_bytes_total": 12_345, **seconds}
    more = {"stages": 9, "its_own": 4, "of_runs": 2, "of_stories": 2, "cpu_s": 3.5}
    projects = {"a": {"videos": 2, "runs": 2, **cost, "one_more_episode": more}, "b": {"videos": 4, "runs": 3, **cost}}
    lines = page_table(projects).splitlines()
    assert lines[0] == "| | 2 videos, 2 runs | 4 videos, 3 runs, every file of code listed |"
    assert "| locks [KB] | 12 | 12 |" in lines and "| one more episode: stages that run | 9 |  |" in lines


@pytest.mark.slow
def test_one_more_episode_runs_its_own_stages_and_what_is_made_of_all(tmp_path, monkeypatch):
    monkeypatch.chdir(TOP)
    top = tmp_path / "project"
    build(top, 3, 3)
    assert measure(top)["lock_bytes_total"] > 10_000
    found = one_more_episode(top, 3, 3)
    assert found["its_own"] == 10 and found["of_runs"] == 12
    joins = {stage.name for stage in load_stages(TOP) if "videos" in stage.params}
    params = read_yaml(TOP / "params.yaml")
    assert found["of_stories"] == 3 * len(params["stories"])  # tags of the dataset, so scenes; what they show is a stub
    assert found["stages"] == 10 + 12 + found["of_stories"] + len(joins - {"measure"}) + len(params["film"]["titles"])

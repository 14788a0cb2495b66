"""The table of edits: its figures and words; a slow slice of it by DVC itself."""

import shutil

import pytest
from conftest import TOP
from whole import own_programs

from dramatis.bench.rebuild import BEGIN, END, PAGE, in_words, page_table, summary, try_edit, write_page
from dramatis.bench.rebuild_edits import EDITS
from dramatis.bench.rebuild_project import RAN, change_yaml, make_project, repro
from dramatis.core.params import read_yaml

BY_NAME = {edit.what: edit for edit in EDITS}
COMMENT, LICENCE, CODE = "a comment in code of all stages", "`dataset.license: cc0-1.0`", "code of one stage"
SLICE = (
    "files touched, nothing changed",
    COMMENT,
    CODE,
    LICENCE,
    "a decision: who a face is",
    "one run less",
)


def ran(what, stages, undone=()):
    return {"edit": what, "ran": list(stages), "undone": list(undone)}


def test_there_are_enough_edits_each_with_a_name_of_its_own():
    assert len(BY_NAME) == len(EDITS) >= 20
    sections = {edit.what.strip("` ").split(".")[0] for edit in EDITS if edit.what.startswith("`")}
    otherwise = {"videos", "vote"}  # a video more, less, replaced; a vote
    assert sections | otherwise == set(read_yaml(TOP / "params.yaml"))


def test_an_edit_counts_only_if_exactly_the_expected_stages_ran():
    found = summary([ran(COMMENT, ["programs"]), ran(LICENCE, ["dataset", "train@solo"]), ran(CODE, ["programs"])])
    assert (found["edits"], found["exact"]) == (3, pytest.approx(1 / 3))
    assert [row["more"] for row in found["table"]] == [[], ["train@solo"], []]
    assert [row["less"] for row in found["table"]] == [[], [], ["caption"]]
    assert found["undone_for_nothing"] == 1
    assert summary([ran(COMMENT, ["programs"], ["cast"])])["undone_for_nothing"] == 0


def test_the_table_says_what_was_not_as_it_should_be():
    found = summary([ran(COMMENT, []), ran(LICENCE, ["dataset", "train@solo", "train@twins"])])
    lines = page_table(found).splitlines()[2:]
    assert lines[0].startswith(f"| {COMMENT} | nothing | should have run: `programs`")
    assert lines[1].startswith(f"| {LICENCE} | `dataset`, `train@*` | needlessly: `train@*`")


def test_stages_of_all_videos_or_runs_are_one_word():
    assert in_words(["cast", "crops@e01", "crops@e02", "train@solo"]) == "`cast`, `crops@*`, `train@solo`"
    assert in_words([]) == "nothing"


def test_the_page_keeps_its_words(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_page("new\n", page)
    assert page.read_text() == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    assert (TOP / PAGE).read_text().count(BEGIN) == (TOP / PAGE).read_text().count(END) == 1


def test_names_of_stages_are_read_from_what_dvc_says():
    said = "Running stage 'pipelines/videos/dvc.yaml:frames@e01':\n> python\nRunning stage 'train@solo':\n"
    assert RAN.findall(said + "Stage 'cast' is cached - skipping run, checking out outputs\n") == [
        "frames@e01",
        "train@solo",
    ]


def test_values_change_in_place(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("a: {b: 1, c: 2}   # why\nd: 3\n")
    change_yaml(file, {"a": {"b": 5}, "d": None})
    assert file.read_text() == "a: {b: 5, c: 2}   # why\n"


@pytest.mark.slow
def test_what_runs_is_what_the_table_expects(tmp_path, monkeypatch):
    monkeypatch.chdir(TOP)
    own_programs(monkeypatch)
    top = tmp_path / "project"
    make_project(top)
    repro(top)
    assert repro(top) == []
    found = summary([try_edit(top, BY_NAME[what]) for what in SLICE])
    assert found["edits"] == len(SLICE) and found["exact"] == found["undone_for_nothing"] == 1, found["table"]
    shutil.rmtree(top)

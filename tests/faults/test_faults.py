"""The harness of faults: it passes a stage that does it right, and finds what others do wrong."""

from random import Random
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from faulty import CREDULOUS, HALF, ORPHAN, RIGHT, SILENT, toy

from dramatis.bench.faults import FAULTS, OUTCOMES, figures, judged, moments
from dramatis.bench.faults_files import flip, kinds_of
from dramatis.bench.faults_page import BEGIN, END, write_page
from dramatis.bench.faults_project import Subject, one_of_each
from dramatis.bench.faults_stores import serving
from dramatis.bench.faults_watch import Ended, told


@pytest.mark.parametrize(
    "name",
    ["kill_stage", "terminate_stage", "two_scripts", "removed_input", "truncated_input", "each_input", "disk_full"],
)
def test_a_stage_that_does_it_right_survives(tmp_path, name):
    bench, subject = toy(tmp_path / "project", RIGHT)
    assert judged(bench, subject, FAULTS[name], 0.6, Random(7)) == ("survived", "")


@pytest.mark.parametrize(
    ("text", "name", "outcome", "why"),
    [
        (HALF, "kill_stage", "lost", "half-written: data/out"),
        (HALF, "removed_input", "unclear", "exit 1, a traceback: FileNotFoundError"),
        (HALF, "each_input", "unclear", "exit 1, a traceback: json.decoder.JSONDecodeError"),
        (CREDULOUS, "each_input", "silent", "exit 0, but data/out is missing or other"),
        (SILENT, "terminate_stage", "silent", "exit 0, but data/out is missing or other"),
        (ORPHAN, "kill_stage", "lost", "sleep 30"),
    ],
)
def test_what_a_stage_does_wrong_is_found(tmp_path, monkeypatch, text, name, outcome, why):
    monkeypatch.setattr("dramatis.bench.faults_watch.GONE_S", 0.5)
    bench, subject = toy(tmp_path / "project", text)
    found = judged(bench, subject, FAULTS[name], 0.6, Random(7))
    assert found[0] == outcome and why in found[1]


def test_each_file_of_a_model_is_an_input_and_one_of_each_kind_of_data(tmp_path):
    for name in ("models/sd/a.json", "models/sd/b.json", "data/in/1.png", "data/in/2.png", "data/in/t.parquet"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    subject = Subject("stage", "stage", (), ("models/sd", "data/in"), {}, 1.0, 0)
    names = [file.name for file in kinds_of(tmp_path, subject)]
    assert names == ["a.json", "b.json", "1.png", "t.parquet"]


def test_kills_are_spread_and_the_last_comes_while_it_writes():
    found = moments(10, Random(7))
    assert len(found) == 10 and found[-1] == 1 and all(n / 9 <= at < (n + 1) / 9 for n, at in enumerate(found[:-1]))


@pytest.mark.parametrize(
    ("text", "by_dvc", "why"),
    [
        ("50%|##  | 1/2\rerror: data: gone. Run it\n", False, None),
        ("", False, "0 lines say what happened"),
        ("error: a\nerror: b\n", False, "2 lines say what happened"),
        ("Traceback (most recent call last):\nKeyError: 1\n", False, "a traceback: KeyError: 1"),
        ("ERROR: failed to reproduce 'a'\n", True, None),
    ],
)
def test_one_clear_line(text, by_dvc, why):
    assert told(Ended(1, text, by_dvc=by_dvc)) == why


def test_one_bit_flips_and_no_time(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(bytes(1000))
    before = file.stat().st_mtime_ns
    flip(file, Random(7))
    assert sum(byte.bit_count() for byte in file.read_bytes()) == 1 and file.stat().st_mtime_ns == before


def test_a_remote_that_breaks(tmp_path):
    (tmp_path / "a").write_bytes(bytes(1000))
    with serving(tmp_path, None) as url:
        assert urlopen(f"{url}/a").read() == bytes(1000)
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"{url}/b")
    with serving(tmp_path, "fails") as url, pytest.raises(HTTPError, match="500"):
        urlopen(f"{url}/a")
    with serving(tmp_path, "drops") as url, pytest.raises(Exception, match="500 bytes read"):
        urlopen(f"{url}/a").read()
    with serving(tmp_path, "stalls") as url, pytest.raises((TimeoutError, URLError)):
        urlopen(f"{url}/a", timeout=0.3).read()


def test_figures_and_their_table(tmp_path):
    rows = [{"stage": "a", "fault": "kill_stage", "at": 0.5, "outcome": name, "why": ""} for name in OUTCOMES]
    found = figures(rows)
    assert found["tried"] == 4 and found["skipped"] == 1 and len(found["not_survived"]) == 3
    page = tmp_path / "faults.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_page(found, {"kill_stage": "it is killed", "other": "not tried"}, page)
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("\nafter\n") and "old" not in text
    assert "| it is killed | 4 | 1 | 1 | 1 | 1 |" in text and "not tried" not in text


def test_every_stage_is_tried(tmp_path):
    from conftest import TOP

    from dramatis.pipeline.graph import load_stages

    assert {stage.name.split("@")[0] for stage in one_of_each(TOP)} == {stage.name for stage in load_stages(TOP)}

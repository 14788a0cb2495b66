"""Presets change values, and nothing else of `params.yaml`."""

import difflib
import json

import pytest
import yaml
from conftest import TOP
from ruamel.yaml import YAML

from dramatis.cli.presets import apply_presets, list_presets
from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.params import read_yaml
from dramatis.project.presets import dotted, overlaid, read_preset

BEFORE = (TOP / "params.yaml").read_text()
KINDS = ("anime", "live-action")
"""Presets that say what kind of film it is; the others are recipes of training: tests/test_presets.py."""
PRESETS = sorted(file.stem for file in (TOP / "presets").glob("*.yaml"))


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(BEFORE)
    (tmp_path / "presets").mkdir()
    for name in PRESETS:
        (tmp_path / "presets" / f"{name}.yaml").write_text((TOP / "presets" / f"{name}.yaml").read_text())
    return tmp_path


def leaves(value, path=()):
    if isinstance(value, dict) and value:
        return {key: item for name, inner in value.items() for key, item in leaves(inner, (*path, name)).items()}
    return {path: value}


def lines_of(value):
    """Lines that a value takes in YAML at most, its key's among them."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(lines_of, inner))


def test_numbers_are_numbers_to_every_reader():
    for value in (2e-06, 1e-5, 1.5e-7, 1e16, 0.001, -3e-9, 2.0):
        assert yaml.safe_load(dotted(value)) == YAML().load(dotted(value)) == value


@pytest.mark.parametrize("name", PRESETS)
def test_only_the_named_values_change(project, name):
    apply_presets([name])
    preset = read_yaml(project / "presets" / f"{name}.yaml")
    before, after = read_yaml(TOP / "params.yaml"), leaves(read_yaml(project / "params.yaml"))
    entries = {section: preset.pop(section, {}) for section in ("runs", "stories")}
    for section, changed in entries.items():
        kept = {name: about for name, about in before[section].items() if name not in changed}
        before[section] = kept | {name: about for name, about in changed.items() if about is not None}
    named = leaves(preset)
    inside = {path[:length] for path in named for length in range(len(path))}
    assert {path: value for path, value in leaves(before).items() if path not in inside} | named == after
    lines = difflib.unified_diff(BEFORE.splitlines(), (project / "params.yaml").read_text().splitlines(), n=0)
    added = [line for line in lines if line.startswith("+") and not line.startswith("+++")]
    values = [*named.values(), *leaves(entries).values()]
    most = sum(map(lines_of, values)) + 3 * sum(map(len, entries.values()))
    assert 0 < len(added) <= most, "a line changed that the preset does not name"


@pytest.mark.parametrize("name", KINDS)
def test_a_preset_says_what_it_is_for(name):
    header = (TOP / "presets" / f"{name}.yaml").read_text().split("\n\n")[0]
    assert header.startswith("#") and all(word in header for word in ("For ", "Weights ", "Tested ", "Not yet "))


def test_a_preset_does_not_depend_on_what_was_applied_before():
    overlays = {name: read_yaml(TOP / "presets" / f"{name}.yaml") for name in KINDS}
    for first in KINDS:
        for last in KINDS:
            after = overlaid(overlaid(BEFORE, overlays[first], first), overlays[last], last)
            assert yaml.safe_load(after) == yaml.safe_load(overlaid(BEFORE, overlays[last], last))


def test_null_takes_an_entry_out_and_a_run_is_replaced_not_merged():
    preset = {"runs": {"solo": None, "nobody": None, "twins": {"method": "loha", "characters": ["ada"], "base": "x"}}}
    after = yaml.safe_load(overlaid(BEFORE, preset, "x"))
    assert after["runs"] == {"twins": {"method": "loha", "characters": ["ada"], "base": "x"}}
    assert after["videos"] == yaml.safe_load(BEFORE)["videos"]


def test_a_pipe_gets_whole_lines(project, capsys):
    apply_presets(["live-action"])
    told = capsys.readouterr().out.splitlines()
    after = (project / "params.yaml").read_text().splitlines()
    added = [line[1:] for line in told if line.startswith("+") and not line.startswith("+++")]
    assert max(map(len, added)) > 80 and set(added) <= set(after)


def test_no_project_is_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MissingError, match="params.yaml: there is no such file. Run this in the project's top folder"):
        apply_presets(PRESETS[:1])


def test_twice_is_once(project, capsys):
    apply_presets(PRESETS[:1])
    once = (project / "params.yaml").read_text()
    apply_presets(PRESETS[:1])
    assert (project / "params.yaml").read_text() == once
    assert "says so already" in capsys.readouterr().out


def test_lines_of_other_sections_stay_as_they_are():
    text = "# top\na: {x: 1}   # one\n\n# of b\nfilm:\n  seed:   7  # luck\nz: [1,\n  2]\n"
    assert overlaid(text, {}, "x") == text


def test_the_values_as_cloned_come_back_byte_for_byte():
    assert overlaid(BEFORE, {"film": {"seed": read_yaml(TOP / "params.yaml")["film"]["seed"]}}, "x") == BEFORE


@pytest.mark.parametrize(
    ("preset", "said"),
    [
        (
            "qualty: {min_size_px: 20}",
            "presets/mine.yaml: qualty: unknown section, did you mean quality? Allowed are videos, engine, film",
        ),
        (
            "quality: {min_size: 20}",
            "presets/mine.yaml: quality.min_size: unknown key, did you mean min_size_px? Allowed are weights,",
        ),
        ("quality: {min_size_px: 0}", "presets/mine.yaml: quality.min_size_px = 0: must be greater than or equal to 1"),
        (
            "runs: {pocket: {method: lora, characters: [ada], base: x}}",
            "presets/mine.yaml: runs.pocket = 'pocket': must not be one of pocket, real, release",
        ),
        (
            "crops: {scenes: {per_shots: 1}}",
            "presets/mine.yaml: crops.scenes.per_shots: unknown key, did you mean per_shot?",
        ),
        ("train: {adapter: {zzz: 1}}", "presets/mine.yaml: train.adapter.zzz: unknown key, allowed are rank, alpha,"),
        (
            "runs: {a: {method: lora, characters: [ada], base: x, train: {stepz: 3, adapter: {rnk: 4}}}}",
            "presets/mine.yaml: runs.a.train.stepz: unknown key, did you mean steps? Allowed are seed,",
        ),
        (
            "runs: {a: {method: lora, characters: [ada], base: x, train: {phases: [{name: p, stepz: 3}]}}}",
            "params.yaml: runs.a.train.phases[0]: stepz: unknown key",
        ),
        ("[quality]", "presets/mine.yaml: it holds no sections"),
        ("videos: {E 1: {source: a.mkv}}", "presets/mine.yaml: videos.E 1 = 'E 1': must match"),
    ],
)
def test_a_faulty_preset_changes_nothing(project, preset, said):
    (project / "presets/mine.yaml").write_text(preset)
    with pytest.raises(ParameterError) as raised:
        apply_presets(["mine"])
    assert str(raised.value).startswith(said)
    assert (project / "params.yaml").read_text() == BEFORE


def test_an_unknown_preset_lists_those_there_are(project):
    with pytest.raises(MissingError, match=f"no such preset. Choose one of: {', '.join(PRESETS)}"):
        read_preset("sdxxl")


def test_a_preset_that_is_nearly_there(project):
    with pytest.raises(MissingError, match="no such preset. Did you mean anime-v1.4"):
        read_preset("anime-1.4")
    with pytest.raises(MissingError, match="no such preset"):
        read_preset("../presets/anime")


def test_several_at_once_are_one_after_the_other(project, capsys):
    apply_presets(["anime", "anime-v1.4"])
    together = (project / "params.yaml").read_text()
    said = capsys.readouterr()
    assert (
        "Not here yet: models/real/sd15, models/real/sd15/tokenizer. Fetch: dramatis models pull anime-v1.4" in said.err
    )
    (project / "params.yaml").write_text(BEFORE)
    for name in ("anime", "anime-v1.4"):
        apply_presets([name])
    assert (project / "params.yaml").read_text() == together
    (project / "params.yaml").write_text(BEFORE)
    with pytest.raises(MissingError):
        apply_presets(["anime", "none-of-these"])
    assert (project / "params.yaml").read_text() == BEFORE


def test_a_look_writes_nothing(project, capsys):
    apply_presets(["live-action"], dry_run=True)
    said = capsys.readouterr()
    assert "+  titles: []" in said.out or "titles: []" in said.out
    assert "models/real/yunet" in said.err and (project / "params.yaml").read_text() == BEFORE
    (project / "models/real/yunet").mkdir(parents=True)
    apply_presets(["live-action"], dry_run=True)
    assert "models/real/yunet" not in capsys.readouterr().err


def test_the_list(project, capsys):
    list_presets()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["preset", *PRESETS]
    list_presets(as_json=True)
    found = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert found.keys() == set(PRESETS) and all(entry["about"] and entry["for"] for entry in found.values())
    assert found["dreambooth"]["hardware"].startswith("one GPU")
    assert found["anime"]["missing"][0].startswith("models/real/")

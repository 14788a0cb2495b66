"""What a person reads when a value in `params.yaml` is wrong: one line with key, value, what is allowed, what to do."""

from pathlib import Path

import pytest
from pydantic import Field

from dramatis.core.errors import MissingError, ParameterError, one_line_errors
from dramatis.core.params import Key, Params, RunKey, load_params, validate
from dramatis.core.runs import load_run


class Quality(Params):
    min_size_px: int = Field(ge=16, description="Shorter side of the face [px].")
    exposure: tuple[float, float] = (0.1, 0.9)


class Video(Params):
    source: str


@pytest.fixture
def written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda text: Path("params.yaml").write_text(text)


def test_worked_example(written):
    written("quality: {min_size_px: 20}\n")
    assert load_params("quality", Quality).min_size_px == 20


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "quality: {min_size_px: 4}",
            "params.yaml: quality.min_size_px = 4: must be greater than or equal to 16. Mend the value, then run again",
        ),
        (
            "quality: {min_size: 20}",
            "params.yaml: quality.min_size_px: required, but missing; quality.min_size: unknown key, "
            "allowed are min_size_px, exposure. Mend the value, then run again",
        ),
        (
            "quality: {min_size_px: large}",
            "params.yaml: quality.min_size_px = 'large': must be a valid integer, unable to parse string "
            "as an integer. Mend the value, then run again",
        ),
        ("quality: 4", "params.yaml: quality = 4: must be a mapping of keys to values. Mend the value, then run again"),
        (
            "quality:",
            "params.yaml: quality.min_size_px: required, but missing. Mend the value, then run again",
        ),
    ],
)
def test_a_bad_value_is_one_line(written, text, said):
    written(text)
    with pytest.raises(ParameterError) as raised:
        load_params("quality", Quality)
    assert str(raised.value) == said


def test_a_long_value_is_cut(written):
    written(f"quality: {{min_size_px: {'x' * 500}}}")
    with pytest.raises(ParameterError) as raised:
        load_params("quality", Quality)
    assert len(str(raised.value)) < 250


def test_a_fault_of_the_whole_names_no_key():
    with pytest.raises(ParameterError, match=r"^lost.yaml: \[1\]: must be a mapping of keys to values. Mend"):
        validate([1], dict[str, int], "lost.yaml")


def test_invalid_yaml_names_the_line(written):
    written("quality:\n  min_size_px: [20\nother: 1\n")
    with pytest.raises(ParameterError, match=r"^params\.yaml:3: this is not valid YAML: .*\. Mend the line"):
        load_params("quality", Quality)


def test_a_file_that_is_not_text(written):
    Path("params.yaml").write_bytes(b"quality: \xff\xfe\x00")
    with pytest.raises(ParameterError, match=r"^params\.yaml: this is not valid YAML"):
        load_params("quality", Quality)


@pytest.mark.parametrize("text", ["other: 1", "", "just text", "quality: {other: 1}"])
def test_a_missing_section_says_what_to_add(written, text):
    written(text)
    with pytest.raises(
        MissingError, match=r"^params\.yaml: quality\.deep: this section is missing\. Add `quality\.deep:`"
    ):
        load_params("quality.deep", Quality)


def test_a_missing_file_says_where_to_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        MissingError, match=r"^params\.yaml: there is no such file\. Run this in the project's top folder"
    ):
        load_params("quality", Quality)


@pytest.mark.parametrize("key", ["e01", "season-1_02", "7"])
def test_video_ids_that_are_allowed(key):
    assert validate({key: {"source": "a.mkv"}}, dict[Key, Video], "params.yaml", "videos")


@pytest.mark.parametrize("key", ["E01", "e 01", "e@1", "-e01", "é", "a/b", ""])
def test_video_ids_that_are_not(key):
    with pytest.raises(
        ParameterError, match=r"^params\.yaml: videos.*: must match \^\[a-z0-9\]\[a-z0-9_-\]\*\$\. Mend"
    ):
        validate({key: {"source": "a.mkv"}}, dict[Key, Video], "params.yaml", "videos")


def test_an_id_is_short_enough_for_the_name_of_a_file():
    assert validate({"a" * 64: {"source": "a.mkv"}}, dict[Key, Video], "params.yaml", "videos")
    with pytest.raises(ParameterError, match="must have at most 64 characters"):
        validate({"a" * 65: {"source": "a.mkv"}}, dict[Key, Video], "params.yaml", "videos")


@pytest.mark.parametrize("key", ["pocket", "real", "release"])
def test_a_run_may_not_take_another_folder_of_models(key):
    assert validate({"solo": 1}, dict[RunKey, int], "params.yaml", "runs") == {"solo": 1}
    with pytest.raises(
        ParameterError, match=f"^params.yaml: runs.{key} = '{key}': must not be one of pocket, real, release"
    ):
        validate({key: 1}, dict[RunKey, int], "params.yaml", "runs")


def test_a_run_is_loaded_by_name(written):
    run = "{method: lora, characters: [ada], base: sd}"
    written(f"runs: {{solo: {run}, real: {run}}}")
    assert load_run("solo").characters == ["ada"]
    with pytest.raises(ParameterError, match="^params.yaml: runs = 'real': must not be one of"):
        load_run("real")
    with pytest.raises(MissingError, match="^params.yaml: runs.duo: this section is missing"):
        load_run("duo")


def test_a_stage_ends_with_one_line_and_1(written, capsys):
    written("quality: {min_size_px: 4}")
    with pytest.raises(SystemExit) as ended, one_line_errors():
        load_params("quality", Quality)
    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        "error: params.yaml: quality.min_size_px = 4: must be greater than or equal to 16. "
        "Mend the value, then run again\n"
    )

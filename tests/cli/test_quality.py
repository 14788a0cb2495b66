"""`dramatis quality`: what each rule would drop under the parameters, seen before anything is run again."""

import cv2
import numpy as np
import pytest
import yaml
from builders import figure_rows, picture, quality_row, write
from conftest import TOP
from shards import frames_of

from dramatis.cli.main import app
from dramatis.cli.quality import Judged, counts, histogram, judge, read_faces, sheet, sheet_faces
from dramatis.core.errors import MissingError
from dramatis.core.images import read_image
from dramatis.core.params import load_params
from dramatis.core.tables import read_rows
from dramatis.quality.params import QualityParams

SETTINGS = yaml.safe_load((TOP / "params.yaml").read_text())
PARAMS = load_params("quality", QualityParams, TOP / "params.yaml")
BLURS = (0.01, 0.012, 0.2, 0.011, 0.1)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with one measured video of five faces, two of them blurred."""
    monkeypatch.chdir(tmp_path)
    frames_of([picture(n, 320, 180) for n in range(len(BLURS))], tmp_path / "data/frames/v")
    frames = read_rows(tmp_path / "data/frames/v/frames.parquet", "frames")
    faces = [figure_rows(frame)[0] for frame in frames]
    write(tmp_path / "data/detections/v", detections=faces)
    rows = [quality_row(face) | {"blur": blur, "track_rank": n + 1} for n, (face, blur) in enumerate(zip(faces, BLURS))]
    write(tmp_path / "data/quality/v", quality=rows)
    settings = {"quality": SETTINGS["quality"], "videos": {"v": {"source": "raw/v.mp4"}}}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(settings))
    return tmp_path


def command(*arguments):
    from typer.testing import CliRunner

    return CliRunner().invoke(app, ["quality", *arguments], catch_exceptions=False)


def test_a_picture_for_each_rule_and_a_table(project, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    result = command()
    assert result.exit_code == 0 and "5 faces" in result.output
    line = next(line for line in result.output.splitlines() if line.strip().startswith("blur"))
    assert "2 (40.0%)" in line and "≤" in line
    names = {file.stem for file in (project / "metrics/plots/quality").glob("*.png")}
    assert names == {
        "size_px",
        "blur",
        "luma",
        "contrast",
        "clipped",
        "truncation",
        "occlusion",
        "yaw",
        "pitch",
        "roll",
        "best",
    }
    assert min(read_image(project / "metrics/plots/quality/blur.png").shape[:2]) > 200


def test_another_folder_and_other_limits_before_a_run(project):
    settings = yaml.safe_load((project / "params.yaml").read_text())
    settings["quality"]["max_blur"] = 0.15
    (project / "params.yaml").write_text(yaml.safe_dump(settings))
    result = command("--out", "elsewhere")
    assert (project / "elsewhere/blur.png").is_file() and not (project / "metrics").exists()
    assert "1 (20.0%)" in result.output  # only the worst


def test_the_tables_stay_as_they_are(project):
    before = (project / "data/quality/v/quality.parquet").read_bytes()
    command()
    assert (project / "data/quality/v/quality.parquet").read_bytes() == before


def test_a_stage_that_has_not_run_is_one_clear_line(project):
    (project / "data/quality/v/quality.parquet").unlink()
    with pytest.raises(MissingError, match="stage quality@v makes it"):
        command()


def test_the_sheet_shows_the_worst_first_then_what_nearly_fell(project):
    faces = judge(read_faces(["v"], project / "data"), PARAMS)
    chosen = sheet_faces(faces, "blur")
    assert [round(face.row["blur"], 3) for face in chosen] == [0.2, 0.1, 0.012, 0.011, 0.01]
    assert [bool(face.rules) for face in chosen] == [True, True, False, False, False]


def judged(value, low=None, high=1.0, rules=()):
    return Judged({"detection_id": f"{value}", "blur": value}, {"blur": (low, high)}, list(rules))


def test_how_far_a_face_is_out_of_bounds():
    assert judged(1.5).excess("blur") == 0.5 and judged(0.5).excess("blur") == -0.5
    assert judged(0.1, low=0.3, high=None).excess("blur") == pytest.approx(0.2)
    assert judged(None).excess("blur") == -np.inf


def test_dropped_faces_are_red_in_histogram_and_sheet():
    faces = [judged(0.2), judged(2.0, rules=["blur"])]
    plot = histogram(faces, "blur")
    red = (plot[..., 0] > 150) & (plot[..., 1] < 120)
    assert red.any() and plot.dtype == np.uint8
    pictures = {face.row["detection_id"]: cv2.resize(picture(1), (40, 50)) for face in faces}
    cells = sheet(faces, pictures, "blur")
    width = cells.shape[1] // 10
    edge = (cells[..., 0] == 200) & (cells[..., 1] == 60)
    assert not edge[:, :width].any() and edge[:, width : 2 * width].any()
    assert sheet([], {}, "blur").shape == cells.shape


def test_counts_name_the_rule_that_drops_first():
    faces = [judged(0.2), judged(2.0, rules=["blur"])]
    table = counts(faces)
    assert list(table.columns[2].cells) == ["1 (50.0%)", "1 (50.0%)"] and list(table.columns[3].cells)[0] == "1"

"""The benchmark of control images, on tables small enough to check by hand."""

import numpy as np
import pytest
from builders import control_row, crop_row, figure_rows, frame_row, write
from conftest import TOP

from dramatis.bench import control as bench
from dramatis.core.images import encode_png
from dramatis.core.tables import stored_box, write_table
from dramatis.film.schema import FIGURES
from dramatis.landmark.templates import TEMPLATES

FACE = TEMPLATES["drawn"].solid[:, :2] * 8 + [50, 40]
FACE_BOX = (40, 30, 60, 54)


def figure_row(frame, points=FACE, **changes):
    return {
        "figure_id": f"e01-{frame:06d}-00", "video": "e01", "frame": frame, "shot": 0, "character": "ada",
        "face": stored_box(FACE_BOX), "head": None, "halfbody": None, "person": None, "pose": "front", "yaw": 0.0,
        "occlusion": 0.0, "blur_px": 0.0, "luma": 1.0, "outfit": "red", "blink": False,
        "landmarks": points.ravel().tolist(), **changes,
    }  # fmt: skip


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Four crops of half the size: one 3 px off, one exact, one of a poster on nobody, one left out."""
    monkeypatch.chdir(TOP)
    monkeypatch.setattr(bench, "EPISODES", ("e01",))
    frames = [frame_row(index, "e01") for index in range(4)]
    detections = [row for frame in frames for row in figure_rows(frame)]
    write(tmp_path / "frames/e01", frames=frames)
    write(tmp_path / "detections/e01", detections=detections)
    stages = ("head", "head", "head", "full")
    box = stored_box((20, 10, 84, 74))
    crops = [crop_row(n, "e01", stage=stage, size=(32, 32), box=box, scale=0.5) for n, stage in enumerate(stages)]
    images = []
    for n, crop in enumerate(crops):
        points = (FACE - [20, 10] + ([3, 0] if n == 0 else [0, 0])) / 2
        drawn = {"landmarks": points.ravel().tolist()} if n < 3 else {"landmarks": None, "rejected_by": "max_residual"}
        for kind in bench.COLUMNS[1:-1]:
            gone = n == 3 and kind == "landmarks"
            rule = {"rejected_by": drawn.get("rejected_by"), "image": b""} if gone else {"rejected_by": None}
            images.append(control_row(crop, kind, landmarks=drawn["landmarks"], **rule))
    write(tmp_path / "crops/e01", crops=crops)
    write(tmp_path / "control/e01", control=images)
    true = [figure_row(0), figure_row(1), figure_row(2, face=stored_box((200, 30, 220, 54))), figure_row(3)]
    write_table(true, FIGURES, tmp_path / "film/sample/truth/figures.parquet")
    return tmp_path


def test_figures_by_hand(data):
    found = bench.figures(data)
    assert found["landmark_error"] == pytest.approx(3 / np.hypot(20, 24) / 2, rel=1e-4)
    assert found["landmark_kept"] == 0.75 and found["landmark_false"] == pytest.approx(1 / 3)
    assert found["landmark_kept_head"] == 1 and found["landmark_kept_full"] == 0


def test_the_sheet_has_a_row_for_each_crop_and_leaves_blank_what_is_not_drawn(data, monkeypatch):
    monkeypatch.setattr(bench, "SAMPLES", ("head", "full"))
    image = bench.sheet(list(bench.drawn_crops(data)))
    heading = image.shape[0] - 2 * bench.CELL_PX
    assert image.shape[1] == len(bench.COLUMNS) * bench.CELL_PX and 10 < heading < 60
    full = image[heading + bench.CELL_PX :]
    cells = np.split(full, len(bench.COLUMNS), axis=1)
    assert [bool((cell == 255).all()) for cell in cells] == [False, True, False, False, True]
    assert encode_png(image)


def test_colours_of_a_segmentation():
    mask = np.array([[1, 255], [3, 11]], np.uint8)
    image = bench.coloured(mask)
    assert image[0, 0].tolist() == list(bench.COLOURS[1]) and not image[0, 1].any()
    assert len(set(bench.COLOURS.values())) == 9

import logging

import numpy as np
import pytest
from shards import frames_of
from tiny_onnx import constant_yolo, red_cells_yolo

from dramatis.core.errors import InputError
from dramatis.core.params import load_params
from dramatis.core.tables import read_rows, read_table
from dramatis.detect.params import DetectParams
from dramatis.detect.run import run
from dramatis.detect.schema import DETECTIONS


def params(weights, **changes):
    return DetectParams(
        **{
            "backend": "yolo_onnx",
            "weights": weights,
            "max_iou": 0.5,
            "input_px": None,
            "min_cover": 0.6,
            "workers": 1,
            "min_score": {"face": 0.8, "head": 0.4, "halfbody": 0.4, "person": 0.4},
            "tracks": {"max_motion": 0.7, "max_appearance": 0.5, "min_margin": 0.1, "max_gap": 2},
            **changes,
        }
    )


def red_square(x, y):
    """A picture as large as the input of the tiny model, with a red cell where a face should be found."""
    image = np.full((128, 128, 3), 20, np.uint8)
    image[y : y + 32, x : x + 32] = (255, 0, 0)
    return image


@pytest.fixture
def weights(tmp_path):
    red_cells_yolo(tmp_path / "weights" / "face.onnx")
    return tmp_path / "weights"


def detections(params, frames, out):
    run(params, frames, out)
    return read_rows(out / "detections.parquet", "detect")


def test_a_face_is_followed_through_its_shot(weights, tmp_path):
    images = [red_square(0, 0), red_square(32, 0), red_square(32, 32), red_square(32, 32)]
    frames = frames_of(images, tmp_path / "frames", shots=[0, 0, 0, 1])
    rows = detections(params(weights), frames, tmp_path / "out")
    assert [row["detection_id"] for row in rows] == [f"v-00000{n}-00-face" for n in range(4)]
    assert [row["track_id"] for row in rows] == ["v-0000-000"] * 3 + ["v-0001-000"]
    assert rows[1]["box"] == {"x0": 32, "y0": 0, "x1": 64, "y1": 32} and rows[1]["landmarks"] is None
    assert rows[1]["figure_id"] == "v-000001-00" and rows[1]["score"] > 0.9


def test_every_box_of_a_figure_has_its_row(weights, tmp_path):
    constant_yolo(weights / "head.onnx", [[16, 16, 40, 40, 0.9]], {0: "head"}, side=128)
    rows = detections(params(weights), frames_of([red_square(0, 0)], tmp_path / "frames"), tmp_path / "out")
    assert [(row["figure_id"], row["kind"]) for row in rows] == [("v-000000-00", "face"), ("v-000000-00", "head")]
    assert rows[1]["box"] == {"x0": 0, "y0": 0, "x1": 36, "y1": 36}  # cut off at the edge of the frame
    assert len({row["track_id"] for row in rows}) == 1


def test_a_video_without_faces_is_an_empty_table_and_a_warning(weights, tmp_path, caplog):
    frames = frames_of([np.zeros((90, 120, 3), np.uint8)] * 2, tmp_path / "frames")
    with caplog.at_level(logging.WARNING):
        assert detections(params(weights), frames, tmp_path / "out") == []
    assert "no face in 2 frames" in caplog.text
    assert read_table(tmp_path / "out" / "detections.parquet", "detect").schema.equals(DETECTIONS)


def test_the_same_bytes_again_and_with_more_workers(weights, tmp_path):
    frames = frames_of([red_square(32 * (n % 3), 32) for n in range(20)], tmp_path / "frames")
    written = []
    for name, workers in (("a", 1), ("b", 1), ("c", 2)):
        run(params(weights, workers=workers), frames, tmp_path / name)
        written.append((tmp_path / name / "detections.parquet").read_bytes())
    assert written[0] == written[1] == written[2]


def test_an_error_leaves_what_stood(weights, tmp_path):
    frames, out = frames_of([red_square(0, 0)], tmp_path / "frames"), tmp_path / "out"
    run(params(weights), frames, out)
    before = (out / "detections.parquet").read_bytes()
    with pytest.raises(InputError, match="absent: there is no such weight file"):
        run(params(tmp_path / "absent"), frames, out)
    with pytest.raises(InputError, match="frames.parquet: there is no such file.*stage frames@nothing makes it"):
        run(params(weights), tmp_path / "nothing", out)
    assert (out / "detections.parquet").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["frames", "out", "weights"]


def test_the_committed_parameters_are_valid():
    load_params("detect", DetectParams)

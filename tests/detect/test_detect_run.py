import logging

import numpy as np
import pytest
from shards import frames_of
from tiny_onnx import constant_yolo, mean_colour_ccip, red_cells_yolo

from dramatis.backends.embed import EmbedChoice
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
            "identity": {
                "samples": 4,
                "max_difference": 0.75,
                "max_absent_s": 3.0,
                "min_margin": 0.1,
                "check": 0.45,
                "split": 1.0,
            },
            "batch_size": 1,
            "providers": ["CPUExecutionProvider"],
            "same_iou": 0.4,
            "also": [],
            **changes,
        }
    )


def red_square(x, y, right=(255, 0, 0)):
    """A picture as large as the input of the tiny model, with a red cell where a face should be found."""
    image = np.full((128, 128, 3), 20, np.uint8)
    image[y : y + 32, x : x + 32] = (255, 0, 0)
    image[y : y + 32, x + 16 : x + 32] = right
    return image


@pytest.fixture
def weights(tmp_path):
    red_cells_yolo(tmp_path / "weights" / "face.onnx")
    return tmp_path / "weights"


@pytest.fixture
def embedder(tmp_path):
    """Sees the mean colours of the left and the right half of a face."""
    mean_colour_ccip(tmp_path / "embedder" / "m.onnx")
    return EmbedChoice(
        backend="ccip_onnx",
        weights=tmp_path / "embedder" / "m.onnx",
        threshold=0.05,
        crop="face",
        expand={"face": 1.0},
        normalisation="imagenet",
    )


def detections(params, embedder, frames, out):
    run(params, embedder, frames, out)
    return read_rows(out / "detections.parquet", "detect")


def test_a_face_is_followed_through_its_shot(weights, embedder, tmp_path):
    images = [red_square(0, 0), red_square(32, 0), red_square(32, 32), red_square(32, 32)]
    frames = frames_of(images, tmp_path / "frames", shots=[0, 0, 0, 1])
    rows = detections(params(weights), embedder, frames, tmp_path / "out")
    assert [row["detection_id"] for row in rows] == [f"v-00000{n}-00-face" for n in range(4)]
    assert [row["track_id"] for row in rows] == ["v-0000-000"] * 3 + ["v-0001-000"]
    assert rows[1]["box"] == {"x0": 32, "y0": 0, "x1": 64, "y1": 32} and rows[1]["landmarks"] is None
    assert rows[1]["figure_id"] == "v-000001-00" and rows[1]["score"] > 0.9


def test_every_box_of_a_figure_has_its_row(weights, embedder, tmp_path):
    constant_yolo(weights / "head.onnx", [[16, 16, 40, 40, 0.9]], {0: "head"}, side=128)
    rows = detections(params(weights), embedder, frames_of([red_square(0, 0)], tmp_path / "frames"), tmp_path / "out")
    assert [(row["figure_id"], row["kind"]) for row in rows] == [("v-000000-00", "face"), ("v-000000-00", "head")]
    assert rows[1]["box"] == {"x0": 0, "y0": 0, "x1": 36, "y1": 36}  # cut off at the edge of the frame
    assert len({row["track_id"] for row in rows}) == 1


def test_a_video_without_faces_is_an_empty_table_and_a_warning(weights, embedder, tmp_path, caplog):
    frames = frames_of([np.zeros((90, 120, 3), np.uint8)] * 2, tmp_path / "frames")
    with caplog.at_level(logging.WARNING):
        assert detections(params(weights), embedder, frames, tmp_path / "out") == []
    assert "no face in 2 frames" in caplog.text
    assert read_table(tmp_path / "out" / "detections.parquet", "detect").schema.equals(DETECTIONS)


def test_the_same_bytes_again_and_with_more_workers(weights, embedder, tmp_path):
    frames = frames_of([red_square(32 * (n % 3), 32) for n in range(20)], tmp_path / "frames")
    written = []
    for name, changes in (("a", {}), ("b", {}), ("c", {"workers": 2}), ("d", {"batch_size": 3, "workers": 2})):
        run(params(weights, **changes), embedder, frames, tmp_path / name)
        written.append((tmp_path / name / "detections.parquet").read_bytes())
    assert written == [written[0]] * 4


def test_an_error_leaves_what_stood(weights, embedder, tmp_path):
    frames, out = frames_of([red_square(0, 0)], tmp_path / "frames"), tmp_path / "out"
    run(params(weights), embedder, frames, out)
    before = (out / "detections.parquet").read_bytes()
    with pytest.raises(InputError, match="absent: there is no such weight file"):
        run(params(tmp_path / "absent"), embedder, frames, out)
    with pytest.raises(InputError, match="frames.parquet: there is no such file.*stage frames@nothing makes it"):
        run(params(weights), embedder, tmp_path / "nothing", out)
    assert (out / "detections.parquet").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["embedder", "frames", "out", "weights"]


BRIGHT, DULL = (255, 200, 0), (255, 0, 200)
"""Right halves of faces: red enough for the detector, and two people for the embedder."""


def test_somebody_hidden_for_a_second_keeps_the_track(weights, embedder, tmp_path):
    images = [*[red_square(32, 32, BRIGHT)] * 4, *[np.full((128, 128, 3), 20, np.uint8)] * 4]
    frames = frames_of([*images, *[red_square(32, 64, BRIGHT)] * 4], tmp_path / "frames")
    rows = detections(params(weights), embedder, frames, tmp_path / "out")
    assert {row["track_id"] for row in rows} == {"v-0000-000"}
    rules = params(weights).identity.model_copy(update={"max_absent_s": 0.5})
    rows = detections(params(weights, identity=rules), embedder, frames, tmp_path / "out")
    assert [row["track_id"][-1] for row in rows] == [*"0000", *"1111"]


def test_somebody_else_in_the_same_place_has_another_track(weights, embedder, tmp_path):
    images = [*[red_square(32, 32, BRIGHT)] * 4, *[red_square(32, 32, DULL)] * 4]
    frames = frames_of(images, tmp_path / "frames")
    blind = params(weights).tracks.model_copy(update={"max_appearance": 1.0})
    always = params(weights).identity.model_copy(update={"check": 0.2})
    rows = detections(params(weights, tracks=blind, identity=always), embedder, frames, tmp_path / "out")
    assert [row["track_id"][-1] for row in rows] == [*"0000", *"1111"]
    never = always.model_copy(update={"split": 10.0})
    rows = detections(params(weights, tracks=blind, identity=never), embedder, frames, tmp_path / "out")
    assert {row["track_id"][-1] for row in rows} == {"0"}  # it is the vectors that part them, not the colours


def test_a_track_never_crosses_a_cut(weights, embedder, tmp_path):
    frames = frames_of([red_square(32, 32)] * 8, tmp_path / "frames", shots=[0] * 4 + [1] * 4)
    rows = detections(params(weights), embedder, frames, tmp_path / "out")
    assert [row["track_id"] for row in rows] == ["v-0000-000"] * 4 + ["v-0001-000"] * 4


def test_the_committed_parameters_are_valid():
    load_params("detect", DetectParams)

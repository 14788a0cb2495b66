import json

import numpy as np
import pytest
from builders import figure_rows, frame_row
from tiny_onnx import corner_arcface, mean_colour_ccip

from dramatis.core.digests import file_digest
from dramatis.core.errors import InputError
from dramatis.core.params import load_params
from dramatis.core.tables import read_table, write_table
from dramatis.detect.schema import DETECTIONS
from dramatis.embed.params import EmbedParams
from dramatis.embed.run import run
from dramatis.frames.schema import FRAMES


def params(weights, **changes):
    return EmbedParams(
        **{
            "backend": "ccip_onnx",
            "weights": weights,
            "threshold": 0.2,
            "crop": "head",
            "normalisation": "imagenet",
            "expand": {"face": 1.7, "head": 1.2, "person": 1.0},
            "batch_size": 1,
            "providers": ["CPUExecutionProvider"],
            "workers": 1,
            **changes,
        }
    )


@pytest.fixture
def shards(tmp_path):
    frames = [frame_row(index) for index in range(12)]
    write_table(frames, FRAMES, tmp_path / "frames" / "frames.parquet")
    rows = [row for frame in frames[:10] for row in figure_rows(frame, x=2 * frame["index"])]
    rows += figure_rows(frames[3], figure=1, x=100, head=None) + figure_rows(frames[4], figure=1, x=100, face=None)
    write_table(rows, DETECTIONS, tmp_path / "detections" / "detections.parquet")
    mean_colour_ccip(tmp_path / "model" / "model_feat.onnx")
    return tmp_path


def embedded(folder, name="out", **changes):
    run(params(folder / "model", **changes), folder / "frames", folder / "detections", folder / name)
    return read_table(folder / name / "embeddings.parquet", "embed")


def test_every_face_has_a_vector_in_row_order(shards):
    table = embedded(shards)
    kinds = read_table(shards / "detections" / "detections.parquet", "detect")
    faces = [row["detection_id"] for row in kinds.to_pylist() if row["kind"] == "face"]
    assert table["detection_id"].to_pylist() == faces and len(faces) == 11
    vectors = np.array(table["vector"].to_pylist())
    assert vectors.shape == (11, 6) and np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(11), abs=1e-6)


def test_the_model_is_named_beside_the_vectors(shards):
    embedded(shards)
    card = json.loads((shards / "out" / "model.json").read_text())
    assert card.pop("engine").startswith("onnxruntime ")
    assert card == {
        "backend": "ccip_onnx",
        "threshold": 0.2,
        "width": 6,
        "weights": {"model_feat.onnx": file_digest(shards / "model" / "model_feat.onnx")},
    }


def test_the_same_bytes_again_and_with_more_workers(shards):
    for name, changes in (("a", {}), ("b", {}), ("c", {"workers": 2}), ("d", {"batch_size": 5, "workers": 2})):
        embedded(shards, name, **changes)
    for file in ("embeddings.parquet", "model.json"):
        assert len({(shards / name / file).read_bytes() for name in "abcd"}) == 1


def test_no_faces_are_no_rows(shards):
    write_table([], DETECTIONS, shards / "detections" / "detections.parquet")
    assert len(embedded(shards)) == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_missing_landmarks_are_one_clear_line_and_no_output(shards, workers):
    corner_arcface(shards / "model" / "model_feat.onnx")
    with pytest.raises(InputError, match="model_feat.onnx: arcface_onnx needs the five landmarks"):
        embedded(shards, backend="arcface_onnx", workers=workers)
    assert not (shards / "out").exists() and not list(shards.glob(".*"))


def test_the_committed_parameters_are_valid():
    load_params("embed", EmbedParams)

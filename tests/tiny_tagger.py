"""A tagger in WD14 layout that says the same of every picture, but for its first tag: how bright the picture is."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

CATEGORY = {"general": 0, "artist": 1, "copyright": 3, "character": 4, "meta": 5, "rating": 9}


def write_tagger(folder: Path, scores: Mapping[str, float], categories: Mapping[str, str] | None = None) -> None:
    """Writes `model.onnx` and `selected_tags.csv`.

    Args:
        scores: what it says of a black picture, by tag; the first tag gains the picture's mean brightness [0..1].
        categories: of the tags that are not general.
    """
    folder.mkdir(parents=True, exist_ok=True)
    first = np.zeros((1, len(scores)), np.float32)
    first[0, 0] = 1 / 255
    constants = {
        "axes": np.array([1, 2, 3]),
        "first": first,
        "scores": np.array([list(scores.values())], np.float32),
        "shape": np.array([-1, 1]),
    }
    nodes = [
        helper.make_node("ReduceMean", ["input", "axes"], ["mean"], keepdims=0),
        helper.make_node("Reshape", ["mean", "shape"], ["column"]),
        helper.make_node("MatMul", ["column", "first"], ["light"]),
        helper.make_node("Add", ["light", "scores"], ["output"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tagger",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 8, 8, 3])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["N", len(scores)])],
        [onnx.numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, folder / "model.onnx")
    kinds = [CATEGORY[(categories or {}).get(name, "general")] for name in scores]
    listed = "".join(f"{n},{name},{kind},1\n" for n, (name, kind) in enumerate(zip(scores, kinds, strict=True)))
    (folder / "selected_tags.csv").write_text("tag_id,name,category,count\n" + listed)

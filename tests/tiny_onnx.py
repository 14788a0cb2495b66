"""ONNX files of a few nodes in the layouts of the real models, with answers that can be worked out by hand."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CELL = 32


def save(file, inputs, outputs, nodes, constants=(), metadata=()):
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in dict(constants).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, dict(metadata))
    file.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, file)
    return file


def constant_yolo(file, rows, names, side=320, **metadata):
    """Always finds `rows` (centre x, y, width, height, score of each class) in the letterboxed input."""
    output = np.asarray(rows, np.float32).T[None]
    sides = [side, side] if side else ["height", "width"]
    answer = helper.make_node("Identity", ["rows"], ["output0"])
    return save(
        file,
        {"images": ["batch", 3, *sides]},
        {"output0": list(output.shape)},
        [answer],
        {"rows": output},
        {"names": repr(names), **metadata},
    )


def red_cells_yolo(file, side=128, name="face"):
    """Finds every 32 px cell of the letterboxed input, with its mean redness 0..1 as the score."""
    count = side // CELL
    y, x = np.mgrid[:count, :count].reshape(2, 1, -1)
    cells = np.concatenate([(x + 0.5) * CELL, (y + 0.5) * CELL, np.full((2, count**2), CELL)])
    nodes = [
        helper.make_node("Slice", ["images", "zero", "one", "axis"], ["red"]),
        helper.make_node("AveragePool", ["red"], ["pooled"], kernel_shape=[CELL, CELL], strides=[CELL, CELL]),
        helper.make_node("Reshape", ["pooled", "shape"], ["scores"]),
        helper.make_node("Concat", ["cells", "scores"], ["output0"], axis=1),
    ]
    constants = {
        "zero": np.array([0]),
        "one": np.array([1]),
        "axis": np.array([1]),
        "shape": np.array([1, 1, count**2]),
        "cells": cells[None].astype(np.float32),
    }
    return save(
        file,
        {"images": [1, 3, side, side]},
        {"output0": [1, 5, count**2]},
        nodes,
        constants,
        {"names": repr({0: name})},
    )


def mean_colour_ccip(file, side=16):
    """The mean of each normalised channel over the left and the right half: six numbers."""
    sides = [side, side] if side else ["height", "width"]
    step = [side or 384, (side or 384) // 2]
    nodes = [
        helper.make_node("AveragePool", ["input"], ["halves"], kernel_shape=step, strides=step),
        helper.make_node("Flatten", ["halves"], ["output"]),
    ]
    return save(file, {"input": ["batch", 3, *sides]}, {"output": ["batch", "width"]}, nodes)


def corner_arcface(file, channels_first=True):
    """The normalised values of the pixel in row 0, column 0: three numbers, so that layout and pixels show."""
    shape = [1, 3, 112, 112] if channels_first else [1, 112, 112, 3]
    axes = np.array([2, 3] if channels_first else [1, 2])
    nodes = [
        helper.make_node("Slice", ["data", "start", "end", "axes"], ["corner"]),
        helper.make_node("Flatten", ["corner"], ["output"]),
    ]
    return save(
        file,
        {"data": shape},
        {"output": [1, 3]},
        nodes,
        {"start": np.array([0, 0]), "end": np.array([1, 1]), "axes": axes},
    )


def deepface_arcface(mobilefacenet, file):
    """MobileFaceNet in the layout of deepface's ArcFace: (N, 112, 112, 3), BGR 0..1, any number of faces."""
    model = onnx.load(mobilefacenet)
    graph = model.graph
    entry, result = graph.input[0].name, graph.output[0].name
    constants = {
        "bgr": np.array([2, 1, 0]),
        "mean": np.array([0.485, 0.456, 0.406], np.float32).reshape(1, 3, 1, 1),
        "deviation": np.array([0.229, 0.224, 0.225], np.float32).reshape(1, 3, 1, 1),
        "any_number": np.array([-1, 128]),
    }
    for node in graph.node:
        if node.op_type == "Reshape":
            node.input[1] = "any_number"
    before = [
        helper.make_node("Gather", ["faces", "bgr"], ["rgb"], axis=3),
        helper.make_node("Transpose", ["rgb"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Sub", ["planes", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "deviation"], [entry]),
    ]
    turned = helper.make_graph(
        [*before, *graph.node],
        "deepface",
        [helper.make_tensor_value_info("faces", TensorProto.FLOAT, ["batch", 112, 112, 3])],
        [helper.make_tensor_value_info(result, TensorProto.FLOAT, ["batch", 128])],
        [*graph.initializer, *(numpy_helper.from_array(value, name) for name, value in constants.items())],
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(helper.make_model(turned, opset_imports=model.opset_import, ir_version=model.ir_version), file)
    return file


def two_models(folder):
    """A folder for the backend `fused`: one model of each layout."""
    mean_colour_ccip(folder / "colour.onnx")
    corner_arcface(folder / "corner" / "model.onnx")
    colour = "{backend: ccip_onnx, weights: colour.onnx, threshold: 0.1}"
    corner = "{backend: arcface_onnx, weights: corner, threshold: 0.3, normalisation: arcface}"
    (folder / "fused.yaml").write_text(f"- {colour}\n- {corner}\n")
    return folder


def peak_heatmaps(file, side=32):
    """For each of 68 points the mean brightness of the cell of 8 px; the points differ by a factor only."""
    cells = side // 8
    nodes = [
        helper.make_node("AveragePool", ["images"], ["pooled"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("ReduceMean", ["pooled"], ["grey"], axes=[1], keepdims=1),
        helper.make_node("Mul", ["grey", "factors"], ["heatmaps"]),
    ]
    factors = np.linspace(0.1, 0.9, 68, dtype=np.float32).reshape(1, 68, 1, 1)
    return save(
        file,
        {"images": ["batch", 3, side, side]},
        {"heatmaps": ["batch", 68, cells, cells]},
        nodes,
        {"factors": factors},
        {"growth": "1.3"},
    )


def still_openseeface(file, cell=(9, 18), shift=(0.5, 0.5)):
    """Finds each of 66 points in one cell (row, column), moved on by the same logits, whatever is shown.

    The row of point n is n // 10 further down, so that they are not all one.
    """
    maps = np.full((1, 198, 28, 28), 0.5, np.float32)
    maps[:, :66] = 0.1
    for n in range(66):
        maps[0, n, cell[0] + n // 10, cell[1] - n % 10] = 0.8
    maps[0, 66:132], maps[0, 132:] = shift[0], shift[1]
    nodes = [
        helper.make_node("ReduceMean", ["input"], ["mean"], axes=[1, 2, 3], keepdims=1),
        helper.make_node("Mul", ["mean", "nothing"], ["zero"]),
        helper.make_node("Add", ["zero", "maps"], ["output"]),
    ]
    constants = {"maps": maps, "nothing": np.zeros((1, 1, 1, 1), np.float32)}
    return save(file, {"input": ["batch", 3, 224, 224]}, {"output": ["batch", 198, 28, 28]}, nodes, constants)


GRID = np.stack([np.arange(68) % 10, np.arange(68) // 10], -1) / 12 + 0.1
"""Places that `still_points` answers with, as shares of its input, shape (68, 2)."""


def still_points(file, side=16, shape=(68, 2), reach=1.0, sure=None, **layout):
    """Finds the 68 points in a grid, whatever is shown; beside it the `points.yaml` that such a model needs.

    With `sure`, a shape such as (68,) or (68, 4, 4), it has an output of its mean brightness in all places, too.
    """
    places = np.zeros((1, *shape), np.float32)
    places.reshape(68, -1)[:, :2] = GRID * reach
    nodes = [
        helper.make_node("ReduceMean", ["input"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["mean", "nothing"], ["zero"]),
        helper.make_node("Add", ["zero", "places"], ["output"]),
    ]
    outputs, constants = {"output": ["batch", *shape]}, {"places": places, "nothing": np.zeros(1, np.float32)}
    if sure:
        nodes.insert(0, helper.make_node("Mul", ["mean", "ones"], ["sure"]))
        nodes.insert(0, nodes.pop(1))
        outputs, constants = (
            {"sure": ["batch", *sure], **outputs},
            {**constants, "ones": np.ones((1, *sure), np.float32)},
        )
    save(file, {"input": ["batch", 3, side, side]}, outputs, nodes, constants)
    written = {"growth": 1.3, **({} if reach == 1 else {"reach": reach}), **layout}
    file.with_name("points.yaml").write_text("".join(f"{key}: {value}\n" for key, value in written.items()))
    return file

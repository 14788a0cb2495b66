"""ONNX files with the same bytes each time: no paths, no traces of the exporter, metadata of our own."""

import warnings
from collections.abc import Mapping
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

OPSET = 17


def export_onnx(
    net: nn.Module,
    example: Tensor,
    file: Path,
    names: tuple[str, str],
    dynamic: Mapping[str, Mapping[int, str]],
    metadata: Mapping[str, str],
) -> None:
    """Writes a network of one input and one output; batch norms are folded into the convolutions.

    The TorchScript exporter is used, not the newer one (`dynamo=True`): both give the same bytes for the same
    weights, but the newer one stores source lines and paths in every node.

    Args:
        example: an input of the right shape; its values don't matter.
        names: of the input and the output.
        dynamic: for an input or output name, the axes whose length may vary, and what they are called.
        metadata: custom metadata, read with `session.get_modelmeta()`.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            net.eval(),
            (example,),
            str(file),
            input_names=[names[0]],
            output_names=[names[1]],
            dynamic_axes={name: dict(axes) for name, axes in dynamic.items()},
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnx.load(file)
    model.producer_name, model.producer_version, model.doc_string = "dramatis", "", ""
    for node in model.graph.node:
        node.doc_string = ""
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, dict(sorted(metadata.items())))
    onnx.checker.check_model(model)
    file.write_bytes(model.SerializeToString(deterministic=True))


def parameters(net: nn.Module) -> int:
    """Number of trained numbers."""
    return sum(weight.numel() for weight in net.parameters())

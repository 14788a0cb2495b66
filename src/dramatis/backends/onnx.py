"""ONNX models: one session on one thread in each process."""

from pathlib import Path

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as failures

from dramatis.core.errors import InputError, MissingError

_UNREADABLE = (
    failures.InvalidProtobuf,
    failures.InvalidGraph,
    failures.InvalidArgument,
    failures.Fail,
    failures.NoSuchFile,
    failures.NotImplemented,
)


def open_session(file: Path, setting: str) -> onnxruntime.InferenceSession:
    """A session on one CPU thread: the same bytes each time, and two halved the speed when the other core was busy.

    Args:
        file: the model.
        setting: the parameter that names it, such as `detect.weights`, for the message.

    Raises:
        MissingError: there is no such file.
        InputError: the file is no ONNX model that onnxruntime can run.
    """
    if not file.is_file():
        raise MissingError(
            str(file), "there is no such weight file", f"Put the model there, or point `{setting}` in params.yaml at it"
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except _UNREADABLE as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            str(file),
            f"not a model that onnxruntime can run ({reason})",
            f"Fetch it again, or point `{setting}` in params.yaml at another",
        ) from None


def engine() -> str:
    """The library that runs the models, with its version."""
    return f"onnxruntime {onnxruntime.__version__}"

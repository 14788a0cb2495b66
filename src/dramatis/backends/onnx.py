"""ONNX models: one session on one thread in each process."""

from collections.abc import Sequence
from pathlib import Path

import onnxruntime

from dramatis.backends.onnx_files import check_onnx
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.foreign import refused_as

CPU = ("CPUExecutionProvider",)
"""What runs a model unless the parameters say otherwise."""


def open_session(file: Path, setting: str, providers: Sequence[str] = CPU) -> onnxruntime.InferenceSession:
    """A session on one CPU thread: the same bytes each time, and two halved the speed when the other core was busy.

    Args:
        file: the model.
        setting: the parameter that names it, such as `detect.weights`, for the message.
        providers: what onnxruntime may run it on, the first wanted most.

    Raises:
        MissingError: there is no such file.
        InputError: the file is no ONNX model that onnxruntime can run, or has tensors outside its folder.
        ParameterError: this onnxruntime lacks a provider, or the first one does not work here.
    """
    _check_providers(providers, setting)
    if not file.is_file():
        raise MissingError(
            str(file), "there is no such weight file", f"Put the model there, or point `{setting}` in params.yaml at it"
        )
    check_onnx(file, setting)
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.load_model_format", "ONNX")
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    problem, remedy = "not a model that onnxruntime can run", f"point `{setting}` in params.yaml at another"
    with refused_as(lambda said: InputError(str(file), f"{problem} ({said})", f"Fetch it again, or {remedy}")):
        session = onnxruntime.InferenceSession(str(file), options, providers=list(providers))
    if session.get_providers()[0] != providers[0]:  # onnxruntime falls back to the CPU and says so only in its log
        raise ParameterError(
            _place(setting),
            f"{providers[0]} does not work on this machine",
            "Install its driver and libraries, or set it to [CPUExecutionProvider]",
        )
    return session


def _check_providers(providers: Sequence[str], setting: str) -> None:
    known = onnxruntime.get_available_providers()
    for provider in providers:
        if provider not in known:
            raise ParameterError(
                _place(setting),
                f"{provider} is none of those that this onnxruntime has ({', '.join(known)})",
                "Take one of them, or install another build, such as onnxruntime-gpu for CUDA",
            )


def _place(setting: str) -> str:
    return f"params.yaml: {setting.split('.')[0]}.providers"


def engine() -> str:
    """The library that runs the models, with its version."""
    return f"onnxruntime {onnxruntime.__version__}"

"""The library deepface, on its ONNX engine and without its downloads: weights are files that the parameters name.

deepface looks for weights in one folder of the home directory, and fetches what it misses. Here each model gets a home
of its own that leads to the folder of its weights, and a missing file is an error.
"""

import importlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import cv2
from onnxruntime import InferenceSession
from onnxruntime.capi import onnxruntime_pybind11_state as failures

from dramatis.backends.onnx import CPU, open_session
from dramatis.backends.onnx_files import check_onnx
from dramatis.core.errors import InputError, MissingError

UNUSABLE = (ValueError, ImportError, AttributeError, cv2.error)
"""What deepface raises for a file or a detector that it cannot use here."""
UNRUNNABLE = (failures.InvalidArgument, failures.Fail, failures.RuntimeException, ValueError)
"""What a model of another layout raises at the first picture."""


class DeepfaceModel:
    """One model of deepface, made from the weights in one folder."""

    def __init__(self, task: str, name: str, file: Path, setting: str, providers: Sequence[str] = CPU):
        """Makes the model, with a session of ours where it runs on onnxruntime: deepface's takes all processors.

        Args:
            task: `face_detector` or `facial_recognition`.
            name: what deepface calls the model.
            file: its weights, under the name that deepface knows.
            setting: the parameter that names them, for the message.
            providers: what onnxruntime may run it on, the first wanted most.

        Raises:
            InputError: deepface cannot run it, because of the file, or because it needs another library.
        """
        self._home = tempfile.TemporaryDirectory(prefix="dramatis-deepface-")  # some detectors read their file anew
        weights = Path(self._home.name) / ".deepface" / "weights"
        weights.parent.mkdir()
        weights.symlink_to(file.parent.resolve())
        with self.settings():
            try:
                self.client = importlib.import_module("deepface.modules.modeling").get_model_class(task, name)()
            except UNUSABLE as error:
                reason = " ".join(str(error).split())[:200]
                raise InputError(
                    str(file),
                    f"not a model that deepface can run as {name} ({reason})",
                    f"Fetch it again, install what is missing, or point `{setting}` in params.yaml at another",
                ) from None
        holder, name = self.client, "model"
        if hasattr(getattr(holder, name, None), "session"):  # retinaface keeps it one step further in
            holder, name = holder.model, "session"
        if isinstance(getattr(holder, name, None), InferenceSession):
            setattr(holder, name, open_session(file, setting, providers))

    @contextmanager
    def settings(self, **values: object) -> Iterator[None]:
        """Sets the environment that deepface reads, while it works.

        Args:
            values: more variables, such as thresholds of its detectors.
        """
        ours = {
            "DEEPFACE_HOME": self._home.name,
            "DEEPFACE_BACKEND_ENGINE": "onnx",  # else it takes torch, and wants other files
            "DEEPFACE_LOG_LEVEL": "40",
            "RETINAFACE_LOG_LEVEL": "40",
            **{name: str(value) for name, value in values.items()},
        }
        before = {name: os.environ.get(name) for name in ours}
        os.environ.update(ours)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name)
                else:
                    os.environ[name] = value


def known_file(weights: Path, names: Mapping[str, str], others: Mapping[str, tuple[str, ...]], setting: str) -> Path:
    """The weight file that a parameter names, itself or alone in a folder; its name says which model it is.

    Args:
        weights: file or folder.
        names: model of deepface by the name of its file.
        others: further files that a model needs in the same folder.
        setting: the parameter, for the message.

    Raises:
        MissingError: it is not there, or one of the others.
        InputError: its name is none of deepface's, or a folder has several of them.
    """
    remedy = f"Put the model there, or point `{setting}` in params.yaml at it"
    if weights.is_dir():
        files = [weights / name for name in names if (weights / name).is_file()]
        if len(files) != 1:
            found = ", ".join(file.name for file in files) or "none"
            raise (InputError if files else MissingError)(
                str(weights),
                f"one file of {', '.join(names)} is needed here, and there is {found}",
                f"Name one file in `{setting}` in params.yaml",
            )
        weights = files[0]
    if not weights.is_file():
        raise MissingError(str(weights), "there is no such weight file or folder", remedy)
    if weights.name not in names:
        raise InputError(
            str(weights),
            f"not a name that deepface can read a model by: it knows {', '.join(names)}",
            f"Give the file the name of its model, or point `{setting}` in params.yaml at another",
        )
    if weights.suffix == ".onnx":
        check_onnx(weights, setting, f"a model that deepface can run as {names[weights.name]}")
    for other in others.get(weights.name, ()):
        if not weights.with_name(other).is_file():
            raise MissingError(str(weights.with_name(other)), f"{weights.name} does not work without it", remedy)
    return weights


def engine() -> str:
    """The library that runs the models, with its version."""
    return f"deepface {version('deepface')}"

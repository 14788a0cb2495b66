"""Weight files: where they lie, and what they hold."""

from pathlib import Path

from dramatis.core.errors import InputError, MissingError


def weight_files(weights: Path, setting: str, suffix: str = ".onnx") -> list[Path]:
    """The weight files that a parameter names: the file itself, or those in a folder, by name.

    Args:
        weights: a file or a folder.
        setting: the parameter, such as `detect.weights`, for the message.
        suffix: ending of the files in a folder.

    Raises:
        MissingError: there is no such file or folder, or the folder has no such file.
    """
    remedy = f"Put the model there, or point `{setting}` in params.yaml at it"
    if weights.is_file():
        return [weights]
    if not weights.is_dir():
        raise MissingError(str(weights), "there is no such weight file or folder", remedy)
    files = sorted(weights.glob(f"*{suffix}"))
    if not files:
        raise MissingError(str(weights), f"no *{suffix} file in this folder", remedy)
    return files


def single_weight_file(weights: Path, setting: str) -> Path:
    """The one ONNX file that a parameter names, itself or alone in a folder.

    Raises:
        MissingError: there is none.
        InputError: the folder has several.
    """
    files = weight_files(weights, setting)
    if len(files) > 1:
        names = ", ".join(file.name for file in files)
        raise InputError(
            str(weights),
            f"one model is needed, but the folder has {names}",
            f"Name one file in `{setting}` in params.yaml",
        )
    return files[0]

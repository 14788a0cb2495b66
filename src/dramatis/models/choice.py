"""Which files of a hub repository are wanted, when nobody listed them: pure, from the names alone."""

import fnmatch
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from dramatis.core.errors import InputError
from dramatis.models.manifest import PICKLED, is_fetched, is_safe

INDEX = "model_index.json"
"""What makes a repository a pipeline of diffusers."""
UNUSED = ("safety_checker", "feature_extractor", "image_encoder")
"""Parts of a pipeline that nothing here reads."""
WEIGHTS = (".safetensors", ".onnx")
SAFE = "Take a repository, or a revision of it, that has .safetensors or .onnx files"


def chosen(paths: Iterable[str], place: str, only: Sequence[str] = (), variant: str | None = None) -> list[str]:
    """The files to fetch, in order.

    Of a diffusers pipeline those of its parts, in one precision; of any other repository all that may be fetched.

    Args:
        paths: names of all files of the repository.
        place: the repository, for messages.
        only: patterns such as `*.onnx`; a file that matches one is wanted, the others are not.
        variant: of a pipeline: `fp16` for weights with that in their names.

    Raises:
        InputError: no weights are among them, or only such as can run code.
    """
    there = sorted(path for path in paths if is_safe(path))
    if only:
        wanted = [path for path in there if any(fnmatch.fnmatchcase(path, pattern) for pattern in only)]
        if refused := [path for path in wanted if not is_fetched(path)]:
            raise InputError(place, f"{refused[0]} is of a kind that is never fetched", SAFE)
    elif INDEX in there:
        wanted = _pipeline(there, place, variant)
    else:
        wanted = [path for path in there if is_fetched(path)]
    if not any(path.endswith(WEIGHTS) for path in wanted):
        pickled = [path for path in there if path.lower().endswith(PICKLED)]
        more = f", only such as can run code when they are read ({', '.join(pickled[:3])})" if pickled else ""
        raise InputError(place, f"it has no .safetensors or .onnx weights{' so called' if only else ''}{more}", SAFE)
    return wanted


def _pipeline(there: Sequence[str], place: str, variant: str | None) -> list[str]:
    """The configuration of each part, and its weights in one precision; no single file of the whole beside them."""
    parts: dict[str, list[str]] = {}
    wanted = [INDEX]
    for path in there:
        part, _, rest = path.partition("/")
        if rest and "/" not in rest and part not in UNUSED:
            parts.setdefault(part, []).append(path)
    for part, files in parts.items():
        if not any(file.endswith(("config.json", "vocab.json")) for file in files):
            continue  # such as a folder of pictures
        weights = [file for file in files if file.endswith(".safetensors")]
        if not weights and any(file.lower().endswith((".bin", ".ckpt")) for file in files):
            raise InputError(f"{place}: {part}", "its weights are only there in a form that can run code", SAFE)
        wanted += [file for file in files if is_fetched(file) and not file.endswith((*WEIGHTS, ".index.json"))]
        wanted += _one_precision(weights, f"{place}: {part}", variant)
    return sorted(wanted)


def _one_precision(weights: Sequence[str], place: str, variant: str | None) -> list[str]:
    """Of `a.safetensors`, `a.fp16.safetensors` and `a.non_ema.safetensors` the plain one, or the variant."""
    marks = {path: PurePosixPath(path).name.split(".")[1:-1] for path in weights}
    shards = [path for path in weights if not [mark for mark in marks[path] if not mark[:1].isdigit()]]
    fitting = [path for path in weights if variant in marks[path]] if variant else shards
    if weights and not fitting and variant:
        raise InputError(place, f"it has no weights called {variant}", "Leave --variant out")
    return fitting or list(weights)

"""`dramatis convert`: weights from one format to another; what the source is, is found by looking."""

from pathlib import Path

from dramatis.core.errors import InputError, MissingError, ParameterError

TARGETS = ("folder", "single", "kohya", "diffusers", "webui")
"""What can be written: a pipeline as a folder or as a single file; an adapter in two kinds of names; an embedding."""


def convert(source: Path, out: Path, to: str | None, family: str | None, precision: str | None, force: bool) -> str:
    """Writes the source in another format.

    Args:
        source: pipeline folder, single-file checkpoint, adapter or embedding.
        out: what to write: a folder, or a .safetensors file.
        to: one of TARGETS; None takes the other one of the two that the source may have.
        family: sd or sdxl, of an adapter; None looks at its layers.
        precision: fp32, fp16 or bf16; None keeps that of the source.
        force: whether `out` may be written over.

    Returns:
        What was done, as a sentence.

    Raises:
        MissingError: there is no such source.
        InputError: it is of a kind that cannot become that.
        ParameterError: `out` is there already, or is the source.
    """
    if not source.exists():
        raise MissingError(
            str(source), "there is no such file or folder", "Name a pipeline, an adapter or an embedding"
        )
    if out.resolve() == source.resolve() or out.resolve() in source.resolve().parents:
        raise ParameterError(str(out), "this is the source, or holds it", "Name another place")
    if out.exists() and not force:
        raise ParameterError(str(out), "there is something already", "Name another place, or add --force")
    kind, ways = kind_of_source(source)
    to = to or next(way for way in ways if way != kind)
    if to not in ways:
        raise InputError(str(source), f"this is {WORDS[kind]}, which cannot become {to!r}", f"Say {_or(ways)}")
    if (to == "folder") == (out.suffix == ".safetensors"):
        ending = "a folder, so its name has no .safetensors" if to == "folder" else "a file that ends in .safetensors"
        raise ParameterError(str(out), f"the result is {ending}", "Name another place")
    if kind in ("folder", "single"):
        _pipeline(source, out, to, precision)
    elif kind in ("webui", "tokens"):
        _embedding(source, out, to)
    else:
        _adapter(source, out, to, family)
    return f"{out}: {WORDS[kind]} as {to}"


WORDS = {
    "folder": "a pipeline folder",
    "single": "a single-file checkpoint",
    "kohya": "an adapter in kohya's names",
    "diffusers": "an adapter in the names of diffusers",
    "old-diffusers": "an adapter in older names of diffusers",
    "webui": "an embedding of webui",
    "tokens": "an embedding of diffusers",
}


def kind_of_source(source: Path) -> tuple[str, tuple[str, ...]]:
    """What a file or folder is, and what it can become.

    Raises:
        InputError: it is nothing that is known here.
    """
    from dramatis.diffusion.formats.adapters import format_of
    from dramatis.diffusion.formats.embedding import is_embedding
    from dramatis.diffusion.formats.single_file import UNET
    from dramatis.diffusion.weights import read_keys

    if source.is_dir():
        if not (source / "model_index.json").is_file():
            raise InputError(
                str(source), "no pipeline: it has no model_index.json", "Name a diffusers folder or a file"
            )
        return "folder", ("folder", "single")
    keys = read_keys(source)
    if any(key.startswith(UNET) for key in keys):
        return "single", ("folder", "single")
    adapter = format_of(keys)
    if adapter is not None:
        return adapter, ("kohya", "diffusers")
    if is_embedding(source):
        known = {"emb_params", "clip_l"} & keys
        return ("webui" if known else "tokens"), ("webui", "diffusers")
    raise InputError(str(source), "no pipeline, adapter or embedding: its names are of none", "Name one of these")


def _pipeline(source: Path, out: Path, to: str, precision: str | None) -> None:
    from dramatis.diffusion.formats.pipeline import precision_of, write_pipeline
    from dramatis.diffusion.formats.single_file import write_single_file
    from dramatis.diffusion.load import load_pipeline

    precision = precision or precision_of(source)
    pipeline = load_pipeline(str(source))
    (write_pipeline if to == "folder" else write_single_file)(pipeline, out, precision)


def _adapter(source: Path, out: Path, to: str, family: str | None) -> None:
    from dramatis.diffusion.formats import kohya, peft
    from dramatis.diffusion.formats.adapters import family_of, read_adapter
    from dramatis.diffusion.formats.ldm import SDXL
    from dramatis.diffusion.weights import write_weights

    adapter = read_adapter(source)
    family = family or family_of(adapter)
    told = {key: value for key, value in adapter.metadata.items() if key not in ("format", peft.METADATA)}
    try:
        if to == "kohya":
            tensors = kohya.write(adapter, family, SDXL if family == "sdxl" else None)
        else:
            tensors = peft.write(adapter)
    except ValueError as error:
        raise InputError(str(source), str(error), "Such adapters keep kohya's names") from error
    write_weights(tensors, out, told)


def _embedding(source: Path, out: Path, to: str) -> None:
    from dramatis.diffusion.formats.embedding import for_webui, read_embeddings, stored
    from dramatis.diffusion.weights import write_weights

    found = read_embeddings(source)
    if to == "webui" and len(found) > 1:
        tokens = ", ".join(one.token for one in found)
        raise InputError(str(source), f"it holds {tokens}, and a file of webui holds one token", "Keep it as it is")
    if to == "diffusers" and any(len(one.vectors) > 1 for one in found):
        raise InputError(str(source), "it is of SDXL, of which diffusers reads clip_l and clip_g", "Keep it as it is")
    write_weights(for_webui(found[0]) if to == "webui" else stored(found), out)


def _or(words: tuple[str, ...]) -> str:
    return " or ".join(f"--to {word}" for word in words)

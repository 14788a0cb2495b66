"""`dramatis merge`: checkpoints of one run, of several, or foreign adapters, into a checkpoint or a pipeline."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dramatis.core.choice import read_vote, vote_in
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.votes import chosen_step

_SOURCE = re.compile(r"(?P<name>.+?)(?:@(?P<first>\d+)(?:-(?P<last>\d+))?)?(?::(?P<ratio>-?\d+(?:\.\d+)?))?")
FORM = "Write RUN, RUN@STEP, RUN@FIRST-LAST or a file, with :RATIO if you want, such as twins@300:0.5"
MERGED_STEP = 1
"""Step by which a merged checkpoint goes: it has none of its own."""


class Chosen(NamedTuple):
    """Checkpoints that one word of the command line names."""

    folders: list[Path]
    ratio: float | None
    run: dict[str, Any] | None
    """Its run.json; None of a foreign file."""
    word: str


def read_source(word: str, models: Path = Path("models"), scores: Path = Path("metrics/score")) -> Chosen:
    """The checkpoints that a word names: of a run the step that counts, one step, all in a range; or a file or folder.

    The step that counts is a person's choice, else the score's.

    Raises:
        MissingError: there is no such run, step or file.
        ParameterError: the word cannot be read.
    """
    from dramatis.train.schema import RUN_FILE, checkpoint_name, step_of

    found = _SOURCE.fullmatch(word)
    if found is None:
        raise ParameterError(word, "this names no checkpoint", FORM)
    ratio = None if found["ratio"] is None else float(found["ratio"])
    name, folder = found["name"], models / found["name"]
    if not (folder / RUN_FILE).is_file():
        place = Path(name)
        if found["first"] is None and place.exists() and (place.is_file() or not (place / RUN_FILE).is_file()):
            beside = place.parent / RUN_FILE
            return Chosen([place], ratio, json.loads(beside.read_text()) if beside.is_file() else None, word)
        folder = place
        if not (folder / RUN_FILE).is_file():
            raise MissingError(str(models / name), "there is no such run, file or folder", FORM)
    steps = sorted(step_of(one.name) for one in folder.glob("step-*"))
    if found["first"] is None:
        score = scores / f"{folder.name}.json"
        if not score.is_file():
            raise MissingError(str(score), "so no step is known to be the best", f"Name one: {name}@{steps[-1]}")
        wanted = [chosen_step(json.loads(score.read_text()), read_vote(vote_in(Path(), folder.name)), folder)]
    else:
        first = int(found["first"])
        last = int(found["last"] or first)
        wanted = [step for step in steps if first <= step <= last]
    if not wanted or not set(wanted) <= set(steps):
        there = ", ".join(map(str, steps))
        raise MissingError(word, "no such checkpoint", f"Steps of {name}: {there}")
    run = json.loads((folder / RUN_FILE).read_text())
    return Chosen([folder / checkpoint_name(step) for step in wanted], ratio, run, word)


def sources_of(chosen: Sequence[Chosen]) -> list[Any]:
    """Sources with their ratios; the checkpoints of a range share theirs. Without any, all count the same."""
    from dramatis.diffusion.merge import Source

    told = [one.ratio for one in chosen]
    if any(ratio is None for ratio in told) and not all(ratio is None for ratio in told):
        word = next(one.word for one in chosen if one.ratio is None)
        raise ParameterError(word, "it has no ratio, and others have", "Give all a ratio, or none")
    return [
        Source(folder, (1 / len(chosen) if one.ratio is None else one.ratio) / len(one.folders))
        for one in chosen
        for folder in one.folders
    ]


class Order(NamedTuple):
    """What to merge, and into what."""

    words: Sequence[str]
    out: Path
    unet: str | None = None
    text_encoder: str | None = None
    onto: str | None = None
    rank: int | None = None
    force: bool = False


def merge_checkpoints(order: Order) -> list[str]:
    """Writes the merged run, or with `onto` a pipeline.

    Returns:
        Lines that say what was done.

    Raises:
        MissingError: a source is not there.
        InputError: the sources do not fit each other, or the base.
        ParameterError: a word cannot be read, or there is something at `out`, or a source in it.
    """
    chosen, sources = _chosen(order)
    check_free(order.out, chosen, order.force)
    check_bases(chosen, order.onto)
    return _fused(order, chosen, sources) if order.onto else _merged(order.out, order.rank, chosen, sources)


def _chosen(order: Order) -> tuple[list[Chosen], list[Any]]:
    from dramatis.diffusion.merge import TEXT

    if order.unet is None and order.text_encoder is None:
        if not order.words:
            raise ParameterError("dramatis merge", "nothing to merge is named", FORM)
        chosen = [read_source(word) for word in order.words]
        return chosen, sources_of(chosen)
    if order.words or order.unet is None or order.text_encoder is None:
        remedy = "Name a checkpoint by each of --unet and --text-encoder, and none besides"
        raise ParameterError("dramatis merge", "parts come from two checkpoints", remedy)
    chosen, sources = [], []
    for word, parts in ((order.unet, frozenset({"unet"})), (order.text_encoder, frozenset(TEXT))):
        one = read_source(word)
        chosen.append(one)
        sources += [source._replace(parts=parts) for source in sources_of([one])]
    return chosen, sources


def check_free(out: Path, chosen: Sequence[Chosen], force: bool) -> None:
    """Refuses to write over something unless told to, and over what is to be merged in any case.

    Raises:
        ParameterError: there is something at `out`, or a source is in it.
    """
    if out.exists() and not force:
        raise ParameterError(str(out), "there is something already", "Name another place, or add --force")
    for folder in (folder for one in chosen for folder in one.folders):
        if folder.resolve().is_relative_to(out.resolve()):
            raise ParameterError(str(out), f"{folder}, which is to be merged, is in it", "Name another place")


def check_bases(chosen: Sequence[Chosen], onto: str | None) -> None:
    """Refuses adapters of two bases, unless it is said which base they go on."""
    bases = {one.run["base_sha256"]: one for one in chosen if one.run}
    if len(bases) > 1 and onto is None:
        first, second = list(bases.values())[:2]
        raise InputError(
            second.word, f"it was trained on another base than {first.word}", "Say with --onto which base they go on"
        )


def _merged(out: Path, rank: int | None, chosen: Sequence[Chosen], sources: Sequence[Any]) -> list[str]:
    from dramatis.core.tables import whole_folder, write_json
    from dramatis.diffusion.merge import merge
    from dramatis.train.schema import RUN_FILE, checkpoint_name

    with whole_folder(out) as folder:
        said = merge(sources, folder / checkpoint_name(MERGED_STEP), family_of_sources(chosen, sources), rank)
        write_json(merged_run(out.name, chosen, sources, MERGED_STEP), folder / RUN_FILE)
    return [f"{out}: {said}", *_told(sources)]


def family_of_sources(chosen: Sequence[Chosen], sources: Sequence[Any]) -> str:
    """`sd` or `sdxl`, as run.json says, or the layers of a foreign adapter."""
    from dramatis.diffusion.files import ADAPTER
    from dramatis.diffusion.formats.adapters import family_of, read_adapter

    told = next((one.run["family"] for one in chosen if one.run and "family" in one.run), None)
    if told is not None:
        return told
    first = sources[0].checkpoint
    file = first if first.is_file() else first / ADAPTER
    return family_of(read_adapter(file)) if file.is_file() else "sd"


def merged_run(name: str, chosen: Sequence[Chosen], sources: Sequence[Any], step: int) -> dict[str, Any]:
    """`run.json` of a merged run: that of its first source, with everybody in it and where it comes from."""
    from dramatis.train.schema import checkpoint_name

    runs = [one.run for one in chosen if one.run]
    record = {"run": name, "merged": {one.checkpoint.as_posix(): one.ratio for one in sources}}
    if not runs:
        return record | {"last": checkpoint_name(step), "characters": {}}
    characters = {key: about for run in runs for key, about in run["characters"].items()}
    return runs[0] | record | {"characters": characters, "last": checkpoint_name(step)}


def _fused(order: Order, chosen: Sequence[Chosen], sources: Sequence[Any]) -> list[str]:
    from dramatis.diffusion.formats.pipeline import precision_of, write_pipeline
    from dramatis.diffusion.load import check_base
    from dramatis.diffusion.merge import fuse
    from dramatis.diffusion.model import load_model

    base = order.onto or ""
    check_base(base)
    model = load_model(base)
    fuse(model, sources)
    write_pipeline(model.pipeline, order.out, precision_of(Path(base)) if Path(base).exists() else "fp32")
    return [f"{order.out}: a pipeline, from {base}", *_told(sources)]


def _told(sources: Sequence[Any]) -> list[str]:
    width = max(len(str(source.checkpoint)) for source in sources)
    return [f"  {source.checkpoint!s:<{width}}  {source.ratio:g}" for source in sources]

"""`dramatis export` and `dramatis publish`: what was made, for others."""

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from dramatis.cli.look import print_json
from dramatis.core.errors import ParameterError
from dramatis.core.params import PARAMS, load_params, read_params, validate
from dramatis.dataset.params import DatasetParams
from dramatis.dataset.schema import SPLITS
from dramatis.export.formats import Settings, format_of
from dramatis.export.run import export
from dramatis.publish.contents import Contents, Kind
from dramatis.publish.dataset import dataset_contents
from dramatis.publish.model import model_contents
from dramatis.publish.params import SECTION, PublishParams
from dramatis.publish.run import Wishes, publish, rehearse, rehearsed
from dramatis.publish.story import story_contents
from dramatis.release.params import ReleaseParams
from dramatis.train.params import TrainParams

DATASET, EXPORTS = Path("data/dataset"), Path("work/export")
KINDS = get_args(Kind)


def export_dataset(
    name: str, out: Path | None, characters: str, split: str, root: Path | None, base: str | None
) -> list[str]:
    """Exports `data/dataset` with the sizes in params.yaml; gives the lines to print.

    Raises:
        ParameterError: no such format or split.
    """
    format_of(name)
    if split not in SPLITS:
        raise ParameterError(f"--split {split}", f"it must be one of {', '.join(SPLITS)}", "Choose one of these")
    said = load_params("dataset", DatasetParams)
    out = out or EXPORTS / (name if split == "train" else f"{name}-{split}")
    settings = Settings(
        root or out.resolve(),
        said.resolution_px,
        said.bucket_step_px,
        said.bucket_sides_px,
        load_params("train", TrainParams).batch_size,
        base,
    )
    chosen = tuple(filter(None, (part.strip() for part in characters.split(","))))
    return export(name, DATASET, out, settings, characters=chosen, split=split)


def publish_something(
    what: str, name: str | None, to: str, wishes: Wishes, limits: Mapping[str, float | None], dry_run: bool
) -> list[str]:
    """Publishes a model, the dataset or a story, or shows what would be sent; gives the lines to print.

    Args:
        what: model, dataset or story.
        name: of the run or the story; None for the dataset.
        to: the place.
        wishes: what a person allows.
        limits: those of section `publish` that a person said otherwise.
        dry_run: send nothing.

    Raises:
        ParameterError: there is no such thing, or an option is wrong.
        InputError: it is not there, something stands against it, or the place does not take it.
    """
    contents = _contents(what, name, limits)
    return rehearse(contents, to, wishes) if dry_run else publish(contents, to, wishes)


def list_something(what: str, name: str | None, to: str, wishes: Wishes, limits: Mapping[str, float | None]) -> None:
    """Prints as JSON what `publish_something` would send; sends nothing.

    Raises:
        ParameterError, InputError: as `publish_something` does.
    """
    print_json(rehearsed(_contents(what, name, limits), to, wishes))


def _contents(what: str, name: str | None, limits: Mapping[str, float | None]) -> Contents:
    if what not in KINDS:
        raise ParameterError(what, f"only these can be published: {', '.join(KINDS)}", "Name one of these")
    if (name is None) != (what == "dataset"):
        kind = {"model": "run", "story": "story"}.get(what)
        problem = f"it needs the name of a {kind}" if kind else f"there is one dataset, and none by the name of {name}"
        remedy = f"Say `dramatis publish {what}{' NAME' if kind else ''} --to …`"
        raise ParameterError(what, problem, remedy)
    params = read_params()
    known = validate(params.get(SECTION) or {}, PublishParams, str(PARAMS), SECTION).model_dump()
    changed = {key: value for key, value in limits.items() if value is not None}
    asked = validate(known | changed, PublishParams, "the command line", SECTION)
    if name is None:
        return dataset_contents(load_params("dataset", DatasetParams).license)
    if what == "model":
        return model_contents(
            name, list(params.get("runs") or {}), load_params("release", ReleaseParams).license, asked
        )
    people = load_params("dataset", DatasetParams).people
    return story_contents(name, list(params.get("stories") or {}), asked.story_license, people)

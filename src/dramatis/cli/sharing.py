"""`dramatis export` and `dramatis publish`: the dataset for others."""

from pathlib import Path

from dramatis.cli.look import print_json
from dramatis.core.errors import ParameterError
from dramatis.core.params import load_params
from dramatis.dataset.params import DatasetParams
from dramatis.dataset.schema import SPLITS
from dramatis.export.formats import Settings, format_of
from dramatis.export.run import export
from dramatis.publish.contents import read_contents
from dramatis.publish.run import publish
from dramatis.train.params import TrainParams

DATASET, EXPORTS = Path("data/dataset"), Path("work/export")


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


def publish_dataset(what: str, to: str, dry_run: bool, no_license: bool, public: bool, tag: str | None) -> list[str]:
    """Publishes `data/dataset`; gives the lines to print.

    Raises:
        ParameterError: something else than the dataset is named, or an option is wrong.
    """
    if what != "dataset":
        raise ParameterError(what, "only the dataset can be published", "Say `dramatis publish dataset --to …`")
    said = load_params("dataset", DatasetParams).license
    return publish(to, DATASET, said_license=said, no_license=no_license, public=public, tag=tag, dry_run=dry_run)


def list_dataset(what: str, to: str, no_license: bool, public: bool, tag: str | None) -> None:
    """Prints as JSON what `publish_dataset` would send; sends nothing.

    Raises:
        ParameterError: as `publish_dataset` does.
    """
    publish_dataset(what, to, True, no_license, public, tag)
    contents = read_contents(DATASET)
    files = [{"file": str(name), "bytes": size} for name, size in contents.files]
    print_json({"to": to, "license": contents.license, "refused": not (contents.license or no_license), "files": files})

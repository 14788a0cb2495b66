"""The dataset as an export reads it: what is in it first, its pictures one after the other."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from dramatis.core.errors import InputError, MissingError
from dramatis.core.splits import PLAN_FILE
from dramatis.core.tables import iter_rows, readable
from dramatis.dataset.schema import CONFIGS

KINDS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"RIFF": "webp"}
"""First bytes of the kinds of pictures, and their endings."""
COLUMNS = ["id", "caption", "character", "characters", "bucket", "width_px", "height_px"]


class Row(NamedTuple):
    """A picture of the dataset, without its pixels."""

    config: str
    """Configuration."""
    id: str
    """Its id there."""
    caption: str
    character: str | None
    """Key of the one character that is meant; None of several or none."""
    people: int
    """Number of named people, whose names the caption begins with."""
    rate: float
    """How often it is seen in an epoch of the plan, above 0; 1 if held out."""
    bucket: str
    """`<width>x<height>` of the training resolution, as the plan says."""
    width_px: int
    height_px: int

    @property
    def group(self) -> str:
        """Whose picture it is: the character, or of several people the configuration."""
        if not self.character or self.config not in ("characters", "control"):
            return self.config
        return f"character {self.character}" if self.character in CONFIGS else self.character


class Picture(NamedTuple):
    """A picture as it is stored."""

    data: bytes
    ending: str
    """png, jpg or webp."""


@dataclass(frozen=True)
class Source:
    """One split of a dataset, or what was chosen of it.

    Attributes:
        folder: where the dataset lies.
        shards: files of each configuration, in order.
        rows: the pictures that are exported, in the order in which `pictures` gives them.
        left_out: how many are not, by reason.
    """

    folder: Path
    split: str
    shards: dict[str, list[Path]]
    rows: list[Row]
    left_out: dict[str, int]

    def of(self, *configs: str) -> list[Row]:
        """The rows of some configurations."""
        return [row for row in self.rows if row.config in configs]

    def pictures(self, *configs: str) -> Iterator[tuple[Row, Picture, Picture | None]]:
        """Each row of some configurations with its picture and its control image; a few are in memory at a time.

        Raises:
            InputError: what is stored is no PNG, JPEG or WebP.
        """
        wanted = {(row.config, row.id): row for row in self.rows if row.config in configs}
        for config in self.shards:
            if config not in configs:
                continue
            columns = ["id", "image", *(["conditioning_image"] if config == "control" else [])]
            for file in self.shards[config]:
                for stored in _stored(file, columns):
                    row = wanted.get((config, stored["id"]))
                    if row:
                        place = f"{file}: {row.id}"
                        other = stored.get("conditioning_image")
                        yield row, picture_of(stored["image"], place), other and picture_of(other, place)


def picture_of(stored: dict[str, Any], place: str) -> Picture:
    """A stored picture with the ending that its first bytes call for."""
    data = stored["bytes"] or b""
    for first, ending in KINDS.items():
        if data.startswith(first):
            return Picture(data, ending)
    raise InputError(place, f"{len(data)} bytes that are no PNG, JPEG or WebP", "Run `dvc repro` to make it again")


def read_source(folder: Path, split: str = "train", characters: Sequence[str] = ()) -> Source:
    """What there is to export of a dataset.

    Pictures that the plan never shows are left out. With a choice of characters, so is every picture of somebody
    else, and every scene or composite that names anybody else; class pictures stay.

    Args:
        folder: `data/dataset`.
        characters: keys to choose; all if empty.

    Raises:
        MissingError: the dataset is not there.
        InputError: a chosen character is not in it, the plan lacks a picture, a file is damaged, or nothing is left.
    """
    shards = {config: sorted((folder / config / split).glob("*.parquet")) for config in CONFIGS}
    if not any(shards.values()):
        remedy = "Run `dvc repro`: stage dataset makes it"
        if split == "validation" and (folder / "plan.parquet").is_file():
            remedy = "Nothing is held out: see `selection.validation_share` and its neighbours in params.yaml"
        raise MissingError(str(folder), f"there is no shard of split {split}", remedy)
    plan = _plan(folder) if split == "train" else None
    rows: list[Row] = []
    left_out: Counter[str] = Counter()
    known: set[str] = set()
    for config, files in shards.items():
        for file in files:
            for stored in _stored(file, COLUMNS):
                named = _named(stored)
                known |= named
                rate, bucket = (
                    _planned(plan, f"{config}/{stored['id']}", folder) if plan is not None else (1.0, stored["bucket"])
                )
                if rate <= 0:
                    left_out["the plan never shows them"] += 1
                elif not _is_chosen(stored, named, characters):
                    left_out["of characters that were not chosen"] += 1
                else:
                    rows.append(_row(config, stored, rate, bucket))
    _check(folder, characters, known, rows)
    return Source(folder, split, shards, rows, dict(left_out))


def _stored(file: Path, columns: list[str]) -> Iterator[dict[str, Any]]:
    """The rows of a file of the dataset; one that is damaged is an `InputError`."""
    with readable(file, "dataset"):
        yield from iter_rows(file, "dataset", columns)


def _plan(folder: Path) -> dict[str, tuple[float, str]]:
    """How often each picture is seen in an epoch, and its bucket, by the plan's key."""
    rows = _stored(folder / PLAN_FILE, ["key", "per_epoch", "bucket"])
    # To six digits, as single precision means it: 0.3 and not 0.300000011920929.
    return {row["key"]: (float(f"{row['per_epoch']:.6g}"), row["bucket"]) for row in rows}


def _planned(plan: dict[str, tuple[float, str]], key: str, folder: Path) -> tuple[float, str]:
    if key not in plan:
        raise InputError(f"{folder / PLAN_FILE}: {key}", "the plan lacks this picture", "Run `dvc repro`")
    return plan[key]


def _named(stored: dict[str, Any]) -> set[str]:
    return {*(stored["characters"] or ()), *filter(None, [stored["character"]])}


def _is_chosen(stored: dict[str, Any], named: set[str], characters: Collection[str]) -> bool:
    if not characters or not named:
        return True
    return stored["character"] in characters if stored["character"] else named <= set(characters)


def _row(config: str, stored: dict[str, Any], rate: float, bucket: str) -> Row:
    people = max(len(stored["characters"] or ()), 1 if stored["character"] else 0)
    said = (config, stored["id"], stored["caption"], stored["character"])
    return Row(*said, people, rate, bucket, stored["width_px"], stored["height_px"])


def _check(folder: Path, characters: Sequence[str], known: Collection[str], rows: list[Row]) -> None:
    unknown = [name for name in characters if name not in known]
    if unknown:
        remedy = f"Choose of {', '.join(sorted(known)) or 'nobody'}"
        raise InputError(str(folder), f"{', '.join(unknown)}: no such character in it", remedy)
    if not any(row.config != "regularization" for row in rows):
        raise InputError(str(folder), "no picture is left to export", "Choose more characters, or raise the weights")

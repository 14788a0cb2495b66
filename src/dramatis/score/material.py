"""What is judged, read from disk: the previews of a run, real pictures of everybody, and strangers."""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dramatis.backends.embed import Face
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import Image, decode, read_image
from dramatis.core.splits import read_split
from dramatis.core.tables import box_of, read_rows
from dramatis.eyes.copies import distances, farthest_points, layout, small
from dramatis.eyes.look import Eyes, presented
from dramatis.eyes.references import main_faces_of, pixels, read_crops
from dramatis.score.schema import STRANGERS
from dramatis.score.summary import WHOLE

log = logging.getLogger("score")

Row = dict[str, Any]
Key = tuple[int, str]
"""Step and group of previews."""

APART = ("pair", "forget")
"""Purposes of previews that are judged for themselves; see `PREVIEWS`."""
COLUMNS = ("purpose", "character", "characters", "negative", "wanted", "landmarks")
"""Columns of the previews that those of older versions lack."""
MOST_PICTURES = 400
"""Training pictures of a character that previews are compared with."""
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


def group_of(row: Mapping[str, Any]) -> str:
    """The group that a preview counts in: its character, pair, forget, or run."""
    if row["purpose"] in APART:
        return row["purpose"]
    return row["character"] or WHOLE


def read_previews(file: Path, name: str) -> dict[Key, list[Row]]:
    """Previews by step and group, each group in the same order of prompts and seeds at every step.

    Raises:
        MissingError: there are no previews.
        InputError: there is no base or no checkpoint among them, or a step has other prompts or seeds than the base.
    """
    remedy = f"Run `dvc repro`: stage preview@{name} makes them"
    groups: dict[Key, list[Row]] = defaultdict(list)
    rows = read_rows(file, f"preview@{name}")
    if rows and (lacking := [column for column in COLUMNS if column not in rows[0]]):
        raise InputError(str(file), f"it has no column {', '.join(lacking)}", remedy)
    for row in rows:
        groups[row["step"], group_of(row)].append(row)
    for rows in groups.values():
        rows.sort(key=_place)
    steps = {step for step, _ in groups}
    if len(steps) < 2 or 0 not in steps:
        raise InputError(str(file), f"previews of steps {sorted(steps)}, not of the base (0) and a checkpoint", remedy)
    for step in sorted(steps):
        for group in sorted({group for _, group in groups}):
            here, base = groups.get((step, group), []), groups.get((0, group), [])
            if [_place(row)[:-1] for row in here] != [_place(row)[:-1] for row in base]:
                problem = f"previews of {group} at step {step} are not of the prompts and seeds of the base"
                raise InputError(str(file), problem, remedy)
    return dict(groups)


def _place(row: Row) -> tuple[str, str, str, int, str]:
    return row["purpose"], row["prompt"], row["negative"] or "", row["seed"], row["preview_id"]


class References(NamedTuple):
    """Real pictures of everybody in the dataset."""

    held_out: dict[str, list[Face]]
    """Faces in head crops; of those who are not learned and have none held out, of training ones."""
    heads: dict[str, list[Image]]
    """The held-out head crops of those who are learned."""
    trained: dict[str, list[Face]]
    """Faces in training head crops of those who are learned, few and far apart."""
    trained_layouts: dict[str, list[int]]
    """Layouts of their training crops of all stages; see `copies.layout`."""
    held_out_layouts: dict[str, list[int]]
    """Layouts of their held-out crops of all stages."""
    words: Counter[str]
    """How often each part of their training captions is said."""


def read_references(
    dataset: Path, characters: Sequence[str], eyes: Eyes, aspect: float, copy_pictures: int
) -> References:
    """Reads them.

    Args:
        dataset: folder of stage `dataset`.
        characters: whom the run learned.
        eyes: what finds faces.
        aspect: width over height of the previews.
        copy_pictures: training heads of each, at most.

    Raises:
        MissingError: there is no dataset.
        InputError: it does not have a character, or holds out fewer than two heads of her with a face.
    """
    training = read_crops(dataset, "train", [("character", "in", list(characters))]) if characters else []
    validation = read_crops(dataset, "validation") if characters else []
    _check_known(dataset, characters, training, validation)
    held_out = main_faces_of(eyes, [row for row in validation if row["stage"] == "head"])
    _check_enough(dataset, characters, held_out)
    others = read_crops(dataset, "train", [("stage", "=", "head")]) if characters else []
    rest = [row for row in others if row["character"] not in held_out]
    few = [row for name in characters for row in _far_apart(training, name, copy_pictures)]
    return References(
        held_out=main_faces_of(eyes, rest) | held_out,
        heads={
            name: [pixels(row) for row in validation if row["character"] == name and row["stage"] == "head"]
            for name in characters
        },
        trained=main_faces_of(eyes, few),
        trained_layouts={name: _layouts(training, name, aspect) for name in characters},
        held_out_layouts={name: _layouts(validation, name, aspect) for name in characters},
        words=Counter(part.strip() for row in training for part in row["caption"].split(",")),
    )


def _check_enough(dataset: Path, characters: Sequence[str], held_out: Mapping[str, Sequence[Face]]) -> None:
    for character in characters:
        if len(held_out.get(character, [])) < 2:
            raise InputError(
                f"{dataset / 'characters/validation'}: {character}",
                f"{len(held_out.get(character, []))} held-out heads with a face, 2 are needed",
                "Hold out more (`selection.validation_share`, `selection.validation_min`)",
            )


def _check_known(dataset: Path, characters: Sequence[str], training: list[Row], validation: list[Row]) -> None:
    for character in characters:
        if not any(row["character"] == character for row in (*training, *validation)):
            known = sorted({row["character"] for row in validation if row["character"]})
            raise InputError(
                f"{dataset / 'characters'}: {character}",
                f"no such character in the dataset; held-out pictures are of {', '.join(known) or 'nobody'}",
                "Mend `runs.<run>.characters` in params.yaml, or name the character in cast.yaml",
            )


def _layouts(rows: Sequence[Row], name: str, aspect: float) -> list[int]:
    own = [row for row in rows if row["character"] == name]
    own = own[:: -(-len(own) // MOST_PICTURES)] if own else []
    return [layout(pixels(row), aspect) for row in own]


def _far_apart(rows: Sequence[Row], name: str, limit: int) -> list[Row]:
    """Training heads of a character that look as different as can be."""
    heads = [row for row in rows if row["character"] == name and row["stage"] == "head"]
    heads = heads[:: -(-len(heads) // MOST_PICTURES)] if heads else []
    looks = np.array([small(pixels(row)) for row in heads], np.float32).reshape(len(heads), -1)
    return [heads[index] for index in farthest_points(distances(looks, looks), limit)] if heads else []


def read_real(dataset: Path, limit: int) -> list[Image]:
    """Held-out pictures of a style: crops and scenes, at most `limit`, evenly from all.

    Raises:
        MissingError: there is no dataset.
        InputError: there are fewer than two.
    """
    rows = [
        row for part in ("characters", "scenes") for row in read_split(dataset, part, "validation", ["id", "image"])
    ]
    if len(rows) < 2:
        problem = f"{len(rows)} held-out pictures, 2 are needed to say what the style is"
        raise InputError(str(dataset), problem, "Hold out more (`selection.validation_share`)")
    return [pixels(row) for row in rows[:: max(-(-len(rows) // limit), 1)]]


def read_strangers(place: Path, eyes: Eyes) -> list[Face]:
    """One face of each stranger, from a table of schema STRANGERS, or from a folder of pictures.

    Raises:
        MissingError: there is neither.
        InputError: the table has other columns, or no picture shows a face.
    """
    use = "Name a folder of pictures, one of each person, or a table of them"
    if place.is_dir():
        files: Collection[Path] = sorted(file for file in place.rglob("*") if file.suffix.lower() in SUFFIXES)
        faces = [face for file in files for face in eyes.faces(read_image(file))[:1]]
    elif place.is_file():
        rows = read_rows(place, "score")
        if rows and set(STRANGERS.names) - set(rows[0]):
            problem = f"columns {', '.join(rows[0])}, not {', '.join(STRANGERS.names)}"
            raise InputError(f"score.strangers: {place}", problem, use)
        faces = [_known_face(row, eyes) for row in rows]
    else:
        raise MissingError(f"score.strangers: {place}", "there is no such folder or table", use)
    if not faces:
        raise InputError(f"score.strangers: {place}", "no picture in it shows a face", use)
    return faces


def _known_face(row: Row, eyes: Eyes) -> Face:
    """The face of a picture whose boxes are known: no detector needs to look."""
    image = decode(row["image"], row["stranger_id"])
    view = presented(image, eyes.params.view_px, eyes.params.paper_px)
    scale = view.size / np.array(image.shape[1::-1])
    boxes = {
        kind: np.array(box_of(row[kind]), float) * np.tile(scale, 2) + np.tile(view.corner, 2)
        for kind in ("face", "head")
    }
    return Face(view.image, boxes, None)

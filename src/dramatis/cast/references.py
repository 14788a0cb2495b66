"""Reference pictures: what they are called, and the vector of the largest face in each."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from dramatis.backends.detect import Detector, boxes_of
from dramatis.backends.embed import Embedder, Face
from dramatis.cast.thumbs import SURROUNDINGS
from dramatis.core import boxes
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import Image, cut
from dramatis.core.params import Key

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
SETTING = "cast.references"


class Reference(NamedTuple):
    """One reference picture as it counts."""

    picture: str
    """`<folder>/<file>`."""
    vector: NDArray[np.float32]
    """Identity vector, length 1, shape (D,)."""
    image: Image
    """The face with some of its surroundings."""


class NoFaceError(InputError):
    """A reference picture in which the detector finds no face."""


def list_references(folder: Path) -> dict[str, list[Path]]:
    """Pictures of each name: every sub-folder is a name; files that are no pictures by their ending do not count.

    Raises:
        MissingError: the folder is missing.
        InputError: a sub-folder cannot be a name or holds no picture.
    """
    if not folder.is_dir():
        remedy = f"Make it, with one folder of pictures for each name or empty, or change `{SETTING}` in params.yaml"
        raise MissingError(str(folder), "there is no such reference folder", remedy)
    found: dict[str, list[Path]] = {}
    for inner in sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith(".")):
        try:
            TypeAdapter(Key).validate_python(inner.name)
        except ValidationError:
            raise InputError(
                str(inner),
                f"{inner.name!r} cannot be an id: lower-case letters, digits, - and _ are allowed",
                "Rename the folder; `display` in cast.yaml can be any name",
            ) from None
        found[inner.name] = sorted(file for file in inner.iterdir() if file.suffix.lower() in SUFFIXES)
        if not found[inner.name]:
            raise MissingError(
                str(inner),
                f"no picture ({', '.join(SUFFIXES)}) in this reference folder",
                "Add some, or remove the folder",
            )
    return found


def pictures_of(folders: Mapping[str, Iterable[Path]]) -> dict[str, Path]:
    """The files of all reference folders by what pictures are called, `<folder>/<file>`."""
    return {f"{name}/{file.name}": file for name, inside in folders.items() for file in inside}


def look(picture: str, place: str, image: Image, detector: Detector, embedder: Embedder) -> Reference:
    """The largest face of a reference picture and its vector.

    Args:
        picture: `<folder>/<file>`.
        place: the file as the user knows it.
        image: the picture, RGB.

    Raises:
        NoFaceError: the detector finds no face in it.
    """
    found = detector.detect(image)
    faces = [detection for detection in found if detection.kind == "face"]
    if not faces:
        raise NoFaceError(
            place,
            "no face found in this reference picture",
            "Take one that shows the face, or lower `detect.min_score.face` in params.yaml",
        )
    face = max(faces, key=lambda detection: float(boxes.area(detection.box)[0]))
    vector = embedder.embed([Face(image, boxes_of(face, found), face.landmarks)])[0]
    return Reference(picture, vector, cut(image, boxes.expand(face.box, SURROUNDINGS)))

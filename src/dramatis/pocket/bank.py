"""The bank: drawn pictures on disk, so that a training reads them instead of drawing them again."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tqdm import trange

from dramatis.core import seeds
from dramatis.core.errors import MissingError
from dramatis.core.tables import whole_folder
from dramatis.film.character import Character, draw_outfit
from dramatis.pocket.params import BankParams
from dramatis.pocket.pictures import KNOWN_NAMES, Picture, characters, picture

SIZE_PX = 64


class Bank(NamedTuple):
    """Pictures with what is known of them.

    Attributes:
        images: RGB, shape (N, 64, 64, 3), uint8, read from disk as needed.
        faces: box of the face in each picture [px], shape (N, 4); all zero where none is seen.
        tags: the tags of each picture; first the name of somebody whom the base is to know.
    """

    images: NDArray[np.uint8]
    faces: NDArray[np.int16]
    tags: list[tuple[str, ...]]


def draw(seed: int, purpose: str, index: int) -> Picture:
    """The picture with this number; `purpose` keeps trainings and measurements apart."""
    return picture(seeds.rng(seed, "pocket", purpose, index), SIZE_PX)


def known_people(seed: int) -> dict[str, Character]:
    """Those whom the base is to know by name; every third has a look-alike among them."""
    count = len(KNOWN_NAMES)
    return dict(zip(KNOWN_NAMES, characters(seeds.rng(seed, "pocket", "known"), count, count // 4), strict=True))


def draw_known(seed: int, people: dict[str, Character], index: int) -> Picture:
    """The picture with this number of somebody known, in any clothes, with her name as its first tag."""
    rng = seeds.rng(seed, "pocket", "bank of the known", index)
    name = list(people)[index % len(people)]
    drawn = picture(rng, SIZE_PX, people[name].wearing(draw_outfit(rng)))
    return drawn._replace(tags=(name, *drawn.tags))


def face_box(drawn: Picture) -> tuple[int, int, int, int]:
    """The face of a picture, else its head, else an empty box [px]."""
    boxes = dict(drawn.boxes)
    x0, y0, x1, y1 = boxes.get("face") or boxes.get("head") or (0, 0, 0, 0)
    return int(np.floor(x0)), int(np.floor(y0)), int(np.ceil(x1)), int(np.ceil(y1))


def write_bank(params: BankParams, out: Path) -> None:
    """Draws the bank: `images.npy`, `faces.npy` and `tags.json`."""
    with whole_folder(out) as folder:
        people, count = known_people(params.seed), params.pictures + params.known_pictures
        images = np.lib.format.open_memmap(folder / "images.npy", "w+", np.uint8, (count, SIZE_PX, SIZE_PX, 3))
        faces, tags = np.zeros((count, 4), np.int16), []
        for index in trange(count, desc="draw", unit="picture"):
            known = index - params.pictures
            drawn = draw(params.seed, "bank", index) if known < 0 else draw_known(params.seed, people, known)
            images[index], faces[index] = drawn.image, face_box(drawn)
            tags.append(drawn.tags)
        images.flush()
        np.save(folder / "faces.npy", faces)
        (folder / "tags.json").write_text(json.dumps(tags))


def read_bank(folder: Path) -> Bank:
    """The bank in a folder."""
    if not (folder / "tags.json").is_file():
        raise MissingError(str(folder), "the drawn pictures are missing", "Run models/pocket/stages/bank.py first")
    tags = [tuple(item) for item in json.loads((folder / "tags.json").read_text())]
    return Bank(np.load(folder / "images.npy", mmap_mode="r"), np.load(folder / "faces.npy"), tags)

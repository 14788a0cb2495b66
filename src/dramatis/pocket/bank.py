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
from dramatis.pocket.params import BankParams
from dramatis.pocket.pictures import Picture, picture

SIZE_PX = 64


class Bank(NamedTuple):
    """Pictures with what is known of them.

    Attributes:
        images: RGB, shape (N, 64, 64, 3), uint8, read from disk as needed.
        faces: box of the face in each picture [px], shape (N, 4); all zero where none is seen.
        tags: the tags of each picture.
    """

    images: NDArray[np.uint8]
    faces: NDArray[np.int16]
    tags: list[tuple[str, ...]]


def draw(seed: int, purpose: str, index: int) -> Picture:
    """The picture with this number; `purpose` keeps trainings and measurements apart."""
    return picture(seeds.rng(seed, "pocket", purpose, index), SIZE_PX)


def face_box(drawn: Picture) -> tuple[int, int, int, int]:
    """The face of a picture, else its head, else an empty box [px]."""
    boxes = dict(drawn.boxes)
    x0, y0, x1, y1 = boxes.get("face") or boxes.get("head") or (0, 0, 0, 0)
    return int(np.floor(x0)), int(np.floor(y0)), int(np.ceil(x1)), int(np.ceil(y1))


def write_bank(params: BankParams, out: Path) -> None:
    """Draws the bank: `images.npy`, `faces.npy` and `tags.json`."""
    with whole_folder(out) as folder:
        shape = (params.pictures, SIZE_PX, SIZE_PX, 3)
        images = np.lib.format.open_memmap(folder / "images.npy", "w+", np.uint8, shape)
        faces, tags = np.zeros((params.pictures, 4), np.int16), []
        for index in trange(params.pictures, desc="draw", unit="picture"):
            drawn = draw(params.seed, "bank", index)
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

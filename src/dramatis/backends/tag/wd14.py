"""WD14 layout: `model.onnx` beside `selected_tags.csv`, as SmilingWolf's taggers and the pocket tagger have it.

Input: one array (N, S, S, 3), BGR, float 0..255, the picture padded with white to a square. Output: (N, T)
probabilities in the order of the list, whose columns are tag_id, name, category, count.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.backends.onnx import open_session
from dramatis.backends.tag import SETTING, Tag
from dramatis.backends.weights import sha256
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import Image, resize

CATEGORIES = {"0": "general", "1": "artist", "3": "copyright", "4": "character", "5": "meta", "9": "rating"}
"""Numbers of the categories in the list, as Danbooru has them; 9 is the taggers' own."""


def load(weights: Path) -> "Wd14":
    """The tagger in a folder.

    Raises:
        MissingError: the folder lacks one of the two files.
        InputError: a file is of another layout, or they do not belong together.
    """
    tags = weights / "selected_tags.csv"
    if not tags.is_file():
        remedy = f"Point `{SETTING}` in params.yaml at a folder in WD14 layout"
        raise MissingError(str(tags), "there is no such list of tags", remedy)
    return Wd14(weights / "model.onnx", tags)


class Wd14:
    """A tagger with its session; see `Tagger`."""

    def __init__(self, model: Path, tags: Path):
        self.tags, self._session = read_tags(tags), open_session(model, SETTING)
        self.model = f"wd14:{sha256(model)[:12]}"
        shape, width = self._session.get_inputs()[0].shape, self._session.get_outputs()[0].shape[-1]
        if len(shape) != 4 or shape[3] != 3 or not isinstance(shape[1], int) or shape[1] != shape[2]:
            raise InputError(str(model), f"its input has the shape {shape}, not (N, S, S, 3)", "Use a WD14 tagger")
        if isinstance(width, int) and width != len(self.tags):
            raise InputError(
                str(tags), f"it lists {len(self.tags)} tags, but the model gives {width}", "Use the list of this model"
            )
        self._side = shape[1]

    def scores(self, images: Sequence[Image]) -> NDArray[np.float32]:
        """Probabilities, shape (N, T). One picture at a time: so a picture's scores do not depend on the others."""
        name = self._session.get_inputs()[0].name
        rows = [self._session.run(None, {name: prepared(image, self._side)[None]})[0][0] for image in images]
        return np.array(rows, np.float32).reshape(-1, len(self.tags))


def prepared(image: Image, side: int) -> NDArray[np.float32]:
    """An RGB picture as the model's input: white square, BGR, 0..255, shape (side, side, 3)."""
    height, width = image.shape[:2]
    longest = max(height, width)
    top, left = (longest - height) // 2, (longest - width) // 2
    pads = top, longest - height - top, left, longest - width - left
    square = cv2.copyMakeBorder(image, *pads, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    return resize(square, side, side)[..., ::-1].astype(np.float32)


def read_tags(file: Path) -> list[Tag]:
    """The list of tags; a category that is none of `CATEGORIES` keeps its number as its name.

    Raises:
        InputError: the columns `name` and `category` are missing, or there is no tag.
    """
    with file.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    if not rows or not {"name", "category"} <= set(rows[0]):
        raise InputError(str(file), "it has no columns name and category, or no tag", "Use the list of a WD14 tagger")
    return [Tag(row["name"], CATEGORIES.get(row["category"], row["category"])) for row in rows]

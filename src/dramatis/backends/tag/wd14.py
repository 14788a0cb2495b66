"""WD14 layout: `model.onnx` beside `selected_tags.csv`, as SmilingWolf's taggers and the pocket tagger have it.

Input: one array (N, S, S, 3), BGR, float 0..255, the picture padded with white to a square (S is 448 in all of
SmilingWolf's, v3 included). Output: (N, T) probabilities in the order of the list, whose columns are tag_id, name,
category, count.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.backends.onnx import open_session
from dramatis.backends.tag import SETTING, Sentence, Tag
from dramatis.core.digests import file_digest
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import Image, resize

CATEGORIES = {"0": "general", "1": "artist", "3": "copyright", "4": "character", "5": "meta", "9": "rating"}
"""Numbers of the categories in the list, as Danbooru has them; 9 is the taggers' own."""
LIST = "selected_tags.csv"
USE = "Use the list of a WD14 tagger"


def load(weights: Path, batch_size: int, providers: Sequence[str], sentence: Sentence) -> "Wd14":
    """The tagger in a folder.

    Raises:
        MissingError: the folder lacks one of the two files.
        InputError: a file is of another layout, or they do not belong together.
    """
    return Wd14(weights / "model.onnx", weights / LIST, batch_size, providers)


class Wd14:
    """A tagger with its session; see `Tagger`."""

    def __init__(self, model: Path, tags: Path, batch_size: int, providers: Sequence[str]):
        self.tags, self._session = read_tags(tags), open_session(model, SETTING, providers)
        self.model = f"wd14:{file_digest(model)[:12]}"
        shape, width = self._session.get_inputs()[0].shape, self._session.get_outputs()[0].shape[-1]
        if len(shape) != 4 or shape[3] != 3 or not isinstance(shape[1], int) or shape[1] != shape[2]:
            raise InputError(str(model), f"its input has the shape {shape}, not (N, S, S, 3)", "Use a WD14 tagger")
        if isinstance(width, int) and width != len(self.tags):
            raise InputError(
                str(tags), f"it lists {len(self.tags)} tags, but the model gives {width}", "Use the list of this model"
            )
        self._side, self._batch = shape[1], shape[0] if isinstance(shape[0], int) else batch_size

    def scores(self, images: Sequence[Image]) -> NDArray[np.float32]:
        """Probabilities, shape (N, T). With a batch of one a picture's scores do not depend on the others at all."""
        name = self._session.get_inputs()[0].name
        rows = [np.zeros((0, len(self.tags)), np.float32)]
        for start in range(0, len(images), self._batch):
            batch = np.stack([prepared(image, self._side) for image in images[start : start + self._batch]])
            rows.append(self._session.run(None, {name: batch})[0])
        return np.concatenate(rows).astype(np.float32, copy=False)

    def sentences(self, images: Sequence[Image]) -> list[str | None]:
        """None of each picture: it only knows tags."""
        return [None] * len(images)


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
        MissingError: there is no such file.
        InputError: the columns `name` and `category` are missing, there is no tag, or a line is cut off.
    """
    if not file.is_file():
        remedy = f"Point `{SETTING}` in params.yaml at a folder in WD14 layout"
        raise MissingError(str(file), "there is no such list of tags", remedy)
    try:
        with file.open(newline="", encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines, strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(str(file), f"it is no list of tags ({error})", USE) from None
    if not rows or not {"name", "category"} <= set(rows[0]):
        raise InputError(str(file), "it has no columns name and category, or no tag", USE)
    for number, row in enumerate(rows, 1):
        if None in row.values() or not row["name"] or not row["category"]:
            raise InputError(str(file), f"tag {number} is cut off, or has no name or category", USE)
    return [Tag(row["name"], CATEGORIES.get(row["category"], row["category"])) for row in rows]

"""Makes variants of the training crops of one video."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from dramatis.augment.exposure import curve, light_word
from dramatis.augment.params import AugmentParams
from dramatis.augment.schema import AUGMENTED
from dramatis.core.images import Image, decode, encode_png
from dramatis.core.seeds import rng
from dramatis.core.tables import iter_rows, read_rows, whole_folder, write_rows

Row = dict[str, Any]


def run(params: AugmentParams, video: str, crops: Path, selection: Path, out: Path) -> None:
    """Writes `augmented.parquet`: `params.variants` rows for each training crop, and one more if it is flipped.

    Args:
        video: id of the video, for messages.
        crops: table of its crops.
        selection: table of what is taken of it; what is held out or left out has no variants.
        out: folder to write.
    """
    chosen = read_rows(selection, "selection", ["id", "kind", "split"])
    wanted = {row["id"] for row in chosen if row["kind"] == "crop" and row["split"] == "train"}
    with whole_folder(out) as folder:
        write_rows(_rows(params, video, crops, wanted), AUGMENTED, folder / "augmented.parquet")


def _rows(params: AugmentParams, video: str, crops: Path, wanted: set[str]) -> Iterator[Row]:
    """The variants of each wanted crop, one decoded picture at a time."""
    if not params.variants and not params.flips:
        return
    with tqdm(total=len(wanted), desc=f"augment {video}", unit="crop", disable=None) as bar:
        for row in iter_rows(crops, f"crops@{video}", ["crop_id", "image"]):
            if row["crop_id"] in wanted:
                image = decode(row["image"], f"{crops}: {row['crop_id']}")
                yield from (_variant(params, row["crop_id"], n, image) for n in range(params.variants))
                if params.flips:
                    yield _flip(row["crop_id"], image)
                bar.update()


def _variant(params: AugmentParams, crop_id: str, n: int, image: Image) -> Row:
    dice = rng(params.seed, "augment", crop_id, n)
    exposure_ev, contrast = float(dice.uniform(*params.exposure_ev)), float(dice.uniform(*params.contrast))
    return {
        "picture_id": f"{crop_id}-exposure-{n}",
        "crop_id": crop_id,
        "exposure_ev": exposure_ev,
        "contrast": contrast,
        "flipped": False,
        "word": light_word(exposure_ev, (params.dark_ev, params.dark_word), (params.bright_ev, params.bright_word)),
        "image": encode_png(curve(exposure_ev, contrast)[image]),
    }


def _flip(crop_id: str, image: Image) -> Row:
    return {
        "picture_id": f"{crop_id}-flip",
        "crop_id": crop_id,
        "exposure_ev": 0.0,
        "contrast": 1.0,
        "flipped": True,
        "word": None,
        "image": encode_png(np.ascontiguousarray(image[:, ::-1])),
    }

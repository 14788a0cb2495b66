"""Makes variants of the crops of all videos."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from dramatis.augment.exposure import curve, light_word, with_word
from dramatis.augment.params import AugmentParams
from dramatis.augment.schema import AUGMENTED
from dramatis.core.images import Image, decode, encode_png
from dramatis.core.seeds import rng
from dramatis.core.tables import read_rows, whole_folder, write_table

Row = dict[str, Any]


def run(params: AugmentParams, videos: Sequence[str], crops: Path, captions: Path, out: Path) -> None:
    """Writes `augmented.parquet`: `params.variants` rows for each kept crop.

    Stage `dataset` uses those of training crops only: it alone knows which shots are held out.
    """
    rows: list[Row] = []
    for video in videos if params.variants else []:
        written = read_rows(captions / video / "captions.parquet", f"caption@{video}", ["crop_id", "caption"])
        text = {row["crop_id"]: row["caption"] for row in written}
        file = crops / video / "crops.parquet"
        pictures = read_rows(file, f"crops@{video}", ["crop_id", "image"])
        for row in tqdm(pictures, desc=f"augment {video}", unit="crop", disable=None):
            if row["crop_id"] in text:
                crop_id, image = row["crop_id"], decode(row["image"], f"{file}: {row['crop_id']}")
                rows += [_variant(params, crop_id, n, image, text[crop_id]) for n in range(params.variants)]
    with whole_folder(out) as folder:
        write_table(rows, AUGMENTED, folder / "augmented.parquet")


def _variant(params: AugmentParams, crop_id: str, n: int, image: Image, caption: str) -> Row:
    dice = rng(params.seed, "augment", crop_id, n)
    exposure_ev, contrast = float(dice.uniform(*params.exposure_ev)), float(dice.uniform(*params.contrast))
    word = light_word(exposure_ev, (params.dark_ev, params.dark_word), (params.bright_ev, params.bright_word))
    return {
        "picture_id": f"{crop_id}-exposure-{n}",
        "crop_id": crop_id,
        "variant": f"exposure-{n}",
        "exposure_ev": exposure_ev,
        "contrast": contrast,
        "caption": with_word(caption, word, (params.dark_word, params.bright_word)),
        "image": encode_png(curve(exposure_ev, contrast)[image]),
    }

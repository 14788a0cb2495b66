"""The training set as the model sees it: latents, loss maps and what SDXL is told of each picture."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from dramatis.core.buckets import Cut, Size, bucket_of, cut_of, fit, placed
from dramatis.core.errors import InputError
from dramatis.core.images import Image, decode
from dramatis.core.splits import REMEDY, shards
from dramatis.core.tables import box_of, readable
from dramatis.diffusion.model import Model
from dramatis.train.batches import Item
from dramatis.train.cache import Tensors, cached, digest_of, key_of
from dramatis.train.focus import loss_map

if TYPE_CHECKING:
    from diffusers import AutoencoderKL

Row = dict[str, Any]

FORMAT = 1
"""Of cache entries; to be raised whenever pictures are turned into latents in another way."""
PICTURES = ("image", "conditioning_image")
"""Columns of a dataset that hold pictures."""


@torch.no_grad()
def latents(vae: "AutoencoderKL", image: Image) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of the scaled latents of one picture, each (C, H / f, W / f), fp32, on the CPU.

    One at a time, because rounding depends on the size of a batch: so neighbours change nothing.
    """
    pixels = torch.from_numpy(image).permute(2, 0, 1)[None].float().contiguous() / 127.5 - 1  # (1, 3, H, W), -1..1
    spread = vae.encode(pixels.to(vae.device, vae.dtype)).latent_dist
    scale, shift = vae.config.scaling_factor, getattr(vae.config, "shift_factor", None) or 0
    return ((spread.mean - shift) * scale).float().cpu()[0], (spread.std * scale).float().cpu()[0]


def items_of(
    model: Model,
    rows: Sequence[Row],
    dataset: Path,
    face_weight: float,
    cache: Path | None = None,
    split: str = "train",
) -> list[Item]:
    """Every row with its latents, which are worked out once: the noise of the VAE is drawn anew in each step.

    Args:
        model: the base; its VAE is used.
        rows: of the dataset, with the plan's `bucket` and `per_epoch`, and the `config` that each is of; a row without
            its picture gets it from the dataset, so that not all pictures stand in memory.
        dataset: folder of stage `dataset`.
        face_weight: weight of the loss inside the face.
        cache: folder of latents that earlier runs left, and that this one adds to; None keeps nothing. The result is
            the same bit for bit.
        split: of the dataset that the rows are of.

    Returns:
        Items in the order of the rows.

    Raises:
        InputError: a picture is not in the dataset, or cannot be read.
    """
    vae = model.pipeline.vae
    made_by = {
        "format": FORMAT,
        "vae": digest_of(vae.state_dict()),
        "vae_config": {key: repr(value) for key, value in sorted(vae.config.items()) if not key.startswith("_")},
        "dtype": str(vae.dtype),
        "device": vae.device.type,
        "threads": torch.get_num_threads() if vae.device.type == "cpu" else None,
        "torch": torch.__version__,
    }
    places = {(_config(row), row["id"]): place for place, row in enumerate(rows)}
    items: dict[int, Item] = {}
    for key, pictures in tqdm(_pictures(dataset, rows, split), total=len(rows), desc="latents", unit="picture"):
        row = rows[places[key]]
        items[places[key]] = _item(row, _stored(vae, row, pictures, cache, made_by), face_weight)
    if absent := [row["id"] for place, row in enumerate(rows) if place not in items]:
        raise InputError(str(dataset), f"no picture of {absent[0]} in split {split}", REMEDY)
    return [items[place] for place in range(len(rows))]


def _config(row: Row) -> str:
    """The configuration that a row is of."""
    return row.get("config") or ("regularization" if row["character"] is None else "characters")


def _pictures(dataset: Path, rows: Sequence[Row], split: str) -> Iterator[tuple[tuple[str, str], dict[str, bytes]]]:
    """Configuration and id of each row with the bytes of its pictures, in the order of the files."""
    missing: dict[str, set[str]] = {}
    for row in rows:
        if row.get("image") is None:
            missing.setdefault(_config(row), set()).add(row["id"])
        else:
            yield (_config(row), row["id"]), {name: row[name]["bytes"] for name in PICTURES if row.get(name)}
    for config, wanted in sorted(missing.items()):
        for file in shards(dataset, config, split):
            with readable(file, "dataset"), pq.ParquetFile(file, page_checksum_verification=True) as table:
                columns = ["id", *(name for name in PICTURES if name in table.schema_arrow.names)]
                for batch in table.iter_batches(batch_size=16, columns=columns):
                    for row in batch.to_pylist():
                        if row["id"] in wanted:
                            yield (config, row["id"]), {name: row[name]["bytes"] for name in columns[1:]}


def _stored(
    vae: torch.nn.Module, row: Row, pictures: Mapping[str, bytes], cache: Path | None, made_by: Mapping[str, object]
) -> Tensors:
    """Latents of a row, and its control image where it has one: kept by the bytes of the pictures and their cut."""
    size, keep = bucket_of(row["bucket"]), _keep(row)

    def make() -> Tensors:
        mean, std = latents(vae, fit(decode(pictures["image"], row["id"]), size, keep))
        control = {}
        if "conditioning_image" in pictures:
            image = fit(decode(pictures["conditioning_image"], row["id"]), size, keep)
            control = {"control": torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1).float() / 255}
        return {"mean": mean, "std": std} | control

    key = key_of(
        pictures={name: hashlib.sha256(data).hexdigest() for name, data in pictures.items()},
        bucket=list(size),
        cut=list(_cut(row, size)),
        **made_by,
    )
    return cached(cache, key, make)


def _item(row: Row, tensors: Tensors, face_weight: float) -> Item:
    size, mean = bucket_of(row["bucket"]), tensors["mean"]
    cut = _cut(row, size)
    times = [row["height_px"], row["width_px"], cut.top, cut.left, size[1], size[0]]
    return Item(
        caption=row["caption"],
        weight=row["per_epoch"],
        bucket=row["bucket"],
        prior=_config(row) == "regularization",
        mean=mean,
        std=tensors["std"],
        loss_map=loss_map(_face(row, size, mean), mean.shape[2], mean.shape[1], face_weight),
        time_ids=torch.tensor(times, dtype=torch.float32),
        control=tensors.get("control"),
    )


def _keep(row: Row) -> list[int] | None:
    """Box that no cut may touch [px]."""
    return box_of(row["keep"]) if row["keep"] else None


def _cut(row: Row, bucket: Size) -> Cut:
    """How a row's picture fills its bucket."""
    return cut_of((row["width_px"], row["height_px"]), bucket, _keep(row))


def _face(row: Row, bucket: Size, latent: torch.Tensor) -> NDArray[np.float64] | None:
    """Box of the face of a row [latents], in its bucket."""
    if row["face"] is None:
        return None
    box = placed(box_of(row["face"]), (row["width_px"], row["height_px"]), bucket, _keep(row))
    return box * latent.shape[-1] / bucket[0]

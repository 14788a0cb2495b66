"""A small dataset in the layout of stage `dataset`, with everything that an export may stumble over."""

from pathlib import Path

import yaml
from builders import picture

from dramatis.core.images import encode_jpeg, encode_png
from dramatis.core.tables import stored_box, write_table
from dramatis.dataset.features import with_features
from dramatis.dataset.schema import CONTROLLED, DATASET, LEFT_OUT, PLAN


def card(license_id=None):
    """The text of README.md, whose header names the configurations."""
    splits: dict[str, set[str]] = {}
    for place in SHARDS:
        splits.setdefault(place.split("/")[0], set()).add(place.split("/")[1])
    configs = [
        {
            "config_name": config,
            "data_files": [{"split": split, "path": f"{config}/{split}/*.parquet"} for split in sorted(found)],
        }
        for config, found in splits.items()
    ]
    header = ({"license": license_id} if license_id else {}) | {"configs": configs}
    return f"---\n{yaml.safe_dump(header, sort_keys=False)}---\n# A cast\n"


def row(name, caption, seed=0, character=None, characters=(), jpeg=False, size=(64, 64), config="characters"):
    image = picture(seed, *size)
    data = encode_jpeg(image) if jpeg else encode_png(image)
    schema = CONTROLLED if config == "control" else DATASET
    filled = dict.fromkeys(schema.names) | {
        "id": name,
        "image": {"bytes": data, "path": f"{name}.{'jpg' if jpeg else 'png'}"},
        "caption": caption,
        "caption_origin": "auto",
        "character": character,
        "characters": list(characters or filter(None, [character])),
        "stage": "head",
        "origin": "crop",
        "face": stored_box((0, 0, 20, 20)) if character else None,
        "parents": [],
        "width_px": size[0],
        "height_px": size[1],
        "bucket": "64x64",
        "cut_share": 0.0,
    }
    if config == "control":
        conditioning = {"bytes": encode_png(picture(seed + 100, *size)), "path": f"{name}-control.png"}
        filled |= {"conditioning_image": conditioning, "landmarks": None, "segmentation": None}
    return {key: filled[key] for key in schema.names}


ADA = [
    row("e01-000001-00-head", "ada, smile, red hair", 1, "ada"),
    row("e01-000002-00-head", "ada, grün, 笑顔", 2, "ada", ["ada", "bela"]),
    row("e01-000003-00-full", "ada, line one\nline two\x07", 3, "ada", jpeg=True),
    row("e01-000004-00-full", "ada, red, blue, red", 4, "ada", size=(48, 96)),
    row("e01-000009-00-full", "ada, never seen", 9, "ada"),
]
BELA = [
    row("e02-000001-00-head", 'bela, "quoted" \\ [x] {y} #z', 5, "bela"),
    row("e02-000002-00-upper", "", 6, "bela"),
    row("e02-000003-00-upper.x", "scenes, hat", 7, "scenes"),
    row("E02-000003-00-upper_x", "scenes, cap", 8, "scenes"),
]
SHARDS = {
    "characters/train/e01": ADA,
    "characters/train/e02": BELA,
    "characters/validation/e01": [row("e01-000050-00-head", "ada, held out", 50, "ada")],
    "scenes/train/e01": [
        row("e01-000002-scene", "ada, bela, street", 10, None, ["ada", "bela"], jpeg=True, size=(96, 54)),
        row("e01-000003-scene", "ada, street", 11, None, ["ada"], jpeg=True, size=(96, 54)),
    ],
    "composites/train/composites": [row("composite-1", "ada/bela/COMPOSITE, a, b", 12, None, ["ada", "bela"])],
    "control/train/e01": [row("e01-000001-00-head-landmarks", "ada, smile", 13, "ada", config="control")],
    "regularization/train/drawn": [row("reg-drawn-00000", "1person", 14), row("reg-drawn-00001", "1person", 15)],
}
RATES = {"e01-000009-00-full": 0.0, "e02-000002-00-upper": 1.25, "composite-1": 0.5, "reg-drawn-00001": 0.5}
"""How often each is seen in an epoch; the others twice, but heads of Ada 2.5 times."""


def rate(config, name):
    return RATES.get(name, 2.5 if name.endswith("head") and name.startswith("e01") and config == "characters" else 2.0)


def planned(config, one):
    filled = one | {
        "key": f"{config}/{one['id']}",
        "config": config,
        "per_epoch": rate(config, one["id"]),
        "cut_share": 0.0,
    }
    return {name: filled[name] for name in PLAN.names}


def write_dataset(folder: Path, license_id=None, shards=SHARDS) -> Path:
    """Writes all shards, the plan, and the card."""
    plan = []
    for place, rows in shards.items():
        config, split, _ = place.split("/")
        kind = CONTROLLED if config == "control" else DATASET
        write_table(rows, with_features(kind), folder / f"{place}.parquet")
        if split == "train":
            plan += [planned(config, one) for one in rows]
    write_table(plan, PLAN, folder / "plan.parquet")
    write_table([], LEFT_OUT, folder / "left_out.parquet")
    (folder / "README.md").write_text(card(license_id))
    return folder

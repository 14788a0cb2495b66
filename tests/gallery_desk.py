"""A small gallery: what the stages up to `caption` write, of one video and two composites, and an empty file."""

import shutil
from pathlib import Path

import yaml
from builders import caption_row, character_row, composite_row, crop_row, scene_row, selection_row, write
from conftest import TOP

CAPTIONS = {
    "v-000000-00-head": "ada, head, smile, red hair",
    "v-000001-00-upper": "ada, upper body, red hair",
    "v-000002-00-head": "bela, head, red scarf",
    "v-000003-00-full": "bela, full body, t-shirt",
    "v-000004-scene": "ada, bela, scene",
    "composite-0000000001f4": "left ada, right bela",
    "composite-0000000001f5": "left bela, right ada, smile",
}
"""Automatic captions, in the order of the gallery."""


def write_gallery(top: Path) -> dict[str, str]:
    """Tables of video `v`; gives the hash of each picture by id."""
    crops = [
        crop_row(0, time_code="00:00:00.000"),
        crop_row(1, stage="upper", time_code="00:00:01.000"),
        crop_row(2, character="bela", time_code="00:00:02.000"),
        crop_row(3, character="bela", stage="full", size=(40, 90), time_code="00:00:03.000"),
    ]
    refused = crop_row(9, rejected_by="blur", picture=None, image=b"", time_code="00:00:09.000")
    scene = scene_row(4, time_code="00:00:04.000")
    composites = [composite_row(crops[0], crops[2]), composite_row(crops[2], crops[0], seed=501)]
    rows = [*crops, scene, *composites]
    said = {key: caption_row(row, CAPTIONS[key]) for row in rows for key in [next(iter(row.values()))]}
    data = top / "data"
    write(data / "crops/v", crops=[refused, *crops], scenes=[scene])
    split = {0: "validation"}
    selected = [selection_row(row, split.get(n, "train"), "max_pictures" if n == 3 else None)
                for n, row in enumerate([*crops, scene])]  # fmt: skip
    write(data / "selection", selection=selected)["selection"].rename(data / "selection/v.parquet")
    own = [said[key] for key in said if key.startswith("v-")]
    write(data / "captions", captions=own)["captions"].rename(data / "captions/v.parquet")
    joined = [said[key] for key in said if not key.startswith("v-")]
    write(data / "captions", captions=joined)["captions"].rename(data / "captions/composites.parquet")
    write(data / "composites", composites=composites)
    if not (data / "cast/characters.parquet").is_file():
        write(data / "cast", characters=[character_row("ada"), character_row("bela")])
    if not (top / "params.yaml").is_file():
        (top / "params.yaml").write_text(yaml.safe_dump({"videos": {"v": {"source": "raw/v.mp4"}}}))
    shutil.copy(TOP / "captions.yaml", top / "captions.yaml")
    return {key: row["picture"] for key, row in said.items()}

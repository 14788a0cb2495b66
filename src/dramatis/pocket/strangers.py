"""A bank of strangers: heads of people who are in no film, which previews of a character must not resemble more."""

from pathlib import Path
from typing import Any

from dramatis.core import seeds
from dramatis.core.images import encode_jpeg
from dramatis.core.tables import stored_box, write_table
from dramatis.film.character import draw_character
from dramatis.pocket.pictures import picture
from dramatis.score.schema import STRANGERS

SIZE_PX = 64
QUALITY = 92
TRIES = 100


def stranger(seed: int, index: int) -> dict[str, Any]:
    """The stranger with this number: one head in which the face is seen, in some pose, place and light."""
    character = draw_character(seeds.rng(seed, "pocket", "stranger", index))
    for attempt in range(TRIES):
        drawn = picture(seeds.rng(seed, "pocket", "stranger", index, attempt), SIZE_PX, character, "head")
        boxes = dict(drawn.boxes)
        if "face" in boxes and "head" in boxes:
            break
    else:
        raise ValueError(f"stranger {index}: no face in {TRIES} pictures")
    return {
        "stranger_id": f"{index:03d}",
        "image": encode_jpeg(drawn.image, QUALITY),
        "face": stored_box(round(side) for side in boxes["face"]),
        "head": stored_box(round(side) for side in boxes["head"]),
    }


def write_strangers(count: int, seed: int, out: Path) -> None:
    """Writes the bank."""
    write_table([stranger(seed, index) for index in range(count)], STRANGERS, out)

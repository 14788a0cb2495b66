"""Stories to render: a storyboard and a table of panels, drawn in a moment."""

import json
from pathlib import Path

import numpy as np

from dramatis.core.images import encode_png
from dramatis.core.params import load_params
from dramatis.core.tables import write_table
from dramatis.panels.schema import PANELS
from dramatis.render.comic import read_comic
from dramatis.render.letters import sized
from dramatis.render.params import RenderParams

TOP = Path(__file__).parent.parent
CAPTIONS = ("It rains, and Ada runs.", "The wind takes her umbrella.", "Cyrus finds it.", "They walk home.")


def params(**changes) -> RenderParams:
    """Section `render` of this project, small and quick, with some values of its parts changed."""
    values = load_params("render", RenderParams, TOP / "params.yaml").model_dump()
    values["strip"] |= {"width_px": 480, "gutter_px": 12, "text_px": 14}
    values["clip"] |= {"short_px": 96, "text_px": 10, "min_s": 1.0, "fade_s": 0.25, "title_s": 0.5, "letters_per_s": 40}
    for name, value in changes.items():
        values[name] = values[name] | value if isinstance(value, dict) else value
    return RenderParams.model_validate(values)


def picture(number: int, width: int = 64, height: int = 64) -> np.ndarray:
    """A picture with a gradient and a disc, different for each number."""
    y, x = np.mgrid[0:height, 0:width]
    image = np.stack([x * 200 // width + 40, y * 200 // height + 40, np.full_like(x, 60 + number * 37 % 160)], -1)
    image[(x - width / 2) ** 2 + (y - height / 2) ** 2 < (min(width, height) / 3) ** 2] = (240, 200, number * 53 % 255)
    return image.astype(np.uint8)


def write_story(
    top: Path, captions=CAPTIONS, images=None, title="The lost umbrella", flags=None, scenes=None
) -> tuple[Path, Path]:
    """Writes `storyboard.json` and `panels.parquet` into a folder; gives both."""
    top.mkdir(parents=True, exist_ok=True)
    images = [picture(number) for number in range(len(captions))] if images is None else images
    scene = {"place": "street", "action": "Ada runs.", "characters": [], "framing": "wide", "prompt": "street"}
    made = [scene | {"caption": caption or "…"} for caption in scenes or captions] or [scene | {"caption": "…"}]
    board = {"title": title, "line": "a line", "cast": {}, "scenes": made}
    (top / "storyboard.json").write_text(json.dumps(board))
    rows = [
        {
            "panel_id": f"lost-{number:02d}",
            "scene": number,
            "image": encode_png(image) if isinstance(image, np.ndarray) else image,
            "caption": caption,
            "characters": ["ada"],
            "found": ["ada"],
            "seed": number,
            "tries": 1,
            "right": 1.0,
            "placed": True,
            "strangers": 0,
            "flag": (flags or {}).get(number),
            "recipe": json.dumps({"prompt": "street"}),
        }
        for number, (caption, image) in enumerate(zip(captions, images, strict=True), 1)
    ]
    write_table(rows, PANELS, top / "panels.parquet")
    return top / "storyboard.json", top / "panels.parquet"


def width_of(block) -> float:
    """Width of the longest line of a block of text [px]."""
    return max((sized(block.face, block.size_px).getlength(line) for line in block.lines), default=0.0)


def comic(top: Path, settings: RenderParams | None = None, order=None, **story):
    """A story as `read_comic` gives it."""
    return read_comic("lost", settings or params(), *write_story(top, **story), order)

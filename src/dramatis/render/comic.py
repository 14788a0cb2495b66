"""What is rendered: a title and panels in order, read from the storyboard and the table of panels."""

import json
import logging
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from dramatis.core.errors import InputError, ParameterError
from dramatis.core.images import Image, decode, resize
from dramatis.core.storyboard import Storyboard, read_storyboard
from dramatis.core.tables import read_rows
from dramatis.panels.schema import PANELS
from dramatis.render.params import RenderParams

SOFT_FROM, SOFT, SOFTEST_PX = 3.0, 0.35, 12.0
log = logging.getLogger("render")


class Panel(NamedTuple):
    """One panel.

    Attributes:
        scene: its number in the storyboard, from 1.
        image: RGB.
        caption: what the reader reads.
        said: what is seen, for those who do not see it.
        prompt: what it was drawn from.
        flag: why a person should look at it; None if nothing is amiss.
    """

    scene: int
    image: Image
    caption: str
    said: str
    prompt: str
    flag: str | None


class Comic(NamedTuple):
    """A story to render."""

    title: str
    panels: list[Panel]


def read_comic(
    name: str, params: RenderParams, storyboard: Path, panels: Path, order: Sequence[int] | None = None
) -> Comic:
    """The title and the panels of a story, those with a flag told in the log.

    Args:
        name: of the story.
        params: section `render`.
        storyboard: file of its scenes.
        panels: its table of panels.
        order: numbers of the scenes as they follow one another; others are left out. None: as in the storyboard.

    Raises:
        InputError: no panel is there or left, or a picture cannot be read.
        ParameterError: `order` names a scene twice, or one that has no panel.
    """
    board = read_storyboard(storyboard, name)
    found = {row["scene"]: row for row in read_rows(panels, f"panels@{name}", PANELS.names)}
    if not found:
        problem = "it has no panels, and a story needs at least one"
        raise InputError(str(panels), problem, f"Run `dvc repro pipelines/stories/dvc.yaml:panels@{name}`")
    rows = [found[scene] for scene in _ordered(name, list(found), order)]
    taken = [_panel(row, board, panels) for row in rows if params.flagged == "keep" or row["flag"] is None]
    for row in rows:
        if row["flag"] is not None:
            done = "kept" if params.flagged == "keep" else "left out"
            log.warning("panel %s is flagged and %s: %s", row["panel_id"], done, row["flag"])
    if not taken:
        problem = f"all of its {len(rows)} panels have a flag, and `render.flagged` is skip"
        raise InputError(str(panels), problem, "Draw them again with `dramatis redraw`, or say `flagged: keep`")
    return Comic(composed(board.title), taken)


def _ordered(name: str, scenes: Sequence[int], order: Sequence[int] | None) -> list[int]:
    if order is None:
        return sorted(scenes)
    place = f"params.yaml: stories.{name}.order"
    for scene in order:
        if scene not in scenes:
            raise ParameterError(
                place, f"no panel of scene {scene}, but of {sorted(scenes)}", "Name those that are there"
            )
    if not order or len(set(order)) < len(order):
        raise ParameterError(
            place, f"{list(order)} must name at least one scene, and none twice", "Mend it, or say null"
        )
    return list(order)


def _panel(row: Mapping[str, Any], board: Storyboard, panels: Path) -> Panel:
    scene = row["scene"]
    seen = board.scenes[scene - 1].action if 0 < scene <= len(board.scenes) else row["caption"]
    image = decode(row["image"], f"{panels}: {row['panel_id']}")
    prompt = json.loads(row["recipe"]).get("prompt", "") if row["recipe"] else ""
    return Panel(scene, image, composed(row["caption"]), composed(seen), prompt, row["flag"])


def composed(text: str) -> str:
    """Text with letters and accents as one where Unicode has them so (NFC), as fonts do."""
    return unicodedata.normalize("NFC", text)


def sized(image: Image, width: int, height: int) -> Image:
    """A picture of another size: smaller by area, larger by cubic interpolation.

    One that grows more than `SOFT_FROM` times is then softened by a Gaussian of `SOFT` of its own pixels, so that the
    lattice of these is not seen.
    """
    scale = min(width / image.shape[1], height / image.shape[0])
    large = resize(image, width, height)
    return large if scale < SOFT_FROM else cv2.GaussianBlur(large, (0, 0), min(SOFT * scale, SOFTEST_PX))


def fitted(image: Image, width: int, height: int, paper: tuple[int, int, int]) -> Image:
    """A picture as large as it goes into a place, in the middle of paper where the proportions differ.

    A picture is never cropped, and fills its place where less than a hundredth would be left.
    """
    scale = min(width / image.shape[1], height / image.shape[0])
    wide, high = (max(round(side * scale), 1) for side in (image.shape[1], image.shape[0]))
    wide, high = (full if part >= full * 0.99 else part for part, full in ((wide, width), (high, height)))
    small = sized(image, wide, high)
    if (wide, high) == (width, height):
        return small
    page = np.full((height, width, 3), paper, np.uint8)
    x, y = (width - wide) // 2, (height - high) // 2
    page[y : y + high, x : x + wide] = small
    return page

"""Blocks of text as they are drawn: lines in a font that has their letters, as wide as their place."""

from collections.abc import Sequence
from typing import NamedTuple

from PIL.ImageDraw import ImageDraw

from dramatis.render.comic import Comic
from dramatis.render.letters import Face, face_for, sized
from dramatis.render.lines import broken, right_to_left
from dramatis.render.params import RenderParams

LEADING = 1.3
"""Distance of lines over the size of the letters."""
Colour = tuple[int, int, int]


class Written(NamedTuple):
    """A text and its font."""

    text: str
    face: Face


class Lettered(NamedTuple):
    """Texts of a comic with their fonts."""

    title: Written
    captions: list[Written]


class Block(NamedTuple):
    """Lines of one size."""

    lines: list[str]
    face: Face
    size_px: int

    @property
    def line_px(self) -> int:
        """Distance of the lines."""
        return round(self.size_px * LEADING)

    @property
    def height_px(self) -> int:
        """Height of all lines."""
        return self.line_px * len(self.lines)


def lettered(comic: Comic, params: RenderParams) -> Lettered:
    """The fonts of title and captions.

    Raises:
        MissingError: no font has the letters of one of them.
    """
    captions = [
        Written(one.caption, face_for(one.caption, f"caption of scene {one.scene}", params.font, params.language))
        for one in comic.panels
    ]
    return Lettered(Written(comic.title, face_for(comic.title, "title", params.font, params.language, True)), captions)


def block(written: Written, width_px: float, size_px: int) -> Block:
    """A text in lines no wider than this."""
    return Block(broken(written.text, width_px, sized(written.face, size_px).getlength), written.face, size_px)


def shrunk(written: Written, width_px: float, size_px: int, height_px: float, least_px: int) -> Block:
    """A text in the largest letters with which it is no higher than this; in the least ones if that is never so."""
    while (made := block(written, width_px, size_px)).height_px > height_px and size_px > least_px:
        size_px = max(least_px, round(size_px * 0.92) if round(size_px * 0.92) < size_px else size_px - 1)
    return made


def write(pen: ImageDraw, made: Block, box: Sequence[float], colour: Colour, centred: bool = False) -> None:
    """Draws lines into a box (left, top, right), from its right edge where the text runs to the left."""
    left, top, right = box
    anchor, x = ("m", (left + right) / 2) if centred else ("l", left)
    if not centred and right_to_left(" ".join(made.lines)):
        anchor, x = "r", right
    letters = sized(made.face, made.size_px)
    for number, line in enumerate(made.lines):
        y = top + made.line_px * (number + 0.5)
        pen.text((x, y), line, colour, letters, anchor=f"{anchor}m", direction=_direction(made.lines))


def _direction(lines: Sequence[str]) -> str:
    return "rtl" if right_to_left(" ".join(lines)) else "ltr"

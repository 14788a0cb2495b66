"""How well subtitles are found: written on frames of the sample film and of real clips, and looked for where none are.

`python -m dramatis.bench.subtitles`, in a project whose stage `frames` has run; with DRAMATIS_MEDIA also on real clips.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw

from dramatis.core.fonts import font
from dramatis.core.images import Image, decode, encode_jpeg
from dramatis.core.seeds import rng
from dramatis.core.tables import iter_rows
from dramatis.crops.lettering import lines
from dramatis.crops.subtitles import bands, boxes, clear_rows, shown

CLIPS = (
    "videos/signers_20shots.mp4",
    "videos/tears_of_steel_10s.mp4",
    "videos/sintel_10s.mp4",
    "videos/caminandes_10s.mp4",
    "anime/anime_cast.mp4",
)
"""Clips of the test media; none has subtitles."""
SECOND = 3
"""Frames of a clip that are looked at in a second."""
TEXT = (
    "the quick brown fox jumps over a lazy dog while Nobody was looking at the old house near our river where we met "
    "last summer and then he said It would never happen again because of What I did to you before They left for good"
)


class Style(NamedTuple):
    """Letters: height and outline in heights of the picture, colour, and where they stand."""

    size: float
    outline: float
    colour: tuple[int, int, int] = (255, 255, 255)
    bold: bool = False
    boxed: bool = False
    top: bool = False


STYLES = {
    "white": Style(0.055, 0.005),
    "yellow": Style(0.05, 0.006, (255, 230, 60), bold=True),
    "small": Style(0.042, 0.004, (240, 240, 240)),
    "boxed": Style(0.045, 0, (240, 240, 240), boxed=True),
    "top": Style(0.055, 0.006, bold=True, top=True),
}


class Shown(NamedTuple):
    """A frame of a film with or without a subtitle: its shot, RGB picture, and the rows of the text (first, after)."""

    shot: int
    image: Image
    rows: tuple[int, int] | None


def written(image: Image, words: str, style: Style) -> tuple[Image, tuple[int, int]]:
    """The picture with a line of text in its lower or upper margin, and the rows that it covers [px]."""
    height, width = image.shape[:2]
    letters = font(max(8, round(style.size * height)), style.bold)
    canvas = Pillow.fromarray(np.ascontiguousarray(image))
    draw = ImageDraw.Draw(canvas)
    outline = max(1, round(style.outline * height)) if style.outline else 0
    place = (width / 2, round(height * (0.12 if style.top else 0.94)))
    x0, y0, x1, y1 = draw.textbbox(place, words, font=letters, anchor="ms", stroke_width=outline)
    if style.boxed:
        x0, y0, x1, y1 = x0 - 4, y0 - 3, x1 + 4, y1 + 3
        draw.rectangle((x0, y0, x1, y1), fill=(0, 0, 0))
    black = (0, 0, 0)
    draw.text(place, words, fill=style.colour, font=letters, anchor="ms", stroke_width=outline, stroke_fill=black)
    return np.asarray(canvas), (int(y0), int(np.ceil(y1)))


def subtitled(frames: Sequence[tuple[int, Image]], style: str) -> list[Shown]:
    """Frames (shot, picture) with texts that stay for one to four frames, in about three of five; coded anew."""
    random, words = rng(7, style), TEXT.split()
    made: list[Shown] = []
    while len(made) < len(frames):
        on, stays = random.random() < 0.6, int(random.integers(1, 5))
        start, count = int(random.integers(0, len(words) - 9)), int(random.integers(2, 8))
        for shot, image in frames[len(made) : len(made) + stays]:
            rows = None
            if on:
                image, rows = written(image, " ".join(words[start : start + count]), STYLES[style])
            made.append(Shown(shot, decode(encode_jpeg(image, 90)), rows))
    return made


def found_in(frames: Sequence[tuple[int, Image]]) -> list[NDArray[np.float64]]:
    """What subtitles cover in each frame (shot, picture) of a film, shape (N, 4) [px]."""
    known = bands([(shot, lines(image)) for shot, image in frames])
    return [boxes(shown(image, known), *image.shape[1::-1]) for _, image in frames]


def figures(data: Path = Path("data")) -> dict[str, float]:
    """`subtitle_recall`, `subtitle_precision`: of frames with text those found, of those found those with text;
    `subtitle_cut`: of those found those that are clear of text once cut; `subtitle_false_films`: films without
    subtitles in which some are found (a number, not a share)."""
    hit = missed = false = clear = false_films = 0
    for film in _films(data):
        false_films += any(len(text) for text in found_in(film))
        for style in STYLES:
            made = subtitled(film, style)
            for frame, text in zip(made, found_in([(one.shot, one.image) for one in made])):
                height, width = frame.image.shape[:2]
                top, bottom = clear_rows((0, 0, width, height), text, height)
                hit += bool(frame.rows and len(text))
                missed += bool(frame.rows and not len(text))
                false += bool(len(text) and not frame.rows)
                clear += bool(frame.rows and len(text) and (bottom <= frame.rows[0] + 1 or top >= frame.rows[1] - 1))
    return {
        "subtitle_recall": hit / max(hit + missed, 1),
        "subtitle_precision": hit / max(hit + false, 1),
        "subtitle_cut": clear / max(hit, 1),
        "subtitle_false_films": float(false_films),
    }


def _films(data: Path) -> Iterator[list[tuple[int, Image]]]:
    """Frames (shot, picture) of each video of a project, and of each clip of the test media."""
    for file in sorted(data.glob("frames/*/frames.parquet")):
        rows = iter_rows(file, "frames", ["frame_id", "shot", "image"])
        yield [(row["shot"], decode(row["image"], row["frame_id"])) for row in rows]
    for clip in CLIPS if "DRAMATIS_MEDIA" in os.environ else ():
        yield seen(Path(os.environ["DRAMATIS_MEDIA"]) / clip)


def seen(file: Path) -> list[tuple[int, Image]]:
    """A few frames of each second of a clip; every two seconds count as a shot."""
    clip, frames, number = cv2.VideoCapture(str(file)), [], 0
    step = max(1, round(clip.get(cv2.CAP_PROP_FPS) / SECOND))
    while clip.grab():
        if number % step == 0:
            frames.append((number // (2 * SECOND * step), np.ascontiguousarray(clip.retrieve()[1][..., ::-1])))
        number += 1
    return frames


if __name__ == "__main__":
    sys.stdout.write(json.dumps(figures(), indent=2) + "\n")

"""The story as a film: a camera over each panel, cross-fades, captions as long as people take to read them."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw
from tqdm import tqdm

from dramatis.backends.motion import Motion, Still, load_motion
from dramatis.core import seeds
from dramatis.core.ffmpeg import ffmpeg_binary
from dramatis.core.images import Image
from dramatis.render.comic import Comic, Panel, sized
from dramatis.render.encode import FPS, Subtitle, encode, srt
from dramatis.render.layout import proportion
from dramatis.render.lettering import LEADING, Block, Lettered, block, shrunk, write
from dramatis.render.lines import reading_letters
from dramatis.render.params import ClipParams, RenderParams

MOST_LINES = 3
"""Of a caption that stand at a time; a longer one follows in parts."""
FINER = 2
"""Stills are so many times larger than the film, so that a camera may come nearer."""
LOOK_S = 1.0
"""Time to look at the picture, beside that for reading [s]."""
DARK, LIGHT = (18, 18, 20), (240, 238, 232)
TITLE = 1.7
"""Largest size of the title over that of captions."""


class Part(NamedTuple):
    """Lines that stand at a time, and for how many frames."""

    lines: list[str]
    frames: int


class Shot(NamedTuple):
    """A panel in the film."""

    panel: Panel
    letters: Block
    parts: list[Part]

    @property
    def frames(self) -> int:
        """How long it is seen, its own fade in with it."""
        return sum(part.frames for part in self.parts)


class Film(NamedTuple):
    """A clip before it is drawn: sizes [px] and times [frames] are known."""

    width: int
    height: int
    band: int
    title: Block
    title_frames: int
    shots: list[Shot]

    @property
    def frames(self) -> int:
        """Length of all."""
        return self.title_frames + sum(shot.frames for shot in self.shots)


def planned(comic: Comic, texts: Lettered, params: ClipParams) -> Film:
    """Sizes and times of a film. The picture has the proportions that most panels have."""
    sides = [proportion(one.image.shape[1], one.image.shape[0]) for one in comic.panels]
    side = Counter(sides).most_common(1)[0][0]
    width, height = (_even(params.short_px * max(part, 1)) for part in (side, 1 / side))
    shots = []
    for panel, caption in zip(comic.panels, texts.captions):
        letters = block(caption, width - 2 * params.text_px, params.text_px)
        shots.append(Shot(panel, letters, parts_of(letters.lines, params)))
    drawn = params.captions in ("both", "drawn") and any(shot.letters.lines for shot in shots)
    most = max((len(part.lines) for shot in shots for part in shot.parts), default=0)
    band = _even(most * round(params.text_px * LEADING) + params.text_px) if drawn else 0
    title = shrunk(
        texts.title,
        width - 3 * params.text_px,
        round(params.text_px * TITLE),
        (height + band) * 0.8,
        1,
    )
    return Film(width, height, band, title, round(params.title_s * FPS), shots)


def _even(size: float) -> int:
    return 2 * round(size / 2)


def parts_of(lines: Sequence[str], params: ClipParams) -> list[Part]:
    """A caption in parts of equal numbers of lines, as far as that goes, each as long as it takes to read."""
    count = max(-(-len(lines) // MOST_LINES), 1)
    edges = [round(len(lines) * number / count) for number in range(count + 1)]
    texts = [list(lines[start:end]) for start, end in zip(edges, edges[1:])]
    times = [sum(map(reading_letters, text)) / params.letters_per_s for text in texts]
    times[0] += LOOK_S
    stretch = max(params.min_s / sum(times), 1)
    return [Part(text, max(round(time * stretch * FPS), 1)) for text, time in zip(texts, times)]


def subtitles(film: Film) -> list[Subtitle]:
    """The parts of all captions with their times."""
    found, at = [], film.title_frames
    for part in (part for shot in film.shots for part in shot.parts):
        if part.lines:
            found.append(Subtitle(at, at + part.frames, part.lines))
        at += part.frames
    return found


def drawn(film: Film, params: RenderParams, motion: Motion) -> Iterator[Image]:
    """The frames, RGB, of the film's width and its height with the band below."""
    fade = round(params.clip.fade_s * FPS)
    pieces: list[Iterable[Image]] = []
    if film.title_frames:
        pieces.append([_title(film)] * (film.title_frames + fade))
    for number, shot in enumerate(film.shots):
        last = number == len(film.shots) - 1
        pieces.append(_moved(film, shot, params.seed, motion, 0 if last else fade))
    return cross_faded(pieces, fade)


def cross_faded(pieces: Iterable[Iterable[Image]], fade: int) -> Iterator[Image]:
    """Pieces one after the other; the last `fade` frames of each are mixed with the first of the next."""
    held: deque[Image] = deque()
    for piece in pieces:
        before, held = held, deque()
        for number, frame in enumerate(piece):
            if before:
                share = (number + 1) / (fade + 1)
                frame = cv2.addWeighted(frame, share, before.popleft(), 1 - share, 0)
            held.append(frame)
            if len(held) > fade:
                yield held.popleft()
    yield from held


def _moved(film: Film, shot: Shot, seed: int, motion: Motion, fade: int) -> Iterator[Image]:
    """Frames of a panel above its captions; in those of the fade at its end the last part stays."""
    image = framed(shot.panel.image, film.width * FINER, film.height * FINER)
    still = Still(image, shot.panel.prompt, seeds.derive(seed, shot.panel.scene), film.width, film.height)
    counts = [part.frames for part in shot.parts]
    counts[-1] += fade
    bands = (band for part, count in zip(shot.parts, counts) for band in [_band(film, shot, part)] * count)
    for frame, band in zip(motion.frames(still, sum(counts), FPS), bands, strict=True):
        yield np.concatenate([frame, band]) if film.band else frame


def framed(image: Image, width: int, height: int) -> Image:
    """A picture with the proportions of the film; where its own are others, on itself, blurred and darkened."""
    scale = min(width / image.shape[1], height / image.shape[0])
    wide, high = (max(round(side * scale), 1) for side in (image.shape[1], image.shape[0]))
    small = sized(image, wide, high)
    if wide >= width - 2 and high >= height - 2:
        return sized(small, width, height)
    page = cv2.GaussianBlur(sized(image, width, height), (0, 0), max(width, height) / 40) // 2
    x, y = (width - wide) // 2, (height - high) // 2
    page[y : y + high, x : x + wide] = small
    return page


def _band(film: Film, shot: Shot, part: Part) -> Image:
    page = Pillow.new("RGB", (film.width, film.band), DARK)
    made = shot.letters._replace(lines=part.lines)
    top = (film.band - made.height_px) / 2
    write(ImageDraw.Draw(page), made, (0, top, film.width), LIGHT, centred=True)
    return np.asarray(page)


def _title(film: Film) -> Image:
    page = Pillow.new("RGB", (film.width, film.height + film.band), DARK)
    top = (film.height + film.band - film.title.height_px) / 2
    write(ImageDraw.Draw(page), film.title, (0, top, film.width), LIGHT, centred=True)
    return np.asarray(page)


def write_clip(comic: Comic, texts: Lettered, params: RenderParams, file: Path) -> None:
    """Writes the film as MP4.

    Raises:
        MissingError: there is no ffmpeg, or the weights of `render.backend` are not there.
        InputError: either fails.
    """
    ffmpeg_binary()  # before minutes are spent
    film = planned(comic, texts, params.clip)
    motion = load_motion(params.backend, params.motion)
    frames = tqdm(drawn(film, params, motion), total=film.frames, desc="clip", unit="frame")
    told = srt(subtitles(film)) if params.clip.captions in ("both", "track") else ""
    with TemporaryDirectory() as folder:
        script = Path(folder, "captions.srt")
        script.write_text(told, encoding="utf-8")
        encode(frames, (film.width, film.height + film.band), script if told else None, params.clip.crf, file)

"""Clips with known transitions: takes of labelled clips joined by cuts, dissolves and fades, with flashes and pans."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core import seeds

WIDTH, HEIGHT, FPS = 480, 270, 24
Images = NDArray[np.uint8]


class Transition(NamedTuple):
    """Where a shot begins: kind (cut, fade or dissolve), last clean frame before and first clean one after."""

    kind: str
    before: int
    after: int


def write_clip(takes: list[Images], seed: int, key: str, out: Path) -> list[Transition]:
    """Writes the takes one after the other; the transitions between them.

    A third of the joints each is a cut, a dissolve of 0.25 to 1.5 s, or a fade through black; there are flashes of one
    or two frames in the middle of some takes.
    """
    rng = seeds.rng(seed, "shots", key)
    frames: list[Images] = []
    found: list[Transition] = []
    for n, take in enumerate(takes):
        take = _with_flash(take, rng) if rng.random() < 0.3 else take
        most = min(len(take), len(frames[-1]) if frames else 0) // 2 - 2
        kind = ("cut", "dissolve", "fade")[int(rng.integers(3))] if n else "start"
        start = sum(map(len, frames))
        if kind == "dissolve" and most >= 6:
            length = int(rng.integers(6, min(36, most) + 1))
            share = (np.arange(1, length + 1) / (length + 1))[:, None, None, None]
            mixed = frames[-1][-length:] * (1 - share) + take[:length] * share
            frames[-1] = frames[-1][:-length]
            frames += [(mixed + 0.5).astype(np.uint8), take[length:]]
            found.append(Transition(kind, start - length - 1, start))
        elif kind == "fade" and most >= 6:
            length = int(rng.integers(6, min(24, most) + 1))
            ramp = (np.arange(length, 0, -1) / (length + 1))[:, None, None, None]
            frames[-1] = np.concatenate([frames[-1][:-length], (frames[-1][-length:] * ramp).astype(np.uint8)])
            dark = np.zeros((int(rng.integers(2, 8)), *take.shape[1:]), np.uint8)
            bright = np.concatenate([(take[:length] * ramp[::-1]).astype(np.uint8), take[length:]])
            frames += [dark, bright]
            found.append(Transition(kind, start - length - 1, start + len(dark) + length))
        else:
            frames.append(take)
            if n:
                found.append(Transition("cut", start - 1, start))
    _encode(np.concatenate(frames), out)
    return found


def takes_of(file: Path, spans: list[tuple[float, float]]) -> list[Images]:
    """The parts of a clip between two times [s], at a common size and rate."""
    found: list[list[Images]] = [[] for _ in spans]
    with av.open(str(file)) as clip:
        for frame in clip.decode(video=0):
            for (low, high), kept in zip(spans, found):
                if low <= frame.time < high and len(kept) <= (frame.time - low) * FPS:
                    image = frame.to_ndarray(format="rgb24")
                    kept.append(cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA))
    return [np.stack(kept) for kept in found if len(kept) >= FPS]


def pans_of(folder: Path, seed: int) -> Iterator[Images]:
    """A slow and a fast pan over each picture of a folder."""
    for file in sorted(folder.glob("*.jpg")):
        rng = seeds.rng(seed, "pan", file.name)
        image = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
        image = cv2.resize(image, (WIDTH * 2, HEIGHT * 2), interpolation=cv2.INTER_AREA)
        for length in (24, 60):
            here = np.linspace(0, WIDTH, length) if rng.random() < 0.5 else np.linspace(WIDTH, 0, length)
            top = int(rng.integers(0, HEIGHT))
            yield np.stack([image[top : top + HEIGHT, int(x) : int(x) + WIDTH] for x in here])


def _with_flash(take: Images, rng: np.random.Generator) -> Images:
    """The take with a flash of one or two frames in its middle."""
    lit, middle = take.astype(np.int16), len(take) // 2
    lit[middle : middle + int(rng.integers(1, 3))] += int(rng.integers(80, 160))
    return np.clip(lit, 0, 255).astype(np.uint8)


def _encode(images: Images, out: Path) -> None:
    with av.open(str(out), "w") as target:
        stream = target.add_stream("libx264", rate=FPS, options={"crf": "23"})
        stream.width, stream.height, stream.pix_fmt, stream.thread_count = WIDTH, HEIGHT, "yuv420p", 1
        for number, image in enumerate(islice(images, None)):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            target.mux(stream.encode(frame))
        target.mux(stream.encode())

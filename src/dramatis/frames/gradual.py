"""Gradual transitions inside a take: dissolves, found while the pictures pass, and how long fades last."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.frames.luma import Thumb
from dramatis.frames.video import Picture

Small = NDArray[np.float32]
"""Brightness of a much reduced picture, shape (144,): motion hardly changes it."""
SIZE = 16, 9
LONGEST_S = 2.5
"""Longest dissolve, and how far back is looked [s]."""
HOP = 4
"""Frames from one look to the next."""
DIFFERENT = 0.06
"""Root mean square by which the ends of a dissolve differ in brightness, at least [0..1]."""
CHANGED, EVERYWHERE = 0.03, 0.3
"""At least this share of the picture differs by at least this much: figures that move leave the rest as it is."""
CORRELATED = 0.9
"""Most correlation of the ends: the same picture in another light is no dissolve."""
FLAT, LEAST_CONTRAST = 0.25, 0.02
"""Contrast of one end over that of the other, and of both [0..1], at least: from or to one colour is a fade."""
OFF_LINE = 0.42
"""Largest distance of a frame between from the line through the ends, over their distance. A cut or a wipe, where some
places have changed and others not, is 0.5 off; a pan more."""
BACK = 0.03
"""Share of the way that a dissolve may go backwards, over all its frames."""
UNEVEN = 0.15
"""Share of the way by which a frame may be ahead of an even dissolve, or behind."""
DIP = 0.85
"""Edges in the middle of a dissolve over those of its ends (their geometric mean), at most: pictures that are mixed
have fainter edges; those of pictures that move stay, or change evenly."""
ENDS, STEP = 0.04, 0.55
"""Share of the way at which a dissolve begins to be seen, and the largest that one step makes: more is a cut."""
LEAST_BETWEEN = 3
"""Mixed frames of a dissolve, at least."""
SETTLED_S = 0.5
"""How long after its end a dissolve is settled [s]: a look later may still find it longer."""
LEVEL, LEVEL_REACH = 0.004, 3
"""A fade goes on while the mean brightness moves by so much over so many frames [0..1]."""


@dataclass(frozen=True)
class Dissolve:
    """A dissolve: its last and first clean frame, their times [s], and the frame in its middle."""

    before: int
    after: int
    from_s: float
    to_s: float
    middle: int
    middle_s: float
    size: float = 0.0

    def holds(self, index: int) -> bool:
        """True for the number of a frame that mixes both shots."""
        return self.before < index < self.after


def small(thumb: Thumb) -> Small:
    """The much reduced picture of a thumbnail."""
    return cv2.resize(thumb, SIZE, interpolation=cv2.INTER_AREA).ravel()


def edges(thumb: Thumb) -> float:
    """Mean square of the steps between neighbours in a thumbnail: its edges."""
    down, right = ((thumb[1:], thumb[:-1]), (thumb[:, 1:], thumb[:, :-1]))
    return sum(cv2.norm(a, b, cv2.NORM_L2SQR) / a.size for a, b in (down, right))


def line_between(frames: NDArray[np.float32], thumbs: Sequence[Thumb]) -> tuple[int, int, float] | None:
    """The dissolve that ends at the last of these frames, as last clean frame, first clean frame and size.

    In a dissolve every frame lies on the line from the first picture to the last, and moves along it one way. Of all
    frames that it may begin at, the one farthest from the last counts. Null if there is none.

    Args:
        frames: much reduced pictures in order, shape (N, D).
        thumbs: the same pictures less reduced; looked at only where the first ones fit.
    """
    count = len(frames)
    if count < LEAST_BETWEEN + 2:
        return None
    way = frames[-1] - frames  # (N, D): from each beginning to the end
    far = np.sqrt((way * way).mean(axis=1))
    centred = frames - frames.mean(axis=1, keepdims=True)
    norm = np.sqrt((centred * centred).sum(axis=1)) + 1e-3
    alike = centred @ centred[-1] / (norm * norm[-1])
    contrast = np.minimum(norm / norm[-1], norm[-1] / norm)
    contrast *= np.minimum(norm, norm[-1]) >= LEAST_CONTRAST * np.sqrt(frames.shape[1])
    changed = (np.abs(way) >= CHANGED).mean(axis=1)
    fit = (far >= DIFFERENT) & (alike <= CORRELATED) & (contrast >= FLAT) & (changed >= EVERYWHERE)
    starts = np.flatnonzero(fit)
    starts = starts[starts < count - LEAST_BETWEEN - 1]
    if not len(starts):
        return None
    products = way @ way.T  # of the ways to the end: all distances follow
    whole = np.diag(products)[starts][:, None]  # (S, 1)
    share = 1 - products[starts] / whole  # (S, N): how far each frame has come
    off = np.diag(products)[None] / whole - (1 - share) ** 2  # squared distance from the line
    between = np.arange(count)[None] >= starts[:, None]
    off = np.where(between, off, 0).max(axis=1)
    steps = np.diff(share, axis=1) * between[:, :-1]
    good = (off <= OFF_LINE**2) & (np.where(steps < 0, -steps, 0).sum(axis=1) <= BACK) & (steps.max(axis=1) <= STEP)
    for row in sorted(np.flatnonzero(good), key=lambda row: -far[starts[row]]):
        begun = np.flatnonzero((share[row] > ENDS) & between[row])
        ended = np.flatnonzero((share[row] < 1 - ENDS) & between[row])
        if len(begun) and len(ended) and ended[-1] - begun[0] + 1 >= LEAST_BETWEEN and begun[0] > 0:
            before, after = int(begun[0]) - 1, int(ended[-1]) + 1
            even = np.linspace(0, 1, after - before + 1)
            away = 2 * (after - before) // 5
            if np.abs(share[row, before : after + 1] - even).max() > UNEVEN:
                continue
            inside = np.mean([edges(thumb) for thumb in thumbs[before + away : after + 1 - away]])
            if inside <= DIP * np.sqrt(edges(thumbs[before]) * edges(thumbs[after])):
                return before, after, float(far[starts[row]])
    return None


class _Held(NamedTuple):
    """A picture that passed: its number, time [s], and two reduced forms."""

    number: int
    time_s: float
    small: Small
    thumb: Thumb


class Dissolves:
    """The dissolves of one take as its pictures pass; memory is that of `LONGEST_S` seconds of thumbnails."""

    def __init__(self) -> None:
        self.found: list[Dissolve] = []
        self.open: Dissolve | None = None
        self.held: deque[_Held] = deque()
        self.seen = 0

    def add(self, picture: Picture) -> None:
        """Takes the next picture of the take."""
        self.held.append(_Held(picture.index, picture.time_s, small(picture.thumb), picture.thumb))
        while picture.time_s - self.held[0].time_s > LONGEST_S:
            self.held.popleft()
        self.seen += 1
        if self.seen % HOP == 0:
            self._look()
        if self.open and picture.time_s > self.open.to_s + SETTLED_S:
            self.close()

    def cancel(self, since_s: float) -> None:
        """Forgets what lies after a time [s]: it was part of a fade."""
        self.held.clear()
        if self.open and self.open.to_s > since_s:
            self.open = None
        self.found = [dissolve for dissolve in self.found if dissolve.to_s <= since_s]

    def close(self) -> None:
        """Settles what is open: at the end of the take, or when nothing can change it any more."""
        if self.open:
            self.found.append(self.open)
            while self.held and self.held[0].number < self.open.after:
                self.held.popleft()
        self.open = None

    @property
    def settled_s(self) -> float:
        """Time before which all is known [s]."""
        oldest = self.held[0].time_s if self.held else 0.0
        return min(oldest, self.open.from_s) if self.open else oldest

    def _look(self) -> None:
        way = self.held[-1].small - self.held[0].small
        if float(way @ way) < DIFFERENT**2 * len(way) * 0.25:  # often nothing has happened: no need to look closely
            return
        hit = line_between(np.stack([held.small for held in self.held]), [held.thumb for held in self.held])
        if hit is None:
            return
        before, after, size = hit
        if self.open and size <= self.open.size:
            return
        first, middle, last = (self.held[n] for n in (before, (before + after + 1) // 2, after))
        span = first.number, last.number, first.time_s, last.time_s
        self.open = Dissolve(*span, middle.number, middle.time_s, size)


class Fades:
    """Where the light of a film falls and rises, so that a fade to and from black has a beginning and an end [s]."""

    def __init__(self) -> None:
        self.levels: deque[float] = deque(maxlen=LEVEL_REACH + 1)
        self.fall_s: float = 0.0
        self.rise_s: float | None = None
        self.black_s: float = 0.0
        self.rising = False

    def add(self, picture: Picture, black: bool) -> None:
        """Takes the next picture."""
        if black:
            self.levels.clear()
        self.levels.append(cv2.mean(picture.thumb)[0])
        change = self.levels[-1] - self.levels[0]
        if black:
            self.rising, self.black_s = True, picture.time_s
        elif change > -LEVEL:
            self.fall_s = picture.time_s
        if not black and self.rising:
            self.rising = change > LEVEL and picture.time_s - self.black_s < LONGEST_S
            self.rise_s = picture.time_s

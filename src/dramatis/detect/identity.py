"""Identity of tracks: one that passed from one person to another is parted, pieces of one person are joined.

Motion and colours make pieces that end in doubt and at gaps. Vectors of an embedder then say who the pieces are.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dramatis.detect.params import IdentityParams

Place = tuple[int, int]
"""Position of the frame in its shot, and of the figure in its frame."""

Vectors = Mapping[Place, NDArray[np.float32]]
"""Identity vectors of length 1, for some of the places."""

BESIDE = 2
"""Faces on either side of a dear link that say whether it leads to somebody else."""


@dataclass(frozen=True)
class Piece:
    """Figures taken for one person, in order of time."""

    places: tuple[Place, ...]
    seen: tuple[Place, ...]
    """Those at whose face an embedder looks, in order of time."""
    dear: tuple[Place, ...] = ()
    """Those to which a dear link leads: it may have passed to somebody else there."""

    @cached_property
    def frames(self) -> frozenset[int]:
        """Positions of its frames in the shot."""
        return frozenset(frame for frame, _ in self.places)

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """The same in order of time."""
        return np.array(sorted(self.frames))

    def with_(self, other: "Piece") -> "Piece":
        """Both as one."""
        pairs = ((self.places, other.places), (self.seen, other.seen), (self.dear, other.dear))
        return Piece(*(tuple(sorted(one + more)) for one, more in pairs))


def pieces_of(numbers: Sequence[Sequence[int]]) -> list[tuple[Place, ...]]:
    """The places of each track number, for numbers as `tracks.link` gives them."""
    found: dict[int, list[Place]] = {}
    for frame, row in enumerate(numbers):
        for index, number in enumerate(row):
            found.setdefault(number, []).append((frame, index))
    return [tuple(found[number]) for number in sorted(found)]


def numbered(pieces: Sequence[Sequence[Place]], figures: Sequence[int]) -> list[list[int]]:
    """The inverse of `pieces_of`: numbers count from 0 in order of appearance.

    Args:
        pieces: each place in exactly one.
        figures: how many figures each frame has.
    """
    owner = {place: number for number, piece in enumerate(pieces) for place in piece}
    rank: dict[int, int] = {}
    return [
        [rank.setdefault(owner[frame, index], len(rank)) for index in range(count)]
        for frame, count in enumerate(figures)
    ]


def spread(places: Sequence[Place], count: int) -> list[Place]:
    """At most `count` of them, evenly spread, the first and the last among them."""
    if len(places) <= count:
        return list(places)
    return [places[round(step * (len(places) - 1) / (count - 1))] for step in range(count)]


def asked(
    numbers: Sequence[Sequence[int]],
    faces: Sequence[Sequence[bool]],
    times: Sequence[float],
    cost: Callable[[Place, Place], float],
    rules: IdentityParams,
) -> list[Piece]:
    """The pieces of a shot, with the faces at which an embedder must look.

    It looks at those beside dear links, and at some of each piece that may be joined to another. Nothing is asked of a
    piece that runs evenly and has nobody to be joined to, which is what most do.

    Args:
        numbers: track of every figure of each frame, as `tracks.link` gives them.
        faces: whether each figure shows a face.
        times: of the frames [s].
        cost: of the link between two places that follow one another.
    """
    pieces = []
    for places in pieces_of(numbers):
        with_face = tuple(place for place in places if faces[place[0]][place[1]])
        dear = [after for before, after in pairwise(places) if cost(before, after) > rules.check]
        pieces.append(Piece(places, with_face, tuple(dear)))
    restless = any(piece.dear for piece in pieces)
    return [
        Piece(piece.places, _looked_at(piece, restless or _has_partner(piece, pieces, times, rules), rules), piece.dear)
        for piece in pieces
    ]


def _looked_at(piece: Piece, may_be_joined: bool, rules: IdentityParams) -> tuple[Place, ...]:
    chosen = set(spread(piece.seen, rules.samples)) if may_be_joined else set()
    for place in piece.dear:
        at = bisect_left(piece.seen, place)
        chosen |= set(piece.seen[max(at - BESIDE, 0) : at + BESIDE])
    return tuple(sorted(chosen))


def _has_partner(piece: Piece, pieces: Sequence[Piece], times: Sequence[float], rules: IdentityParams) -> bool:
    if not piece.seen:
        return False
    return any(
        other is not piece and other.seen and _possible(piece, other, times, rules.max_absent_s) for other in pieces
    )


def parted(piece: Piece, vectors: Vectors, split: float, threshold: float) -> list[Piece]:
    """A piece as the pieces of single people.

    It is parted at a dear link if the means of the faces beside it differ by more than `split`, and none before is
    the same person as one after: so a single odd face, hidden or blurred, parts nothing in the middle of a track.

    Args:
        split: largest difference of the two means [thresholds].
        threshold: the embedder's largest difference (1 - cosine) / 2 of one person [0..1].
    """
    apart = {place: _apart(piece, place, vectors, threshold) for place in piece.dear}
    where = max(apart, key=lambda place: apart[place], default=None)
    if where is None or apart[where] <= split:
        return [piece]
    halves = [
        Piece(*(tuple(place for place in row if (place >= where) is late) for row in (piece.places, piece.seen, dear)))
        for late, dear in ((False, piece.dear), (True, tuple(place for place in piece.dear if place != where)))
    ]
    return [part for half in halves for part in parted(half, vectors, split, threshold)]


def _apart(piece: Piece, place: Place, vectors: Vectors, threshold: float) -> float:
    """Difference of the means beside a link [thresholds]; 0 if unknown, or if the same person is on both sides."""
    at = bisect_left(piece.seen, place)
    before, after = piece.seen[max(at - BESIDE, 0) : at], piece.seen[at : at + BESIDE]
    if len(before) < BESIDE or len(after) < BESIDE:  # a single odd face at an end is hidden or blurred, too
        return 0.0
    one, other = (np.array([vectors[place] for place in side]) for side in (before, after))
    if (1 - float((one @ other.T).max())) / 2 <= threshold:
        return 0.0
    return _difference(one.sum(axis=0), other.sum(axis=0)) / threshold


def joined(
    pieces: Sequence[Piece], vectors: Vectors, times: Sequence[float], rules: IdentityParams, threshold: float
) -> list[Piece]:
    """Pieces of one shot, those of one person joined, the most alike first.

    Two pieces can be one person if they share no frame, no more than `max_absent_s` lies between them, and the means
    of their vectors are alike. Nothing is joined in doubt: where a third piece that is somebody else than one of the
    two (they share a frame) resembles the other nearly as much.

    Args:
        times: of the frames [s].
        threshold: the embedder's largest difference of one person [0..1].
    """
    live = {number: piece for number, piece in enumerate(pieces) if piece.seen}
    total = {number: np.sum([vectors[place] for place in piece.seen], axis=0) for number, piece in live.items()}
    rest = [piece for piece in pieces if not piece.seen]

    def links_of(one: int) -> dict[tuple[int, int], float]:
        found = {}
        for other, piece in live.items():
            if other != one and _possible(live[one], piece, times, rules.max_absent_s):
                apart = _difference(total[one], total[other]) / threshold
                if apart <= rules.max_difference:
                    found[min(one, other), max(one, other)] = apart
        return found

    links = {pair: apart for number in live for pair, apart in links_of(number).items()}
    while pair := _clearest(links, live, rules):
        one, other = pair
        live[one] = live[one].with_(live.pop(other))
        total[one] = total[one] + total.pop(other)
        links = {pair: apart for pair, apart in links.items() if not {one, other} & set(pair)} | links_of(one)
    return sorted([*live.values(), *rest], key=lambda piece: piece.places)


def _clearest(
    links: Mapping[tuple[int, int], float], pieces: Mapping[int, Piece], rules: IdentityParams
) -> tuple[int, int] | None:
    """The most alike pair without a rival: a piece that shares frames with one of them and is nearly as much like the
    other.
    """
    partners: dict[int, list[int]] = {}
    for a, b in links:
        partners.setdefault(a, []).append(b)
        partners.setdefault(b, []).append(a)
    for apart, pair in sorted((apart, pair) for pair, apart in links.items()):
        nearly = apart + rules.min_margin * rules.max_difference
        rivals = (
            third
            for one, other in (pair, pair[::-1])
            for third in partners[one]
            if third != other
            and links[min(one, third), max(one, third)] < nearly
            and pieces[third].frames & pieces[other].frames
        )
        if next(rivals, None) is None:
            return pair
    return None


def _possible(one: Piece, other: Piece, times: Sequence[float], max_absent_s: float) -> bool:
    """True if they share no frame, and the shortest time between them is not too long."""
    ends = ((times[piece.order[0]], times[piece.order[-1]]) for piece in (one, other))
    (a_first, a_last), (b_first, b_last) = ends
    if max(a_first - b_last, b_first - a_last) > max_absent_s:
        return False  # nearly all pairs of a long shot end here
    if not one.frames.isdisjoint(other.frames):
        return False
    few, many = sorted((piece.order for piece in (one, other)), key=len)
    after = np.searchsorted(many, few)  # of each frame of the one the nearest two of the other
    nearest = (many[np.clip(after - step, 0, len(many) - 1)] for step in (0, 1))
    at = np.asarray(times)
    return min(float(np.abs(at[few] - at[there]).min()) for there in nearest) <= max_absent_s


def _difference(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """(1 - cosine) / 2 of two sums of vectors [0..1]."""
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return (1 - float(np.dot(a, b)) / length) / 2 if length else 0.5

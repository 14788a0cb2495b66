"""Identity of tracks: one that passed from one person to another is parted, pieces of one person are joined.

Motion and colours make pieces that end in doubt and at gaps. Vectors of an embedder then say who the pieces are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dramatis.detect.params import IdentityParams

Place = tuple[int, int]
"""Position of the frame in its shot, and of the figure in its frame."""

Vectors = Mapping[Place, NDArray[np.float32]]
"""Identity vectors of length 1, for some of the places."""

LEAST = 2
"""Vectors on either side of a parting: a single odd one is a face that is hidden or blurred."""


@dataclass(frozen=True)
class Piece:
    """Figures taken for one person, in order of time."""

    places: tuple[Place, ...]
    seen: tuple[Place, ...]
    """Those whose vector is known, in order of time."""

    @cached_property
    def frames(self) -> frozenset[int]:
        """Positions of its frames in the shot."""
        return frozenset(frame for frame, _ in self.places)

    def with_(self, other: "Piece") -> "Piece":
        """Both as one."""
        return Piece(tuple(sorted(self.places + other.places)), tuple(sorted(self.seen + other.seen)))


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


def asked(numbers: Sequence[Sequence[int]], faces: Sequence[Sequence[bool]], samples: int) -> list[Piece]:
    """The pieces of a shot, with the faces at which an embedder must look.

    Nothing is asked about a piece without a face, or about a short one that is the only one with faces: it can be
    neither joined nor parted.

    Args:
        numbers: track of every figure of each frame, as `tracks.link` gives them.
        faces: whether each figure shows a face.
        samples: faces of a piece at which to look, at most.
    """
    pieces = []
    for places in pieces_of(numbers):
        with_face = [(frame, index) for frame, index in places if faces[frame][index]]
        pieces.append(Piece(places, tuple(spread(with_face, samples))))
    alone = sum(bool(piece.seen) for piece in pieces) < 2
    return [Piece(piece.places, ()) if alone and len(piece.seen) < 2 * LEAST else piece for piece in pieces]


def parted(
    piece: Piece, vectors: Vectors, cost: Callable[[Place, Place], float], split: float, threshold: float
) -> list[Piece]:
    """A piece as the pieces of single people.

    It is parted where the means of the vectors before and after differ most, if by more than `split`, and no face
    before is the same person as one after. Between two known vectors it is parted at the dearest link.

    Args:
        cost: of the link between two places that follow one another.
        split: largest difference of the two means [thresholds].
        threshold: the embedder's largest difference (1 - cosine) / 2 of one person [0..1].
    """
    known = [vectors[place] for place in piece.seen]
    apart = {cut: _apart(known[:cut], known[cut:], threshold) for cut in range(LEAST, len(known) - LEAST + 1)}
    cut = max(apart, key=lambda cut: apart[cut], default=0)
    if not cut or apart[cut] <= split:
        return [piece]
    low, high = (piece.places.index(piece.seen[cut - step]) for step in (1, 0))
    where = max(range(low + 1, high + 1), key=lambda at: cost(piece.places[at - 1], piece.places[at]))
    halves = Piece(piece.places[:where], piece.seen[:cut]), Piece(piece.places[where:], piece.seen[cut:])
    return [part for half in halves for part in parted(half, vectors, cost, split, threshold)]


def _apart(before: Sequence[NDArray[np.float32]], after: Sequence[NDArray[np.float32]], threshold: float) -> float:
    """Difference of two means [thresholds]; 0 if a face of the one is the same person as one of the other."""
    nearest = float((np.array(before) @ np.array(after).T).max())
    if (1 - nearest) / 2 <= threshold:
        return 0.0
    return _difference(np.sum(before, axis=0), np.sum(after, axis=0)) / threshold


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
    if one.frames & other.frames:
        return False
    return min(abs(times[a] - times[b]) for a in one.frames for b in other.frames) <= max_absent_s


def _difference(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """(1 - cosine) / 2 of two sums of vectors [0..1]."""
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return (1 - float(np.dot(a, b)) / length) / 2 if length else 0.5

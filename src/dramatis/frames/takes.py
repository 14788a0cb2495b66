"""Takes between cuts, the shots that dissolves divide them into, and which candidate belongs to which shot."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from dramatis.frames.gradual import Dissolve, Dissolves, Fades
from dramatis.frames.sampling import Candidate, Test, black_at
from dramatis.frames.shots import Shot, label_shots
from dramatis.frames.video import Picture


class Take:
    """The pictures between two cuts or fades as they pass, and what dissolves make of them.

    Attributes:
        shots: its shots, each as soon as it is known to begin; complete when the pictures have passed.
        last: the picture that passed last.
    """

    def __init__(self, first: Shot, pictures: Iterable[Picture], fades: Fades, black: Test, min_shot_s: float):
        self.shots = [replace(first, from_s=fades.fall_s) if first.transition == "fade" else first]
        self.pictures, self.fades, self.black, self.min_shot_s = pictures, fades, black, min_shot_s
        self.dissolves = Dissolves()
        self.last: Picture

    def __iter__(self) -> Iterator[Picture]:
        """The pictures; they are watched as they pass."""
        for picture in self.pictures:
            self.last = picture
            black = self.black(picture)
            self.fades.add(picture, black)
            if black or self.fades.rising:
                self.dissolves.cancel(self.fades.fall_s if black else picture.time_s)
            else:
                self.dissolves.add(picture)
            yield picture
        self.dissolves.close()
        if self.shots[0].transition == "fade":
            self.shots[0] = replace(self.shots[0], to_s=self.fades.rise_s)

    def in_shots(self, candidates: Iterable[Candidate]) -> Iterator[tuple[int, Candidate]]:
        """Each candidate with the number of its shot, some seconds late: by then all dissolves before it are known.

        Pictures inside a dissolve mix two shots and are left out; a shot that has no other keeps the one that is
        farthest from the middle, with the flag `dissolve`.
        """
        waiting: deque[Candidate] = deque()
        sorter = _Sorter(self)
        for candidate in candidates:
            waiting.append(candidate)
            settled_s = self.dissolves.settled_s
            while waiting and waiting[0].time_s < settled_s:
                yield from sorter.sort(waiting.popleft())
        for candidate in waiting:
            yield from sorter.sort(candidate)
        yield from sorter.rest()


def takes(pictures: Iterable[Picture], cut_threshold: float, black_level: float, min_shot_s: float) -> Iterator[Take]:
    """The takes of a video, in order; all pictures of one must have passed before the next is asked for.

    Shots are numbered from 0 through the whole video. The limits are those of `FramesParams`.
    """
    fades, black, number = Fades(), black_at(black_level), 0
    labelled = label_shots(pictures, cut_threshold, black_level, min_shot_s)
    for first, pairs in groupby(labelled, key=itemgetter(0)):
        take = Take(replace(first, number=number), (picture for _, picture in pairs), fades, black, min_shot_s)
        yield take
        number += len(take.shots)


class _Sorter:
    """Puts candidates into shots, in order."""

    def __init__(self, take: Take):
        self.take = take
        self.clean = False
        self.spare: Candidate | None = None
        self.spare_away = -1
        self.last: Dissolve | None = None

    def sort(self, candidate: Candidate) -> Iterator[tuple[int, Candidate]]:
        shots, found = self.take.shots, self.take.dissolves.found
        while found and candidate.index >= found[0].middle:
            dissolve = found.pop(0)
            yield from self._next(dissolve)
        mixed = next((d for d in (self.last, *found[:1]) if d and d.holds(candidate.index)), None)
        if mixed is None:
            self.clean = True
            yield shots[-1].number, candidate
        elif abs(candidate.index - mixed.middle) > self.spare_away:
            self.spare, self.spare_away = candidate, abs(candidate.index - mixed.middle)

    def rest(self) -> Iterator[tuple[int, Candidate]]:
        """What is left to say at the end of the take."""
        for dissolve in self.take.dissolves.found:
            yield from self._next(dissolve)
        yield from self._spare()

    def _next(self, dissolve: Dissolve) -> Iterator[tuple[int, Candidate]]:
        """Begins the shot after a dissolve, if the one before has lasted long enough."""
        shots, self.last = self.take.shots, dissolve
        if dissolve.middle_s - shots[-1].start_s < self.take.min_shot_s:
            return
        yield from self._spare()
        span = dissolve.from_s, dissolve.to_s
        shots.append(Shot(shots[-1].number + 1, dissolve.middle, dissolve.middle_s, "dissolve", *span))

    def _spare(self) -> Iterator[tuple[int, Candidate]]:
        if not self.clean and self.spare:
            yield self.take.shots[-1].number, replace(self.spare, flag="dissolve")
        self.clean, self.spare, self.spare_away = False, None, -1

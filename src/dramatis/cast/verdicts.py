"""What people decided about single faces: from moments to the faces of their tracks."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from dramatis.cast.decisions import ABOUT_FACES, Decisions, Unmet
from dramatis.core.moments import parse, track_at

Shots = Mapping[str, Sequence[tuple[float, float]]]
"""Start and end of the shots of each video [s]."""


class Verdict(NamedTuple):
    """What people said of a face.

    Attributes:
        section: the section of `cast.yaml`: `pins`, `reject` or `not_a_person`.
        name: of a pin the id, or `not_a_character`; else None.
    """

    section: str
    name: str | None = None

    def __str__(self) -> str:
        return f"{self.section} {self.name or ''}"


def verdicts(
    decided: Decisions, faces: Sequence[dict[str, Any]], shots: Shots
) -> tuple[list[Verdict | None], list[Unmet]]:
    """The verdict on each face; and the decisions that no face follows now.

    A decision is about the whole track that it meets. Where several meet one track, each face follows the one that
    is nearest in time: so two pins divide a track that shows two people.

    Args:
        faces: rows with `video`, `track_id`, `pts_s`, `box`, `width_px` and `height_px`.
        shots: of all videos.
    """
    of_video: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for face in faces:
        of_video[face["video"]].append(face)
    met: dict[str, list[_Said]] = defaultdict(list)
    missed = []
    for section in ABOUT_FACES:
        said = getattr(decided, section)
        for key in said:
            moment = parse(key)
            if moment is None:
                continue
            track = track_at(moment, of_video[moment.video], shots.get(moment.video, ()))
            if track is None:
                missed.append(Unmet(section, key, _why(moment.video, shots)))
            else:
                name = decided.merged(said[key]) if section == "pins" else None
                met[track].append(_Said(moment.time_s, key, Verdict(section, name)))
    won = [_nearest(met.get(face["track_id"], ()), face["pts_s"]) for face in faces]
    return [each.verdict if each else None for each in won], missed + _beaten(met, won)


class _Said(NamedTuple):
    time_s: float
    key: str
    verdict: Verdict


def _beaten(met: Mapping[str, Sequence[_Said]], won: Sequence[_Said | None]) -> list[Unmet]:
    """The decisions that no face follows, because others that say something else are nearer to all of their track."""
    held = {each.key for each in won if each}
    beaten = []
    for said in met.values():
        heard = [each for each in said if each.key in held]
        for each in said:
            if each.key not in held and any(other.verdict != each.verdict for other in heard):
                reason = f"every face of its track is nearer to {heard[0].key}, which says something else"
                beaten.append(Unmet(each.verdict.section, each.key, reason))
    return beaten


def _why(video: str, videos: Collection[str]) -> str:
    return "no face is there now" if video in videos else f"{video!r} is not among the videos"


def _nearest(said: Sequence[_Said], time_s: float) -> _Said | None:
    return min(said, key=lambda each: abs(each.time_s - time_s)) if said else None

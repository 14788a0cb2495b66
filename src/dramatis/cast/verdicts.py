"""What people decided about single faces: from moments to the faces of their tracks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from dramatis.cast.decisions import Decisions
from dramatis.cast.naming import REJECTION
from dramatis.core.moments import parse, track_at

Shots = Mapping[str, Sequence[tuple[float, float]]]
"""Start and end of the shots of each video [s]."""


def verdicts(decided: Decisions, faces: Sequence[dict[str, Any]], shots: Shots) -> tuple[list[str | None], list[str]]:
    """The name that people gave each face, `REJECTION` for none; and the moments at which no face is now.

    A decision is about the whole track that it meets. Where several meet one track, each face follows the one that
    is nearest in time: so two pins divide a track that shows two people.

    Args:
        faces: rows with `video`, `track_id`, `pts_s`, `box`, `width_px` and `height_px`.
    """
    names = dict.fromkeys(decided.reject, REJECTION) | {key: decided.merged(name) for key, name in decided.pins.items()}
    of_video: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for face in faces:
        of_video[face["video"]].append(face)
    met: dict[str, list[tuple[float, str]]] = defaultdict(list)
    missed = []
    for key, name in names.items():
        if moment := parse(key):
            track = track_at(moment, of_video[moment.video], shots.get(moment.video, ()))
            if track is None:
                missed.append(key)
            else:
                met[track].append((moment.time_s, name))
    return [_nearest(met.get(face["track_id"], ()), face["pts_s"]) for face in faces], missed


def _nearest(said: Sequence[tuple[float, str]], time_s: float) -> str | None:
    return min(said, key=lambda pair: abs(pair[0] - time_s))[1] if said else None

"""Which whole frames of a video stay as scenes: told from what is known of them, before a picture is looked at."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dramatis.crops.choice import choose
from dramatis.crops.params import ScenesParams
from dramatis.crops.people import Person

Row = dict[str, Any]
NO_SCENE = ("text", "dissolve")
"""Flags of frames that give none: a page of writing, a mix of two shots."""


def planned(
    params: ScenesParams,
    frames: Sequence[Row],
    people: Mapping[str, Sequence[Person]],
    quality: Mapping[str, Row],
    min_distance: int,
) -> dict[str, str | None]:
    """The rule that leaves each frame out, by frame; None for those that become scenes.

    Args:
        frames: rows of table `frames` of one video, in order.
        people: of each frame.
        quality: rows of table `quality` by detection.
        min_distance: bits in which scenes of a shot differ.
    """
    named = {frame_id for frame_id, here in people.items() if any(person.character for person in here)}
    with_names = {frame["shot"] for frame in frames if frame["frame_id"] in named}
    rules: dict[str, str | None] = {}
    groups: dict[tuple[int, bool], list[tuple[Row, float]]] = defaultdict(list)
    for frame in frames:
        here = [person for person in people.get(frame["frame_id"], []) if person.detection_id]
        names = {person.character for person in here if person.character}
        judged = [quality[person.face] for person in here if person.character or not names]
        rule = rules[frame["frame_id"]] = _rule(frame, bool(names), judged, frame["shot"] in with_names)
        if rule is None:
            faces = float(np.mean([row["score"] for row in judged])) if names else 0.0
            groups[frame["shot"], bool(names)].append((frame, len(names) + faces / 2 if names else frame["sharpness"]))
    for (_, is_named), group in groups.items():
        rules |= _chosen(group, is_named, params, min_distance)
    nobody = [group for (_, is_named), group in sorted(groups.items()) if not is_named]
    taken = sorted(frame["frame_id"] for group in nobody for frame, _ in group if rules[frame["frame_id"]] is None)
    places = np.linspace(0, len(taken) - 1, min(params.nobody_per_video, len(taken)))
    kept = {taken[round(place)] for place in places}
    return rules | {frame_id: "nobody_per_video" for frame_id in taken if frame_id not in kept}


def _rule(frame: Row, named: bool, judged: Sequence[Row], shot_has_names: bool) -> str | None:
    """The rule that a frame fails by itself.

    Args:
        judged: quality of its named faces; if nobody is named, of all its faces.
    """
    failed = [bool(row["rejected_by"]) for row in judged]
    if frame["flag"] in NO_SCENE:
        return f"flag:{frame['flag']}"
    if not named and shot_has_names:
        return "named_in_shot"
    return "quality" if (all(failed) if named else any(failed)) else None


def _chosen(
    group: Sequence[tuple[Row, float]], named: bool, params: ScenesParams, min_distance: int
) -> dict[str, str | None]:
    """The rules for the frames of one shot: the one worth most stays, then those that look least like it."""
    ids = [frame["frame_id"] for frame, _ in group]
    hashes = [int(frame["phash"], 16) for frame, _ in group]
    bits = (np.array(hashes, np.uint64)[:, None] >> np.arange(64, dtype=np.uint64) & np.uint64(1)).astype(float)
    count, rule = (params.per_shot, "per_shot") if named else (params.nobody_per_shot, "nobody_per_shot")
    found = choose(ids, bits, [worth for _, worth in group], hashes, min_distance, count)
    return {frame_id: rule if said == "max_per_track" else said for frame_id, said in zip(ids, found, strict=True)}

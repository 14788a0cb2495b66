"""IDF1: how well tracks keep to people, over the one-to-one pairing of both that is best (Ristani et al. 2016)."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment


class Sighting(NamedTuple):
    """One face: who it truly is, and which track it has."""

    person: Hashable | None
    """Somebody in one shot; None for a detection that shows nobody."""
    track: Hashable | None
    """None for a face that was not found."""


def idf1(sightings: Iterable[Sighting]) -> float:
    """2 IDTP / (faces of people + faces of tracks), eq. 10 of the paper [0..1].

    IDTP are the faces that a track shares with the person it is paired with; each person and each track is paired
    once, so that the sum is greatest. 1 means that each person has one track of its own with all of its faces.
    """
    sightings = list(sightings)
    people, tracks = _numbers(each.person for each in sightings), _numbers(each.track for each in sightings)
    shared = np.zeros((len(people), len(tracks)))
    for person, track in sightings:
        if person is not None and track is not None:
            shared[people[person], tracks[track]] += 1
    faces = sum((each.person is not None) + (each.track is not None) for each in sightings)
    return 2 * float(shared[linear_sum_assignment(-shared)].sum()) / faces if faces else 0.0


def track_pairs(sightings: Iterable[Sighting]) -> float:
    """Of the pairs of faces that share a person or a track, the share that share both (Jaccard) [0..1].

    Only faces that show somebody and were found count; 1 if there is no pair.
    """
    found = [each for each in sightings if each.person is not None and each.track is not None]
    person, track, both = (
        sum(count * (count - 1) / 2 for count in Counter(keys).values())
        for keys in ((each.person for each in found), (each.track for each in found), found)
    )
    return both / (person + track - both) if person + track else 1.0


def _numbers(keys: Iterable[Hashable | None]) -> dict[Hashable, int]:
    return {key: number for number, key in enumerate(dict.fromkeys(key for key in keys if key is not None))}

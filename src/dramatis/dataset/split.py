"""Which shots are held out: whole shots, so that no held-out picture has a sibling in training."""

import math
from collections.abc import Mapping, Sequence

from dramatis.core.phash import distances
from dramatis.core.seeds import rng

Shot = tuple[str, int]
"""Video and number of the shot in it."""
OVERSHOOT = 1.5
"""A shot is tried early only if it brings no more than so many times the pictures that are wanted."""


def held_out(counts: Mapping[str, Mapping[Shot, int]], share: float, minimum: int, seed: int) -> set[Shot]:
    """The shots for validation.

    A shot is held out for everybody in it. The characters in the fewest shots choose first, each until about `share`
    of its pictures and at least `minimum` are held out, in an order that only the seed and the shot decide: so another
    episode leaves the choice mostly as it was. No character loses its last training shot, nor, after the first shot,
    half of its pictures; one that is seen in a single shot has no validation.

    Args:
        counts: pictures by character and shot.
        share: of the pictures of each character [0..0.5].
        minimum: pictures of each character.
    """
    held: set[Shot] = set()
    for character in sorted(counts, key=lambda name: (len(counts[name]), name)):
        shots = counts[character]
        total = sum(shots.values())
        wanted = max(minimum, math.ceil(share * total))
        while (taken := sum(shots[shot] for shot in shots if shot in held)) < wanted:
            room = total / 2 - taken if taken else total
            free = [shot for shot in shots if shots[shot] <= room and _can_go(shot, held, counts)]
            if not free:
                break
            fitting = [shot for shot in free if taken + shots[shot] <= OVERSHOOT * wanted]
            order = {shot: float(rng(seed, "split", *shot).random()) for shot in free}
            held.add(min(fitting, key=order.get) if fitting else min(free, key=lambda s: (shots[s], order[s])))
    return held


def _can_go(shot: Shot, held: set[Shot], counts: Mapping[str, Mapping[Shot, int]]) -> bool:
    """True if everybody in a shot keeps another one for training."""
    return shot not in held and all(
        any(other != shot and other not in held for other in shots) for shots in counts.values() if shot in shots
    )


def leaks(training: Sequence[int], validation: Sequence[int], distance: int) -> list[bool]:
    """For each training picture, True if its hash is within `distance` bits of that of a held-out picture."""
    held = list(validation)
    return [bool(held) and int(distances([one], held).min()) <= distance for one in training]

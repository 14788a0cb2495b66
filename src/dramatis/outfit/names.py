"""What people call outfits: names of single shots become names, splits and merges of groups."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dramatis.outfit.groups import Labels, in_order


def called(label: Labels, said: Mapping[int, str], apart: NDArray[np.float64]) -> tuple[Labels, list[str | None]]:
    """The outfits of one character after the words of people.

    One name in an outfit is the name of all of it. Several divide it: each shot goes to the named one that is nearest.
    One name in several outfits makes them one. A shot without an outfit that is named has that one.

    Args:
        label: outfit of each shot, shape (L,); -1 for none.
        said: names by position of the shot.
        apart: differences between shots, shape (L, L).

    Returns:
        Outfits in order of appearance, shape (L,), and the name of each of them, None without one.
    """
    group = [f"group {n}" if n >= 0 else None for n in label.tolist()]
    for n in range(int(label.max(initial=-1)) + 1):
        inside = np.flatnonzero(label == n).tolist()
        named = [shot for shot in inside if shot in said]
        for shot in inside if named else ():
            group[shot] = f"name {said[named[int(apart[shot, named].argmin())]]}"
    for shot, name in said.items():
        group[shot] = f"name {name}"
    keys = list(dict.fromkeys(key for key in group if key))
    after = np.array([keys.index(key) if key else -1 for key in group], np.int64)
    return in_order(after), [key.removeprefix("name ") if key.startswith("name ") else None for key in keys]


def agreed(names: Sequence[str]) -> str:
    """The name that most of several say of one shot; of equal ones the first in the alphabet."""
    counts = Counter(names)
    return min(counts, key=lambda name: (-counts[name], name))

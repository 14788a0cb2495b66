"""Random generators that depend on a seed and an item only, so order and worker count change nothing."""

import hashlib

import numpy as np


def derive(seed: int, *item: str | int) -> int:
    """A 63-bit seed for one item: the same on every machine, independent between items."""
    digest = hashlib.sha256("\x1f".join([str(seed), *map(str, item)]).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def rng(seed: int, *item: str | int) -> np.random.Generator:
    """A numpy generator for one item."""
    return np.random.default_rng(derive(seed, *item))

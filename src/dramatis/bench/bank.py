"""Synthetic banks of identity vectors with known truth, for tests and for the benchmark of clustering."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dramatis.cluster.tracks import normalised


@dataclass(frozen=True)
class Bank:
    """Faces as the clustering sees them, and who they are."""

    vectors: NDArray[np.float32]
    tracks: list[str]
    frames: list[str]
    who: NDArray[np.int64]
    """Identity; strangers have numbers from 100000, each his own."""

    @property
    def boxes(self) -> NDArray[np.int32]:
        """Boxes that nobody shares, shape (N, 4)."""
        left = np.arange(len(self.who), dtype=np.int32) * 100
        return np.stack([left, left * 0, left + 50, left * 0 + 50], 1)


def around(centre: NDArray[np.floating], cosine: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """A unit vector at a cosine from a unit vector, in a random direction."""
    other = rng.standard_normal(len(centre))
    other -= (other @ centre) * centre
    return cosine * centre + np.sqrt(1 - cosine**2) * other / np.linalg.norm(other)


def random_unit(width: int, rng: np.random.Generator) -> NDArray[np.float64]:
    vector = rng.standard_normal(width)
    return vector / np.linalg.norm(vector)


def bank(
    faces: int,
    identities: int,
    width: int = 128,
    seed: int = 0,
    hard: float = 0.1,
    strangers: float = 0.05,
    lookalikes: int = 5,
    impure: float = 0.0,
) -> Bank:
    """Identities of Zipf sizes in tracks of 3–15 faces; track means of one identity have cosines of about 0.68.

    Args:
        hard: share of hard faces (cosine 0.30–0.40 to the identity), half of them as whole tracks.
        strangers: share of faces that belong to people seen in one single-face track.
        lookalikes: pairs of identities whose centres have a cosine of 0.45.
        impure: share of tracks that end on another identity.
    """
    rng = np.random.default_rng(seed)
    centres = [random_unit(width, rng) for _ in range(identities)]
    for pair in range(lookalikes):
        centres[2 * pair + 1] = around(centres[2 * pair], 0.45, rng)
    share = 1 / np.arange(1, identities + 1)
    want = np.maximum(3, share / share.sum() * faces * (1 - strangers)).astype(int)
    vectors, tracks, who, count = [], [], [], 0
    for identity, amount in enumerate(want):
        while amount > 0:
            length = int(min(amount, rng.integers(3, 16)))
            centre = around(
                centres[identity], rng.uniform(0.30, 0.40) if rng.random() < hard / 2 else rng.uniform(0.78, 0.86), rng
            )
            swap = rng.integers(1, length) if rng.random() < impure and length > 1 else length
            for n in range(length):
                if n == swap:
                    identity_now = int(rng.integers(identities))
                    centre = around(centres[identity_now], 0.82, rng)
                face = (
                    around(centres[identity], rng.uniform(0.3, 0.4), rng)
                    if rng.random() < hard / 2
                    else around(centre, 0.9, rng)
                )
                vectors.append(face)
                tracks.append(f"v-{count:05d}")
                who.append(identity_now if n >= swap else identity)
            amount, count = amount - length, count + 1
    for n in range(int(faces * strangers)):
        vectors.append(random_unit(width, rng))
        tracks.append(f"x-{n:05d}")
        who.append(100_000 + n)
    frames = [f"f-{n:06d}" for n in range(len(who))]
    return Bank(normalised(np.array(vectors)), tracks, frames, np.array(who))


def lookalikes(tracks: int, near: float, seed: int = 0, width: int = 128) -> Bank:
    """Two look-alikes (cosine 0.8), each in some tracks of one face at cosine `near` to them, all in two-shots."""
    rng = np.random.default_rng(seed)
    one = random_unit(width, rng)
    two = around(one, 0.8, rng)
    vectors = normalised(np.array([around(centre, near, rng) for _ in range(tracks) for centre in (one, two)]))
    numbers = range(2 * tracks)
    return Bank(vectors, [f"t{n:03d}" for n in numbers], [f"f{n // 2:03d}" for n in numbers], np.arange(2 * tracks) % 2)


def unrelated(people: int, seed: int = 0, width: int = 128) -> Bank:
    """People whom nothing links, each in one track of two equal faces."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(people), 2)
    vectors = np.array([random_unit(width, rng) for _ in range(people)], np.float32)[who]
    return Bank(vectors, [f"t{n:03d}" for n in who], [f"f{n:03d}" for n in range(2 * people)], who)

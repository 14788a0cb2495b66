"""What a drawn panel shows, beside what was asked for: the right people, in their places, and nobody else."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image
from dramatis.core.recipe import Recipe
from dramatis.eyes.groups import found_faces
from dramatis.eyes.look import Eyes, Reader, numbers_of
from dramatis.eyes.recscore import Vectors, match_shares, nearest


class Shown(NamedTuple):
    """What one panel shows."""

    nearest: list[str]
    """Nearest of the cast of each face, left to right."""
    faces: dict[str, NDArray[np.float32]]
    """The vector of each asked character who is found, shape (D,)."""
    right: float
    """Share of the asked characters that are found, each once [0..1]."""
    placed: bool
    """All are found, from left to right as asked, each in the region that is theirs."""
    strangers: int
    """Faces that nobody asked for."""
    agreement: float | None
    """Share of the prompt's tags that are read [0..1]; None if none is known."""
    identity: float
    """Mean share of real pictures that each asked character's face matches [0..1]; 0 of one who is not found."""


class Critic(NamedTuple):
    """The models that look at panels, and real pictures of everybody."""

    eyes: Eyes
    cast: Mapping[str, Vectors]
    """Of each character of the dataset, shape (N, D)."""

    def look(self, image: Image, recipe: Recipe, wanted: Sequence[str]) -> Shown:
        """What a panel shows.

        Args:
            image: RGB.
            recipe: whom it asks for, left to right, and where.
            wanted: tags that should be read.
        """
        seen = self.eyes.see(image)
        vectors, asked = seen.vectors[0], [figure.character for figure in recipe.figures]
        names = nearest(vectors, self.cast) if len(vectors) else []
        threshold = self.eyes.embedders[0].threshold
        shares = np.array([match_shares(vectors, self.cast[name], threshold) for name in asked]).T  # (F, A)
        own = found_faces(asked, shares, names)
        centres = [float(seen.centres[own[name][0]]) for name in asked if own[name]]
        inside = all(
            figure.region is None or figure.region[0] <= seen.centres[own[figure.character][0]] <= figure.region[2]
            for figure in recipe.figures
            if own[figure.character]
        )
        once = [name for name in asked if len(own[name]) == 1]
        all_there = all(own[name] for name in asked)
        best = [float(shares[own[name][0], place]) if own[name] else 0.0 for place, name in enumerate(asked)]
        return Shown(
            nearest=[names[face] for face in np.argsort(seen.centres, kind="stable")],
            faces={name: vectors[own[name][0]] for name in asked if own[name]},
            right=len(once) / len(asked) if asked else 1.0,
            placed=all_there and inside and all(a < b for a, b in zip(centres, centres[1:], strict=False)),
            strangers=len(names) - sum(bool(own[name]) for name in asked),
            agreement=self._agreement(image, seen.tags, recipe, wanted),
            identity=float(np.mean(best)) if best else 1.0,
        )

    def _agreement(
        self, image: Image, tags: NDArray[np.float32], recipe: Recipe, wanted: Sequence[str]
    ) -> float | None:
        """Share of the tags that are read in the picture, or in what one of its regions shows of it."""
        width = image.shape[1]
        for figure in recipe.figures if len(recipe.figures) > 1 else []:
            left, _, right, _ = figure.region or (0.0, 0.0, 1.0, 1.0)
            part = np.ascontiguousarray(image[:, round(left * width) : round(right * width)])
            tags = np.maximum(tags, self.eyes.tagger.scores([part])[0])
        reader = Reader(numbers_of(self.eyes.tagger), self.eyes.params.min_tag_score)
        share = reader.share_of(tags, wanted)
        return None if np.isnan(share) else share


def rank(shown: Shown) -> tuple[float, bool, int, float, float]:
    """Of two panels the one with the higher rank is taken: people, places, nobody else, tags, then likeness."""
    return shown.right, shown.placed, -shown.strangers, shown.agreement or 0.0, shown.identity


def fault_of(shown: Shown, asked: Sequence[str], min_agreement: float) -> str | None:
    """Why a person should look at a panel; None if nothing is amiss.

    Args:
        shown: what it shows.
        asked: keys of those who should be seen.
        min_agreement: share of the prompt's tags that must be read.
    """
    faults = []
    if absent := [name for name in asked if name not in shown.faces]:
        faults.append(f"{' and '.join(absent)} not found")
    elif shown.right < 1:
        faults.append("somebody is seen twice")
    elif not shown.placed:
        faults.append(f"{', '.join(asked)} not in their places")
    if shown.strangers:
        faults.append(f"{shown.strangers} face{'s' if shown.strangers > 1 else ''} that nobody asked for")
    if shown.agreement is not None and shown.agreement < min_agreement:
        faults.append(f"{shown.agreement:.2f} of the prompt's tags are read, less than {min_agreement:g}")
    return "; ".join(faults) or None

"""The faces of all videos, as the naming and the contact sheet see them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Faces:
    """Rows of the cluster table, with what other tables say of each face, and the verdict of people on it.

    Beside: `figure_id`, `shot`, `box`, `sharpness`; `pts_s`, `width_px`, `height_px` and `stands_for_s` of the frame;
    `verdict`.
    """

    rows: list[dict[str, Any]]
    vectors: NDArray[np.float32]
    """Identity vectors, shape (N, D), L2-normalised."""
    threshold: float
    """The embedder's largest difference (1 - cosine) / 2 of one person."""

    def column(self, name: str) -> list[Any]:
        """One value of every face."""
        return [row[name] for row in self.rows]

    @cached_property
    def parts(self) -> list[str]:
        """The part of each face: the faces of one track in one cluster, or in none, of one verdict."""
        return [f"{row['track_id']} {row['cluster_id']} {row['verdict'] or ''}" for row in self.rows]

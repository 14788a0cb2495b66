"""Where in a picture the loss counts: more inside the face, by which a character is told from others."""

import numpy as np
import torch
from numpy.typing import NDArray


def covered(box: NDArray[np.float64], width: int, height: int) -> torch.Tensor:
    """Share of each cell of a grid of unit squares that a box covers [0..1], shape (height, width)."""
    x0, y0, x1, y1 = box
    columns, rows = np.arange(width), np.arange(height)
    across = np.clip(np.minimum(columns + 1, x1) - np.maximum(columns, x0), 0, None)
    down = np.clip(np.minimum(rows + 1, y1) - np.maximum(rows, y0), 0, None)
    return torch.from_numpy(np.outer(down, across)).float()


def loss_map(face: NDArray[np.float64] | None, width: int, height: int, weight: float) -> torch.Tensor:
    """Weight of each latent's loss: `weight` inside the face against 1 outside, scaled to a mean of 1, shape (H, W).

    Args:
        face: box in latents, may reach beyond the edges; None if nobody's face is meant.
        width, height: of the picture [latents].
        weight: at least 1.
    """
    if face is None or weight == 1:
        return torch.ones(1, 1).expand(height, width)  # takes no memory
    weights = 1 + (weight - 1) * covered(face, width, height)
    return weights / weights.mean()

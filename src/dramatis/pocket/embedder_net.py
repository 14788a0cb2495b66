"""The network of the pocket embedder, in the layout of CCIP, and the loss that it learns by."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dramatis.core.images import Image
from dramatis.pocket.residual import trunk

MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
STD = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
"""Mean and standard deviation of CLIP's training pictures, RGB [0..1] (Radford et al. 2021)."""


class Embedder(nn.Module):
    """A vector for a picture; its length says nothing, its direction who it is."""

    def __init__(self, width: int, size_px: int, widths: Sequence[int], blocks: Sequence[int]):
        super().__init__()
        self.trunk, features = trunk(size_px, widths, blocks)
        self.head = nn.Linear(features, width)

    def forward(self, images: Tensor) -> Tensor:
        """Normalised pictures (N, 3, S, S), see `as_input`, to vectors (N, D)."""
        return self.head(self.trunk(images))


def as_input(images: Sequence[Image]) -> NDArray[np.float32]:
    """RGB pictures of one size as the input (N, 3, S, S), normalised as for CLIP."""
    scaled = (np.stack(images).astype(np.float32) / 255 - MEAN) / STD
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))


def contrastive_loss(vectors: Tensor, views: int, temperature: float) -> Tensor:
    """Supervised contrastive loss, L_out of Khosla et al. 2020 (arXiv 2004.11362).

    Args:
        vectors: shape (N, D), any length; each run of `views` rows shows one character.
        views: pictures of each character.
        temperature: divides the cosines.
    """
    unit = nn.functional.normalize(vectors)
    logits = unit @ unit.T / temperature  # (N, N)
    person = torch.arange(len(vectors)) // views
    itself = torch.eye(len(vectors), dtype=torch.bool)
    same = (person[:, None] == person[None]) & ~itself
    log_share = logits - logits.masked_fill(itself, -torch.inf).logsumexp(1, keepdim=True)
    return -log_share[same].mean()

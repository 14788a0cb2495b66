"""Attention maps: where a picture looks at the words of its prompt, and which parts of it belong together."""

from collections.abc import Sequence

import torch
from torch.nn.functional import interpolate


def gathered(layers: Sequence[torch.Tensor], shape: tuple[int, int]) -> torch.Tensor:
    """Mean over layers of cross-attention, on the finest of their grids: (rows, T, h, w).

    Tang et al., "What the DAAM" (arXiv 2210.04885), eq. 3: maps of all layers are brought to one size and added.

    Args:
        layers: (rows, cells, T) of each layer.
        shape: height and width of the latents, whose proportions the grids have.
    """
    grids = [one.transpose(1, 2).unflatten(-1, grid_of(one.shape[1], shape)) for one in layers]
    finest = max((tuple(one.shape[-2:]) for one in grids), key=lambda size: size[0] * size[1])
    return torch.stack([interpolate(one, finest, mode="bilinear", align_corners=False) for one in grids]).mean(0)


def grid_of(cells: int, shape: tuple[int, int]) -> tuple[int, int]:
    """Height and width of a grid of so many cells over latents of a shape: each level of a UNet halves, rounding up."""
    height, width = shape
    while height * width > cells:
        height, width = -(-height // 2), -(-width // 2)
    if height * width != cells:
        raise ValueError(f"{cells} cells are no grid over latents of {shape[0]} x {shape[1]}")
    return height, width


def finest_selves(layers: Sequence[torch.Tensor]) -> torch.Tensor:
    """Mean over the layers of the finest grid of attention within the picture, (rows, cells, cells)."""
    most = max(one.shape[1] for one in layers)
    return torch.stack([one for one in layers if one.shape[1] == most]).mean(0)


def of_word(crosses: torch.Tensor, selves: torch.Tensor, states: Sequence[int]) -> torch.Tensor:
    """Where a picture looks at a word, (h, w) [0..1]: 0 where least, 1 where most.

    The map of coarse grids is blurred. What belongs together attends to itself, so the mean of the map over what each
    cell attends to is level inside a thing and falls at its edge: Wang et al., "Diffusion Model is Secretly a
    Training-free Open Vocabulary Semantic Segmenter" (arXiv 2309.02773), eq. 5, with the power 1.

    Args:
        crosses: of one picture, (T, h, w).
        selves: likewise, (cells, cells), of a grid of h x w or of a coarser one.
        states: of the word's tokens.
    """
    found = crosses[list(states)].mean(0)
    if selves.shape[0] == found.numel():
        share = selves / selves.sum(1, keepdim=True)
        found = (share @ found.flatten()).view_as(found)
    return (found - found.min()) / (found.max() - found.min()).clamp(min=1e-12)


def mask_of(words: Sequence[torch.Tensor], level: float, shape: tuple[int, int]) -> torch.Tensor:
    """What may change, (H, W) of the latents, 0 or 1: where the map of any of the words passes a level.

    Hertz et al. 2022, section "local editing": the union of both words' thresholded maps.
    """
    large = [interpolate(one[None, None], shape, mode="bilinear", align_corners=False)[0, 0] for one in words]
    return (torch.stack(large).amax(0) > level).float()

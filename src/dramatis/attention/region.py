"""Parts of a picture: shares of its sides, or a mask, as cells of the latents."""

import numpy as np
import torch

from dramatis.core.errors import ParameterError
from dramatis.core.images import Image, resize
from dramatis.core.recipe import Region


def cells_of(region: Region, shape: tuple[int, int]) -> torch.Tensor:
    """The cells of latents whose middle lies in a region, (H, W), 0 or 1.

    Raises:
        ParameterError: the region has no width or height, or lies between the middles of cells.
    """
    left, top, right, bottom = region
    height, width = shape
    if left >= right or top >= bottom:
        raise _bad(region, "it has no area: left must be less than right, and top less than bottom")
    down = (torch.arange(height) + 0.5) / height
    across = (torch.arange(width) + 0.5) / width
    inside = ((down >= top) & (down < bottom))[:, None] & ((across >= left) & (across < right))[None]
    if not inside.any():
        raise _bad(region, f"it is smaller than a cell, of which the picture has {width} x {height}")
    return inside.float()


def cells_of_mask(mask: Image, shape: tuple[int, int]) -> torch.Tensor:
    """The cells of latents that a mask picture paints white over half of, (H, W), 0 or 1.

    Raises:
        ParameterError: no cell is.
    """
    small = resize(mask, shape[1], shape[0]).astype(np.float32).mean(-1)
    inside = torch.from_numpy(small > 127.5)
    if not inside.any():
        problem = "nothing in it is white, so nothing would change"
        raise ParameterError("mask", problem, "Paint white what may change")
    return inside.float()


def pixels_of(cells: torch.Tensor, factor: int) -> np.ndarray:
    """Cells of the latents as pixels, (H * factor, W * factor), float32."""
    return np.kron(cells.cpu().numpy().astype(np.float32), np.ones((factor, factor), np.float32))


def _bad(region: Region, problem: str) -> ParameterError:
    place = "region " + ",".join(f"{side:g}" for side in region)
    return ParameterError(place, problem, "Give left,top,right,bottom as shares of the picture, such as 0,0.5,1,1")

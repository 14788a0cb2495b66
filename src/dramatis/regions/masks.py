"""Where each character of a picture is drawn: views of the latents, with edges that fade into each other."""

from collections.abc import Sequence
from typing import NamedTuple

import torch

from dramatis.core.errors import ParameterError
from dramatis.core.recipe import Region

LEAST = 2
"""Sides of a region in latent pixels, at least."""
COVERED = 0.9
"""Share of a region that may lie in another one, below this."""


class View(NamedTuple):
    """The part of a picture in which one character is drawn."""

    rows: slice
    """Of the latents."""
    columns: slice
    """Of the latents."""
    mask: torch.Tensor
    """How much what is drawn there counts, shape of the view [0..1]."""


def check_regions(regions: Sequence[Region], place: str) -> None:
    """Refuses regions without area, and those of which one lies in another.

    Args:
        regions: of each character.
        place: what they are of, for messages.

    Raises:
        ParameterError: one is empty, or nearly all of it belongs to another one too.
    """
    for number, region in enumerate(regions, 1):
        if _area(region) <= 0:
            problem = f"region {number} is {_worded(region)}, which has no area"
            raise ParameterError(place, problem, "Give left, top, right and bottom, the first two smaller")
    for first in range(len(regions)):
        for second in range(first + 1, len(regions)):
            a, b = regions[first], regions[second]
            both = (max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))
            if _area(both) >= COVERED * min(_area(a), _area(b)):
                problem = f"regions {first + 1} and {second + 1} overlap fully ({_worded(a)}; {_worded(b)})"
                raise ParameterError(place, problem, "Give each character a place of their own")


def view_of(region: Region, size: tuple[int, int], overlap: float) -> View:
    """Where a region lies on the latents, with its edges.

    The view is the region and a border around it, where the picture goes on; there the mask falls from 1 to 0 in a
    straight line, so that two neighbours that share a border add up to about one.

    Args:
        region: left, top, right, bottom [share].
        size: width and height of the latents.
        overlap: width of the border [share of the region's side].
    """
    columns, fade_x = _span(region[0], region[2], size[0], overlap)
    rows, fade_y = _span(region[1], region[3], size[1], overlap)
    return View(rows, columns, fade_y[:, None] * fade_x[None, :])


def _span(low: float, high: float, length: int, overlap: float) -> tuple[slice, torch.Tensor]:
    """A region along one axis: what the view takes of it, and how much each place counts."""
    first = min(round(low * length), length - LEAST)
    last = max(round(high * length), first + LEAST)
    border = round(overlap * (last - first))
    start, end = max(first - border, 0), min(last + border, length)
    places = torch.arange(start, end, dtype=torch.float32) + 0.5
    inside = torch.ones_like(places)
    if first > 0 and border:
        inside = torch.minimum(inside, (places - (first - border)) / (2 * border))
    if last < length and border:
        inside = torch.minimum(inside, ((last + border) - places) / (2 * border))
    return slice(start, end), inside.clamp(0, 1)


def _area(region: Region) -> float:
    return max(region[2] - region[0], 0) * max(region[3] - region[1], 0)


def _worded(region: Region) -> str:
    return " ".join(f"{side:g}" for side in region)

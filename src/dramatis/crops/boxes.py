"""Where to cut: the boxes of the three stages from what was detected of a figure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dramatis.core.boxes import area, expand

Box = NDArray[np.float64]
"""Half-open `x0 y0 x1 y1` [px], shape (4,)."""

KIND_OF = {"full": "person", "upper": "halfbody", "head": "head"}
"""The kind of detection behind each stage, widest first."""

SAME_VIEW = 0.8
"""Share of the parent from which a crop shows the same: the figure's lower part lies outside the frame."""


@dataclass(frozen=True)
class Cut:
    """A box to cut.

    Attributes:
        box: half-open whole pixels inside the frame, shape (4,), int.
        fallback: True if it was worked out from the face.
        rejected_by: rule that leaves it out; None if it stays.
    """

    box: NDArray[np.int32]
    fallback: bool
    rejected_by: str | None = None


def from_face(face: Box, proportions: tuple[float, float, float]) -> Box:
    """The likely box of a head or body about a face box; it may reach outside the frame.

    Args:
        face: brow to chin [px].
        proportions: what is added on each side [face widths], above and below [face heights].
    """
    x0, y0, x1, y1 = face
    side, above, below = proportions
    width, height = x1 - x0, y1 - y0
    return np.array([x0 - side * width, y0 - above * height, x1 + side * width, y1 + below * height])


def widened(box: Box, max_aspect: float) -> Box:
    """The box with its shorter side lengthened on both ends until the sides differ by no more than `max_aspect`."""
    sides = box[2:] - box[:2]
    wanted = np.maximum(sides, sides.max() / max_aspect)
    centre = (box[:2] + box[2:]) / 2
    return np.concatenate([centre - wanted / 2, centre + wanted / 2])


def shifted(box: Box, width: int, height: int) -> NDArray[np.int32]:
    """The box rounded to whole pixels and moved inside a frame; only what is larger than the frame is cut."""
    frame = np.array([width, height])
    sides = np.clip(np.rint(box[2:] - box[:2]), 1, frame)
    low = np.clip(np.rint(box[:2]), 0, frame - sides)
    return np.concatenate([low, low + sides]).astype(np.int32)


def inside(box: Box, width: int, height: int) -> Box:
    """The part of a box within a frame."""
    return np.clip(box, 0, [width, height, width, height])


def figure_boxes(found: Mapping[str, Box], proportions: Mapping[str, tuple[float, float, float]]) -> dict[str, Box]:
    """The boxes of one figure by kind, those that were not detected worked out from the face by `from_face`."""
    face = np.asarray(found["face"], float)
    return {kind: np.asarray(found.get(kind, from_face(face, proportions[kind])), float) for kind in KIND_OF.values()}


def stage_cuts(
    boxes: Mapping[str, Box], found: Collection[str], width: int, height: int, head_margin: float, max_aspect: float
) -> dict[str, Cut]:
    """The boxes of the three stages of one figure.

    Args:
        boxes: of one figure by kind; see `figure_boxes`.
        found: kinds that were detected.
        width, height: size of the frame [px].
        head_margin: side of the head crop in longer sides of the head box.
        max_aspect: longer over shorter side of a crop.
    """
    cuts = {}
    for stage, kind in KIND_OF.items():
        box = expand(boxes[kind], head_margin) if stage == "head" else inside(boxes[kind], width, height)
        cuts[stage] = Cut(shifted(widened(box, max_aspect), width, height), kind not in found)
    return cuts


def without_repeats(cuts: Mapping[str, Cut], max_share: float, cut_off: bool) -> dict[str, Cut]:
    """The cuts of one figure without those that show nearly what their parent shows.

    The parent of a crop is the next wider one that stays. A crop above `max_share` of its parent's area gives way to
    it. Where it covers nearly all of it, or the frame cuts the figure off, the parent's picture stays under the name
    of the narrower stage, because it shows hardly more of the figure: a close-up is no full body.
    """
    kept: dict[str, Cut] = dict(cuts)
    parent = None
    for stage, cut in cuts.items():
        if cut.rejected_by:
            continue
        share = float(area(cut.box)[0] / area(kept[parent].box)[0]) if parent else 0.0
        if parent and share > (max_share if cut_off and parent == "full" else SAME_VIEW):
            wide = kept[parent]
            kept[parent] = Cut(wide.box, wide.fallback, f"same_as_{stage}")
            kept[stage] = wide
        elif share > max_share:
            kept[stage] = Cut(cut.box, cut.fallback, f"same_as_{parent}")
            continue
        parent = stage
    return kept

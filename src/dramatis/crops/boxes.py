"""Where to cut: the boxes of the three stages from what was detected of a figure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dramatis.core.boxes import Boxes, area, expand
from dramatis.crops.params import Kind, Stage

Box = NDArray[np.float64]
"""Half-open `x0 y0 x1 y1` [px], shape (4,)."""
Proportions = tuple[float, float, float]
"""What a box adds to the face box: on each side [face widths], above and below [face heights]."""

KIND_OF: dict[Stage, Kind] = {"full": "person", "upper": "halfbody", "head": "head"}
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


def from_face(face: Box, proportions: Proportions) -> Box:
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


def shifted(box: Box, within: Box) -> NDArray[np.int32]:
    """The box rounded to whole pixels and moved inside another; only what is larger than that is cut."""
    within = np.asarray(within, float)
    sides = np.clip(np.rint(box[2:] - box[:2]), 1, within[2:] - within[:2])
    low = np.clip(np.rint(box[:2]), within[:2], within[2:] - sides)
    return np.concatenate([low, low + sides]).astype(np.int32)


def inside(box: Box, within: Box) -> Box:
    """The part of a box inside another; of one beside it, nothing at its edge."""
    return np.clip(box, np.tile(within[:2], 2), np.tile(within[2:], 2))


def figure_boxes(found: Mapping[str, Box], proportions: Mapping[Kind, Proportions]) -> dict[str, Box]:
    """The boxes of one figure by kind, those that were not detected worked out from the face by `from_face`."""
    face = np.asarray(found["face"], float)
    return {kind: np.asarray(found.get(kind, from_face(face, proportions[kind])), float) for kind in KIND_OF.values()}


def stage_box(
    stage: Stage, boxes: Mapping[str, Box], within: Box, head_margin: float, max_aspect: float
) -> NDArray[np.int32]:
    """The box of one stage of a figure: as large as wanted where there is room, shifted rather than cut.

    Args:
        stage: full, upper or head.
        boxes: of the figure by kind; see `figure_boxes`.
        within: where it may lie, the frame or a part of it [px].
        head_margin: side of the head crop in longer sides of the head box.
        max_aspect: longer over shorter side of a crop.
    """
    box = boxes[KIND_OF[stage]]
    box = expand(box, head_margin) if stage == "head" else inside(box, within)
    return shifted(widened(box, max_aspect), within)


def stage_cuts(
    boxes: Mapping[str, Box],
    found: Collection[str],
    head_margin: float,
    max_aspect: float,
    frame: Box,
    clear: Callable[[Boxes], Box] | None = None,
) -> dict[Stage, Cut]:
    """The cuts of the three stages of one figure.

    Args:
        boxes, head_margin, max_aspect: see `stage_box`.
        found: kinds that were detected.
        frame: `0 0 width height` [px].
        clear: gives, for a box, the part of the frame in which a crop of that width is free of text; None: all is.
    """
    cuts: dict[Stage, Cut] = {}
    for stage, kind in KIND_OF.items():
        box = stage_box(stage, boxes, frame, head_margin, max_aspect)
        if clear is not None:
            box = stage_box(stage, boxes, clear(box), head_margin, max_aspect)
        cuts[stage] = Cut(box, kind not in found)
    return cuts


def without_repeats(
    cuts: Mapping[Stage, Cut], max_share: float, cut_off: bool, fits: Callable[[Stage, Boxes], bool] = lambda *_: True
) -> dict[Stage, Cut]:
    """The cuts of one figure without those that show nearly what their parent shows.

    The parent of a crop is the next wider one that stays. A crop above `max_share` of its parent's area gives way to
    it. Where it covers nearly all of it, or the frame cuts the figure off, the parent's picture stays under the name
    of the narrower stage, because it shows hardly more of the figure: a close-up is no full body.

    Args:
        fits: says whether a stage may have the parent's box; if not, it keeps its own.
    """
    kept = dict(cuts)
    parent = None
    for stage, cut in cuts.items():
        if cut.rejected_by:
            continue
        share = float(area(cut.box)[0] / area(kept[parent].box)[0]) if parent else 0.0
        if parent and share > (max_share if cut_off and parent == "full" else SAME_VIEW):
            wide = kept[parent]
            kept[parent] = Cut(wide.box, wide.fallback, f"same_as_{stage}")
            kept[stage] = wide if fits(stage, wide.box) else cut
        elif share > max_share:
            kept[stage] = Cut(cut.box, cut.fallback, f"same_as_{parent}")
            continue
        parent = stage
    return kept

"""The picture of faces in the order of their estimated blur."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.bench.blur_faces import Blurred
from dramatis.core import seeds
from dramatis.core.images import Image, resize

CELL_PX, LINE_PX, COLUMNS = 96, 16, 12
INK, PAPER = (40, 40, 40), 255


def ordered(faces: Sequence[Blurred], shares: NDArray[np.float64], rows_of: Mapping[str, int]) -> Image:
    """Rows of faces of each group, sharpest first by the estimate; under each the estimate and the truth.

    Args:
        shares: estimated radius of each face, in its widths.
        rows_of: number of rows of each group.
    """
    rows = []
    for group, count in rows_of.items():
        own = np.array([n for n, face in enumerate(faces) if face.group == group])
        for number in range(count):
            rng = seeds.rng(0, "bench", "blur picture", group, number)
            chosen = rng.choice(own, COLUMNS, replace=False)
            rows.append(np.hstack([_cell(faces[n], shares[n]) for n in chosen[np.argsort(shares[chosen])]]))
    return np.vstack([_title(rows[0].shape[1]), *rows])


def _title(width: int) -> Image:
    line = np.full((2 * LINE_PX, width, 3), PAPER, np.uint8)
    text = "each row from sharp to blurred by the estimate; below: estimated / true radius in % of the face's width"
    cv2.putText(line, text, (6, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.45, INK, 1, cv2.LINE_AA)
    return line


def _cell(face: Blurred, share: float) -> Image:
    height, width = face.image.shape[:2]
    scale = CELL_PX / max(height, width)
    cell = np.full((CELL_PX + LINE_PX, CELL_PX, 3), PAPER, np.uint8)
    picture = resize(face.image, max(round(width * scale), 1), max(round(height * scale), 1))
    cell[: picture.shape[0], : picture.shape[1]] = picture
    text = f"{100 * share:.1f} / {100 * face.share:.1f} {face.image.shape[1]}px"
    cv2.putText(cell, text, (1, CELL_PX + 12), cv2.FONT_HERSHEY_SIMPLEX, 0.33, INK, 1, cv2.LINE_AA)
    return cell

"""The picture of faces with their points, each with what they say about its pose."""

from collections.abc import Sequence

import cv2
import numpy as np

from dramatis.bench.landmark_faces import Seen
from dramatis.core import seeds
from dramatis.core.boxes import expand
from dramatis.core.images import Image, cut, resize

CELL_PX, LINE_PX, COLUMNS = 128, 30, 8
GROWTH = 1.5
INK, PAPER, DOT, EDGE = (40, 40, 40), 255, (0, 255, 90), (20, 20, 20)


def sheet(faces: Sequence[Seen], rows: int) -> Image:
    """Faces with their points; below the pose that was found, and on films the true yaw in brackets [degrees].

    As many of each kind as there are, at random, up to an equal share.
    """
    kinds = sorted({face.kind for face in faces})
    order = seeds.rng(0, "bench", "landmark picture").permutation(len(faces))
    queues = {kind: [n for n in order if faces[n].kind == kind] for kind in kinds}
    chosen: list[int] = []
    while len(chosen) < min(rows * COLUMNS, len(faces)):
        chosen += [queue.pop() for queue in queues.values() if queue]
    cells = [_cell(faces[n]) for n in chosen[: rows * COLUMNS]]
    cells += [np.full_like(cells[0], PAPER)] * (-len(cells) % COLUMNS)
    return np.vstack([np.hstack(cells[n : n + COLUMNS]) for n in range(0, len(cells), COLUMNS)])


def _cell(face: Seen) -> Image:
    region = expand(face.box, GROWTH).round()
    scale = CELL_PX / (region[2] - region[0])
    cell = np.full((CELL_PX + LINE_PX, CELL_PX, 3), PAPER, np.uint8)
    cell[:CELL_PX] = resize(cut(face.image, region), CELL_PX, CELL_PX)
    for x, y in ((face.found.points - region[:2]) * scale).tolist():
        if 0 <= x < CELL_PX and 0 <= y < CELL_PX:
            place = round(x * 16 - 8), round(y * 16 - 8)
            cv2.circle(cell, place, 22, EDGE, -1, cv2.LINE_AA, 4)
            cv2.circle(cell, place, 15, DOT, -1, cv2.LINE_AA, 4)
    cell[CELL_PX:] = PAPER
    true = "" if face.yaw is None else f" ({round(face.yaw)})"
    lines = [f"no pose{true}", f"sure {face.found.confidence.mean():.2f}"]
    if face.pose:
        lines[0] = f"yaw {round(face.pose.yaw)}{true}"
        lines[1] = f"pitch {round(face.pose.pitch)} roll {round(face.pose.roll)}"
    for number, text in enumerate(lines):
        place = (2, CELL_PX + 12 + 13 * number)
        cv2.putText(cell, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.38, INK, 1, cv2.LINE_AA)
    return cell

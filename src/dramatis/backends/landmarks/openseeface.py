"""OpenSeeFace: input (N, 3, 224, 224) normalised RGB, output (N, 198, 28, 28): 66 points (Emiliana, OpenSeeFace).

The first 66 maps hold the probability that a point lies in a cell; the next two times 66 how far it lies below and to
the right of the cell's node, as a probability whose logit over 16 is a share of the input.

The 66 points are the 68 of 300-W but that a corner of the mouth is one point, not an outer and an inner one: 48 to 57
are 49 to 53 and 55 to 59, 58 to 65 are 60 to 67, and 48 and 54 are the corners again.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.backends.landmarks import SETTING, Landmarks
from dramatis.backends.onnx import engine, open_session
from dramatis.backends.weights import single_weight_file
from dramatis.core.errors import InputError
from dramatis.core.images import Image

POINTS, CELLS, SIDE_PX = 66, 28, 224
OF_68 = np.array([*range(48), 58, *range(48, 53), 62, *range(53, 58), *range(58, 66)])
"""Which of the 66 points each of the 68 is."""
LOGIT_FACTOR = 16
MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]) * 255, np.array([0.229, 0.224, 0.225]) * 255
MARGIN = np.array([0.1, 0.125])
"""How far the model sees beyond the face on each side, over its width and its height."""
EYES = slice(36, 42), slice(42, 48)


def decoded(output: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Places and confidences of the points.

    Args:
        output: of one face, shape (198, 28, 28) [0..1].

    Returns:
        x, y [px of the input], shape (66, 2), and the probability in the likeliest cell, shape (66,).
    """
    maps = output.astype(np.float64).reshape(3, POINTS, CELLS * CELLS)
    cell = maps[0].argmax(1)
    chances = np.take_along_axis(maps, cell[None, :, None], 2)[..., 0]  # (3, 66)
    shift = np.clip(chances[1:], 1e-7, 1 - 1e-7)
    down, right = np.log(shift / (1 - shift)) / LOGIT_FACTOR
    reach = SIDE_PX - 1
    row, column = np.divmod(cell, CELLS)
    x, y = reach * (column / (CELLS - 1) + right), reach * (row / (CELLS - 1) + down)
    return np.stack([x, y], -1) + 0.5, chances[0]


def levelled(points: NDArray[np.floating]) -> NDArray[np.float64]:
    """The map from the model's input to a picture, (2, 3), that shows some points with the eyes on a level.

    Args:
        points: of a face, shape (66, 2) or (68, 2) [px of the picture].
    """
    right_eye, left_eye = (points[eye].mean(0) for eye in EYES)
    x, y = left_eye - right_eye
    c, s = np.array([x, y]) / max(np.hypot(x, y), 1e-9)
    turn = np.array([[c, -s], [s, c]])
    flat = points @ turn
    return _view(np.concatenate([flat.min(0), flat.max(0)]), turn)


def _view(box: NDArray[np.floating], turn: NDArray[np.float64]) -> NDArray[np.float64]:
    """The map from the model's input to a picture for a box in a turned picture, with the margin about it."""
    side = np.maximum(box[2:] - box[:2], 1)
    corner, scale = box[:2] - MARGIN * side, (1 + 2 * MARGIN) * side / SIDE_PX
    return np.column_stack([turn * scale, turn @ corner])


class OpenSeeFace:
    """Looks at one face at a time, twice: where the detector says it is, then about its points, eyes on a level.

    Faces of a clip turned by 90° then had the same points within 1.1 % of their width; with one look, 6 %.
    """

    def __init__(self, file: Path):
        self.files, self.engine = [file], engine()
        self._session = open_session(file, SETTING)
        entry, result = self._session.get_inputs()[0], self._session.get_outputs()[0]
        wanted = [3, SIDE_PX, SIDE_PX], [3 * POINTS, CELLS, CELLS]
        if [list(entry.shape[1:]), list(result.shape[1:])] != list(wanted):
            raise InputError(
                str(file),
                f"input {entry.shape} and output {result.shape}, not (N, 3, 224, 224) and (N, 198, 28, 28)",
                f"Point `{SETTING}` in params.yaml at lm_model0 to lm_model4 of OpenSeeFace",
            )
        self._input = entry.name

    def find(self, image: Image, box: NDArray[np.floating]) -> Landmarks:
        """The points of the face in a box; see `Landmarker`."""
        first, _ = self._look(image, _view(np.asarray(box, float), np.eye(2)))
        points, confidence = self._look(image, levelled(first))
        return Landmarks(points[OF_68], confidence[OF_68])

    def _look(self, image: Image, to_picture: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points in the picture and confidences, from one view of it."""
        turn = to_picture[:, :2]
        pixels = np.column_stack([turn, to_picture[:, 2] + turn @ [0.5, 0.5] - 0.5])  # warpAffine counts from middles
        seen = cv2.warpAffine(
            image,
            pixels,
            (SIDE_PX, SIDE_PX),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        tensor = ((seen - MEAN) / DEVIATION).astype(np.float32).transpose(2, 0, 1)[None]
        points, confidence = decoded(self._session.run(None, {self._input: np.ascontiguousarray(tensor)})[0][0])
        return points @ turn.T + to_picture[:, 2], confidence


def load(weights: Path) -> OpenSeeFace:
    """The model of a file, or alone in a folder; see `load_landmarks`."""
    return OpenSeeFace(single_weight_file(weights, SETTING))

"""Models of a few lines that look at pictures: a face is a coloured square on black, and its colour is who it is."""

import numpy as np

from dramatis.backends.detect import Detection
from dramatis.backends.tag import Tag

COLOURS = {"ada": (250, 20, 20), "bela": (20, 250, 20), "cyrus": (20, 20, 250), "noise": (150, 150, 150)}
SIDE = 24


class SquareDetector:
    """Every coloured square of SIDE pixels or more is a face that fills its head."""

    def detect(self, image):
        found = []
        bright = (image.max(axis=2) > 120).any(axis=0)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], bright.astype(int), [0]])))
        for left, right in edges.reshape(-1, 2):
            rows = np.flatnonzero((image[:, left:right].max(axis=2) > 120).any(axis=1))
            box = np.array([left, rows.min(), right, rows.max() + 1], float)
            found += [Detection("face", box, 0.9, None), Detection("head", box, 0.9, None)]
        return found


class ColourEmbedder:
    width, files, engine = 3, [], "none"

    def __init__(self, threshold=0.05):
        self.threshold = threshold

    def embed(self, faces):
        corners = [np.reshape(face.boxes["head"], (2, 2)) for face in faces]  # x0 y0, x1 y1
        centres = [tuple(corner.mean(0).astype(int)[::-1]) for corner in corners]
        middles = [face.image[centre] for face, centre in zip(faces, centres, strict=True)]
        rows = np.array(middles, np.float32).reshape(-1, 3)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


class BrightTagger:
    """A picture with somebody on it shows a red robe and a hat."""

    model = "none"
    tags = [Tag("red_robe", "general"), Tag("forest", "general"), Tag("hat", "general")]

    def scores(self, images):
        return np.array([[image.max() / 255, 0.0, image.max() / 255] for image in images], np.float32).reshape(-1, 3)


def squares(*names, shade=0, size=64):
    """A picture with squares of the colours of some, from left to right; None is nobody."""
    image = np.zeros((size, size * max(len(names), 1), 3), np.uint8)
    for place, name in enumerate(names):
        if name:
            left = size * place + (size - SIDE) // 2
            image[20 : 20 + SIDE, left : left + SIDE] = np.clip(np.array(COLOURS[name]) - shade, 0, 255)
    return image

"""Ways to tell how much the clothes in two shots differ: stage `outfit`, parts of it, and what else comes to mind."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.backends.embed import Embedder, Face, load_embed
from dramatis.backends.tag import Tagger, load_tagger
from dramatis.body.describe import Colours, described
from dramatis.body.params import BodyParams
from dramatis.body.regions import Boxes, Build, covered, strip_of
from dramatis.body.schema import BANDS
from dramatis.core.boxes import HEAD_OF_FACE, expand
from dramatis.core.images import Image, cut
from dramatis.core.params import load_params
from dramatis.embed.params import EmbedParams
from dramatis.outfit.difference import differences, lab
from dramatis.outfit.light import gains, relit
from dramatis.tag.params import TagParams

Shots = Sequence[Sequence["Seen"]]
Differences = NDArray[np.float64]
SIZES = np.array([low - high for high, low in BANDS])
BINS = (4, 8, 8)
"""Of a histogram in L, a and b."""
UNKNOWN = 30.0
GREY = 127


class Seen(NamedTuple):
    """One figure of a shot: the frame, its boxes, and those of the others."""

    image: Image
    figure: Boxes
    others: Sequence[Boxes]


class Tools(NamedTuple):
    """The models and values of the project."""

    body: BodyParams
    build: Build
    tagger: Tagger
    embedder: Embedder

    @classmethod
    def of_project(cls) -> "Tools":
        """As `params.yaml` in the working folder has them."""
        body = load_params("body", BodyParams)
        side, _, below = load_params("crops.proportions.halfbody", tuple[float, float, float])
        tag, embed = load_params("tag", TagParams), load_params("embed", EmbedParams)
        sizes = embed.expand.model_dump()
        embedder = load_embed(embed.backend, embed.weights, embed.threshold, "person", sizes, embed.normalisation)
        tagger = load_tagger(tag.backend, Path(tag.weights))
        return cls(body, Build(side, below, body.strip), tagger, embedder)


def face_light(shots: Shots, tools: Tools) -> Differences:
    """As stage `outfit` does it: quantiles in Lab, brightness and tint of the light told by the face."""
    colours = _colours(shots, tools)
    gain = gains(np.stack([each.face for each in colours]))
    return _quantiles(colours, gain)


def face_brightness(shots: Shots, tools: Tools) -> Differences:
    """The same without the tint."""
    colours = _colours(shots, tools)
    gain = gains(np.stack([each.face for each in colours]))
    return _quantiles(colours, np.repeat(gain.mean(1, keepdims=True), 3, 1))


def no_light(shots: Shots, tools: Tools) -> Differences:
    """The same with colours as they are."""
    return _quantiles(_colours(shots, tools), np.zeros((len(shots), 3)))


def grey_world(shots: Shots, tools: Tools) -> Differences:
    """The same with the light told by the mean colour of the frame (Buchsbaum 1980)."""
    means = [np.mean([seen.image.reshape(-1, 3).mean(0) for seen in own], 0) for own in shots]
    gain = np.log(np.maximum(np.stack(means), 4) / GREY)
    return _quantiles(_colours(shots, tools), gain)


def histogram(shots: Shots, tools: Tools) -> Differences:
    """Histograms in Lab of the whole strip, in the light told by the face; Hellinger distance."""
    gain = gains(np.stack([each.face for each in _colours(shots, tools)]))
    vectors = []
    for own, light in zip(shots, gain, strict=True):
        pixels = np.concatenate([_strip(seen, tools).reshape(-1, 3) for seen in own])
        inside = np.clip(lab(relit(pixels, light)), (0, -80, -80), (99.9, 79.9, 79.9))
        counts, _ = np.histogramdd(inside, BINS, ((0, 100), (-80, 80), (-80, 80)))
        vectors.append(np.sqrt(counts.ravel() / max(counts.sum(), 1)))
    return np.sqrt(np.clip(1 - np.stack(vectors) @ np.stack(vectors).T, 0, None))


def tags(shots: Shots, tools: Tools) -> Differences:
    """Probabilities of all tags of the tagger for the body, head and others greyed out; cosine distance."""
    scores = [tools.tagger.scores([_body(seen, tools) for seen in own]).mean(0) for own in shots]
    return _cosine(np.stack(scores))


def clothes_tags(shots: Shots, tools: Tools) -> Differences:
    """The same with tags of clothes only: those that end in `clothes`, and the cuts after them in the pocket's list."""
    names = [tag.name for tag in tools.tagger.tags]
    first = next((n for n, name in enumerate(names) if name.endswith("clothes")), 0)
    last = names.index("dress") + 1 if "dress" in names else len(names)
    scores = [tools.tagger.scores([_body(seen, tools) for seen in own]).mean(0)[first:last] for own in shots]
    return _cosine(np.stack(scores))


def identity(shots: Shots, tools: Tools) -> Differences:
    """The embedder of identities on the same picture; cosine distance."""
    vectors = []
    for own in shots:
        bodies = [_body(seen, tools) for seen in own]
        faces = [Face(body, {"person": np.array([0, 0, *body.shape[1::-1]])}, None) for body in bodies]
        vectors.append(tools.embedder.embed(faces).mean(0))
    return _cosine(np.stack(vectors))


WAYS: dict[str, Callable[[Shots, Tools], Differences]] = {
    "quantiles, light by the face": face_light,
    "quantiles, brightness by the face": face_brightness,
    "quantiles, light by the frame": grey_world,
    "quantiles as they are": no_light,
    "histogram, light by the face": histogram,
    "tags": tags,
    "tags of clothes": clothes_tags,
    "identity vectors": identity,
}


def _colours(shots: Shots, tools: Tools) -> list[Colours]:
    """Medians over the figures of each shot."""
    found = []
    for own in shots:
        each = [described(seen.image, seen.figure, seen.others, tools.build, tools.body.min_seen) for seen in own]
        seen = np.mean([one.seen for one in each], 0)
        clothes = np.stack([one.clothes for one in each])
        middle = np.full(clothes.shape[1:], np.nan)
        middle[seen > 0] = np.nanmedian(clothes[:, seen > 0], 0)
        found.append(Colours(np.median([one.face for one in each], 0), seen, middle))
    return found


def _quantiles(colours: list[Colours], gain: NDArray[np.float64]) -> Differences:
    clothes = lab(relit(np.stack([each.clothes for each in colours]), gain[:, None, None]))
    return differences(clothes, np.stack([each.seen for each in colours]), SIZES, UNKNOWN)


def _strip(seen: Seen, tools: Tools) -> Image:
    """The part of the frame in which the bands lie, one pixel at least."""
    height, width = seen.image.shape[:2]
    x0, y0, x1, y1 = strip_of(seen.figure, tools.build).band(BANDS[0][0], BANDS[-1][1])
    x0, y0 = min(max(x0, 0), width - 1), min(max(y0, 0), height - 1)
    return seen.image[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]


def _body(seen: Seen, tools: Tools) -> Image:
    """The person as a picture, its head and all others greyed out."""
    image = seen.image.copy()
    image[covered(image.shape[:2], seen.others, tools.build)] = GREY
    head = seen.figure.get("head", expand(seen.figure["face"], HEAD_OF_FACE))
    left, top, right, bottom = (max(round(float(side)), 0) for side in head)
    image[top:bottom, left:right] = GREY
    x0, y0, x1, y1 = seen.figure["face"]
    side = 3 * max(x1 - x0, y1 - y0)
    box = seen.figure.get("person", seen.figure.get("halfbody", (x0 - side, y0, x1 + side, y1 + 2 * side)))
    return cv2.resize(cut(image, np.asarray(box)), (160, 240), interpolation=cv2.INTER_AREA)


def _cosine(vectors: NDArray[np.floating]) -> Differences:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.clip(1 - unit.astype(np.float64) @ unit.T.astype(np.float64), 0, None)

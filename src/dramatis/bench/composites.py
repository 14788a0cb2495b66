"""Are the people of a composite found where it says they are? The detector, the embedder and the tagger are asked.

Somebody is found if a face is detected in the place that the table gives, if its vector is nearer to the mean of that
character than to anybody else's, and if the tagger sees the character's hair colour there. A composite is found if
everybody in it is.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from dramatis.backends.detect import DetectChoice, Detector, boxes_of, load_detect
from dramatis.backends.embed import EmbedChoice, Embedder, Face, load_embed
from dramatis.backends.tag import TagChoice, Tagger, load_tagger
from dramatis.core.boxes import expand, iou
from dramatis.core.errors import InputError
from dramatis.core.images import Image, cut, decode
from dramatis.core.params import Key, load_params
from dramatis.core.tables import box_of, iter_rows, read_rows
from dramatis.film.character import HAIR_COLOURS
from dramatis.film.params import FilmParams
from dramatis.film.story import draw_cast

IN_PLACE = 0.5
"""Intersection over union from which a detected face is the one that the table gives."""
FRAME_PX, GREY = 480, 127
"""Width of a frame of the sample film [px], and the paper that a smaller picture is laid on."""
HEAD_OF_FACE = 2.0
"""Side of what the tagger looks at over the longer side of the face: hair counts, and who stands beside does not."""


class Judged(NamedTuple):
    """What was found of one person in a composite."""

    face: bool
    name: bool
    hair: bool


class Judges(NamedTuple):
    """The models, and what they compare with: the mean vector and the hair colour of each character."""

    detector: Detector
    embedder: Embedder
    tagger: Tagger
    means: Mapping[str, NDArray[np.float64]]
    hair: Mapping[str, str]


def figures(data: Path = Path("data")) -> dict[str, float]:
    """Shares [0..1] over the composites of the sample film.

    `composite_found` of composites in which everybody is found, altogether and by layout; `composite_faces`,
    `composite_names` and `composite_hair` of people whose face, name and hair colour are right.

    Raises:
        InputError: there are no composites, or stages did not run.
    """
    judges = _judges(data)
    found: dict[str, list[list[Judged]]] = defaultdict(list)
    file = data / "composites" / "composites.parquet"
    for row in tqdm(iter_rows(file, "composite"), "composites", unit="picture", disable=None):
        found[row["layout"]].append(judge(row, decode(row["image"], row["composite_id"]), judges))
    if not found:
        raise InputError(str(file), "it holds no composite", "Set `composite.per_group` above 0 and run `dvc repro`")
    every = [people for composites in found.values() for people in composites]
    shares = {f"composite_found_{layout}": share(composites) for layout, composites in sorted(found.items())}
    people = [person for composite in every for person in composite]
    single = {
        f"composite_{name}": float(np.mean([getattr(person, key) for person in people]))
        for name, key in (("faces", "face"), ("names", "name"), ("hair", "hair"))
    }
    return {"composite_found": share(every), **shares, **single}


def share(composites: list[list[Judged]]) -> float:
    """Share of the composites in which everything of everybody is right."""
    return float(np.mean([all(all(person) for person in people) for people in composites]))


def judge(row: Mapping[str, Any], image: Image, judges: Judges) -> list[Judged]:
    """What is found of each person in a composite, left to right."""
    image = on_paper(image)  # boxes stay as they are
    detected = judges.detector.detect(image)
    faces = [one for one in detected if one.kind == "face"]
    overlap = iou(np.array([box_of(box) for box in row["faces"]]), np.array([face.box for face in faces]))
    judged = []
    for number, (character, box) in enumerate(zip(row["characters"], row["faces"], strict=True)):
        best = int(overlap[number].argmax()) if faces else -1
        seen = bool(faces) and overlap[number, best] >= IN_PLACE
        name = None
        if seen:
            face = faces[best]
            vector = judges.embedder.embed([Face(image, boxes_of(face, detected), face.landmarks)])[0]
            name = max(judges.means, key=lambda one: float(judges.means[one] @ vector))
        head = cut(image, expand(box_of(box), HEAD_OF_FACE))
        judged.append(Judged(seen, name == character, hair_colour(judges.tagger, head) == judges.hair.get(character)))
    return judged


def on_paper(image: Image) -> Image:
    """The picture in the upper left of grey paper as large as a frame, so that faces are as large as in the film.

    A detector enlarges a small picture to the size that it looks at.
    """
    height, width = image.shape[:2]
    pads = (0, max(0, FRAME_PX - height)), (0, max(0, FRAME_PX - width)), (0, 0)
    return np.pad(image, pads, constant_values=GREY)


def hair_colour(tagger: Tagger, head: Image) -> str:
    """The likeliest hair colour of a head, such as `red`."""
    scores = tagger.scores([head])[0]
    of = {tag.name: float(score) for tag, score in zip(tagger.tags, scores, strict=True)}
    return max(HAIR_COLOURS, key=lambda colour: of.get(f"{colour}_hair", 0.0))


def _judges(data: Path) -> Judges:
    detect, embed = load_params("detect", DetectChoice), load_params("embed", EmbedChoice)
    tag, film = load_params("tag", TagChoice), load_params("film", FilmParams)
    cast = draw_cast(film.seed)
    return Judges(
        load_detect(**detect.model_dump()),
        load_embed(**embed.model_dump()),
        load_tagger(tag.backend, tag.weights),
        _means(data, list(load_params("videos", dict[Key, Any]))),
        {name: character.hair_colour for name, character in cast.items()},
    )


def _means(data: Path, videos: list[str]) -> dict[str, NDArray[np.float64]]:
    """The mean vector of each character's faces, of length 1."""
    sums: dict[str, NDArray[np.float64]] = {}
    for video in videos:
        named = {row["detection_id"]: row["character"] for row in read_rows(data / "cast" / f"{video}.parquet", "cast")}
        for row in read_rows(data / "embeddings" / video / "embeddings.parquet", f"embed@{video}"):
            character = named.get(row["detection_id"])
            if character:
                sums[character] = sums.get(character, 0) + np.array(row["vector"], float)
    return {character: total / np.linalg.norm(total) for character, total in sums.items()}

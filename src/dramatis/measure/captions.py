"""Captions and tags against the film's truth: who and what can be seen in each crop, scene and composite."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from dramatis.core.boxes import cover
from dramatis.core.tables import box_of
from dramatis.core.words import words
from dramatis.measure.match import Row, counts
from dramatis.measure.names import Judged, name_figures, named_in
from dramatis.measure.params import MeasureParams
from dramatis.measure.tags import tag_figures, true_tags

EDGE = 0.1
"""A face may be named if its share in the picture is within this of the least that counts, one half."""


class Truth(NamedTuple):
    """What the film's truth and the matched faces say.

    Attributes:
        figures: of each frame, by (video, frame).
        shown: true character by detection; see `match.Matched`.
        frames: frame id to (video, frame).
        places: where each shot plays, by (video, shot of the truth).
        looks: row of each character of the cast.
    """

    figures: Mapping[tuple[str, int], Sequence[Row]]
    shown: Mapping[str, str]
    frames: Mapping[str, tuple[str, int]]
    places: Mapping[tuple[str, int], str]
    looks: Mapping[str, Row]


class Shards(NamedTuple):
    """Rows of all episodes: what was cut, seen and said. Only kept crops and scenes."""

    crops: Sequence[Row]
    scenes: Sequence[Row]
    composites: Sequence[Row]
    tags: Sequence[Row]
    captions: Sequence[Row]


def caption_figures(
    truth: Truth, shards: Shards, trigger: Mapping[str, str], min_score: Mapping[str, float], params: MeasureParams
) -> dict[str, Any]:
    """`name_order` and `tag_f1` with all that belongs to them; see `name_figures` and `tag_figures`.

    Args:
        trigger: trigger word by character.
        min_score: least probability of a tag by its category.
    """
    judged = _names(truth, shards, {word: name for name, word in trigger.items()}, params)
    return name_figures(judged) | tag_figures(_tags(truth, shards, min_score))


def _names(truth: Truth, shards: Shards, triggers: Mapping[str, str], params: MeasureParams) -> Iterator[Judged]:
    said = {row["id"]: named_in(row["caption"], triggers) for row in shards.captions if row["origin"] == "auto"}
    own = {crop["crop_id"]: truth.shown.get(crop["detection_id"]) for crop in shards.crops}
    for crop in shards.crops:
        if crop["crop_id"] in said:
            there, perhaps = _people(truth, crop, params, crop["masked"] > 0)
            yield Judged(said[crop["crop_id"]], own[crop["crop_id"]], there, perhaps)
    for scene in shards.scenes:
        if scene["scene_id"] in said:
            yield Judged(said[scene["scene_id"]], None, *_people(truth, scene, params, False))
    for composite in shards.composites:
        if composite["composite_id"] in said:
            people = [own.get(part) or "nobody" for part in composite["parts"]]
            yield Judged(said[composite["composite_id"]], None, people, people)


def _people(truth: Truth, picture: Row, params: MeasureParams, masked: bool) -> tuple[list[str], list[str]]:
    """People of the cast in a picture, left to right: who must be named, and who may be."""
    faces = [
        figure
        for figure in truth.figures[truth.frames[picture["frame_id"]]]
        if figure["face"] and figure["character"] in truth.looks
    ]
    if not faces:
        return [], []
    boxes = np.array([box_of(figure["face"]) for figure in faces])
    shares = cover(boxes, np.array(box_of(picture["box"])))[:, 0]
    order = np.argsort(boxes[:, 0] + boxes[:, 2], kind="stable")
    must, may = [], []
    for n in order:
        if shares[n] >= 0.5 - EDGE:
            may.append(faces[n]["character"])
            if shares[n] >= 0.5 + EDGE and counts(faces[n], params) and not masked:
                must.append(faces[n]["character"])
    return must, may


def _tags(truth: Truth, shards: Shards, min_score: Mapping[str, float]) -> Iterator[tuple[Any, set[str]]]:
    """True and found tags of every crop that shows one person, and that one of the cast."""
    seen = {row["id"]: row for row in shards.tags}
    for crop in shards.crops:
        name = truth.shown.get(crop["detection_id"])
        if name and name in truth.looks and crop["people"] == 1 and not crop["masked"]:
            place = truth.frames[crop["frame_id"]]
            figure = next(each for each in truth.figures[place] if each["character"] == name)
            shot = truth.places[figure["video"], figure["shot"]]
            row = seen[crop["crop_id"]]
            found = {
                words(tag)
                for tag, score, category in zip(row["tags"], row["scores"], row["categories"], strict=True)
                if score >= min_score.get(category, np.inf)
            }
            yield true_tags(truth.looks[name], figure, shot, crop["stage"]), found


def by_frame(figures: Sequence[Row]) -> Mapping[tuple[str, int], Sequence[Row]]:
    """The figures of the truth by (video, frame); none where there are none."""
    found: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for figure in figures:
        found[figure["video"], figure["frame"]].append(figure)
    return found

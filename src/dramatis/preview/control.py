"""Requests of method `controlnet`: control images of the dataset, cut as in training, with their captions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dramatis.core import seeds
from dramatis.core.buckets import Size, bucket_of, cut_of, fit
from dramatis.core.images import decode
from dramatis.core.tables import box_of
from dramatis.preview.clusters import tags_of
from dramatis.preview.params import ControlPrompts
from dramatis.preview.prompts import PLACE, Control, Request, wanted_tags

COLUMNS = [
    "id",
    "conditioning_image",
    "caption",
    "character",
    "trigger",
    "origin",
    "keep",
    "bucket",
    "landmarks",
    "width_px",
    "height_px",
]
"""Of configuration `control`, as far as previews need them."""

Row = Mapping[str, Any]


def chosen(rows: Iterable[Row], characters: Iterable[str], params: ControlPrompts, seed: int) -> list[Row]:
    """Rows to draw after: of each character and kind so many, in an order that other rows do not change."""
    found = []
    rows = [row for row in rows if params.kinds is None or row["origin"] in params.kinds]
    for character in characters:
        own = sorted(
            (row for row in rows if row["character"] == character), key=lambda row: seeds.derive(seed, row["id"])
        )
        for kind in sorted({row["origin"] for row in own}):
            found += [row for row in own if row["origin"] == kind][: params.pictures]
    return found


def control_of(row: Row, size: Size) -> Control:
    """The control image of a row in a size, and its points there."""
    keep = box_of(row["keep"]) if row["keep"] else None
    image = fit(decode(row["conditioning_image"]["bytes"], row["id"]), size, keep)
    if row["landmarks"] is None:
        return Control(image, None)
    whole = row["width_px"], row["height_px"]
    cut = cut_of(whole, size, keep)
    points = np.asarray(row["landmarks"], float).reshape(-1, 2) * (cut.wide / whole[0], cut.high / whole[1])
    return Control(image, ((points - (cut.left, cut.top)) / size).astype(np.float32).ravel())


def control_requests(
    rows: Sequence[Row], triggers: Mapping[str, str], params: ControlPrompts, seed: int
) -> list[Request]:
    """The pictures drawn after control images.

    Args:
        rows: those chosen, each character's one after the other.
        triggers: trigger word of each character of the run.
        params: how many, and how.
        seed: of the stage; a picture's own depends on the control image and the number.
    """
    made: list[Request] = []
    numbers: dict[str, int] = {}
    for row in rows:
        who = row["character"]
        number = numbers[who] = numbers.get(who, -1) + 1
        template = ", ".join(tags_of(row["caption"], row["trigger"]))
        size = params.size_px or bucket_of(row["bucket"])
        control = control_of(row, size)
        made += [
            Request(
                key=f"control-{who}-{number:02d}-{n:02d}",
                purpose="control",
                characters=(who,),
                prompt=template.replace(PLACE, triggers[who]),
                negative=params.negative,
                wanted=wanted_tags(template),
                seed=seeds.derive(seed, row["id"], n),
                size=size,
                control=control,
            )
            for n in range(params.images)
        ]
    return made


def with_controls(requests: Sequence[Request], controls: Sequence[Control]) -> list[Request]:
    """Other requests, each after one of the control images in turns: what a ControlNet makes of what it never saw."""
    made = []
    for number, request in enumerate(requests):
        control = controls[number % len(controls)]
        made.append(request._replace(control=control, size=(control.image.shape[1], control.image.shape[0])))
    return made

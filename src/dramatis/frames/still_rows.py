"""Rows of a source of pictures: each picture, or animation, is a shot of its own, one second for each frame."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core.errors import InputError
from dramatis.core.images import Image
from dramatis.core.stills import Still, frames_of
from dramatis.frames.distinct import distinct
from dramatis.frames.luma import HEIGHT, WIDTH, Thumb
from dramatis.frames.params import FramesParams
from dramatis.frames.prints import Prints, print_row
from dramatis.frames.rows import Row, candidate_of, check_number, frame_row, shot_row
from dramatis.frames.sampling import Candidate
from dramatis.frames.shots import Shot

LOG = logging.getLogger("frames")
COPY = 10
"""Brightness by which no place of a reduced copy differs [0..255]: coding and another size make up to 5 (of 13 drawn
pictures, as JPEG of quality 75 and at other sizes), another expression of the same drawing 22 and more."""
SAME_SHAPE = 0.02
"""Share by which the aspect ratio of a copy may differ: sizes are whole pixels."""


def still_rows(
    params: FramesParams, video: str, source: str, stills: Iterable[Still], shots: list[Row], prints: Prints
) -> Iterator[Row]:
    """Rows of the pictures that are kept.

    A row is put on `shots` for each file, also for one of which nothing is kept, and on `prints` for each kept picture.

    Of an animation the frames stay that the rule for near-duplicates in a shot of a video leaves. A copy of an earlier
    picture is left out, see `Copies`. A file that cannot be read counts as one picture.

    Raises:
        InputError: a file cannot be read and `allow_partial` is false, or none can be.
    """
    copies, index, left_out = Copies(), 0, 0
    for number, still in enumerate(stills):
        found = list(_candidates(still, index, params.allow_partial))
        kept = 0
        for candidate in distinct(found, params.max_distance):
            if copies.holds(candidate):
                LOG.info("%s: left out, a copy of an earlier picture", still.place)
                left_out += 1
                continue
            kept += 1
            prints.rows.append(print_row(video, candidate.index, candidate.time_s, candidate.thumb))
            yield frame_row(video, number, candidate, still.file, still.folder)
        end = index + max(1, len(found))
        shots.append(shot_row(video, Shot(number, index, float(index), "picture"), end, float(end), kept))
        index = end
    if not any(shot["kept"] for shot in shots):
        raise InputError(source, f"none of its {len(shots)} pictures can be read", "Put JPEG, PNG or WebP files there")
    if left_out:
        LOG.info("%s: %d of %d pictures are copies of earlier ones", source, left_out, index)


class Copies:
    """The pictures so far. A copy has the same hash, shape and brightness, so also another size or coding is one."""

    def __init__(self) -> None:
        self.known: dict[int, list[tuple[float, NDArray[np.uint8]]]] = defaultdict(list)

    def holds(self, candidate: Candidate) -> bool:
        """True if a picture like it was here before; else it is remembered."""
        shape, thumb = candidate.width_px / candidate.height_px, np.round(candidate.thumb * 255).astype(np.uint8)
        alike = self.known[candidate.phash]
        if any(abs(shape / s - 1) <= SAME_SHAPE and cv2.absdiff(thumb, t).max() <= COPY for s, t in alike):
            return True
        alike.append((shape, thumb))
        return False


def _candidates(still: Still, index: int, allow_partial: bool) -> Iterator[Candidate]:
    try:
        for number, image in enumerate(frames_of(still), index):
            check_number(number, still.place)
            yield candidate_of(image, number, float(number), _thumbnail(image))
    except InputError as error:
        if not allow_partial:
            raise
        LOG.warning("%s: %s; passed over", error.place, error.problem)


def _thumbnail(image: Image) -> Thumb:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    return cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)

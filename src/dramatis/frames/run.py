"""The run of stage `frames`: one pass over a video, one row per frame that is kept."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from tqdm import tqdm

from dramatis.core.errors import InputError
from dramatis.core.images import encode_jpeg
from dramatis.core.phash import phash
from dramatis.core.tables import whole_folder, write_rows, write_table
from dramatis.frames.bars import Area, find_area, shown_area
from dramatis.frames.distinct import distinct
from dramatis.frames.params import FramesParams, ToneMap
from dramatis.frames.picture import sharpness, to_rgb
from dramatis.frames.sampling import Candidate, Render, at_rate, chosen, is_key, sharpest
from dramatis.frames.schema import FRAMES, SHOTS
from dramatis.frames.shots import Shot, is_black, label_shots
from dramatis.frames.video import Picture, Video, open_video, read_pictures, time_code

MOST_FRAMES = 1_000_000
"""Numbers of six digits: more would not sort as text."""

Row = dict[str, Any]


def run(params: FramesParams, video: str, source: Path, out: Path) -> None:
    """Writes `frames.parquet` and `shots.parquet` of one video.

    Args:
        video: id of the video.
        source: the video file.
        out: folder to write; it is replaced only when all went well.

    Raises:
        InputError: the file is missing, no video, damaged, or too long.
    """
    shots: list[Row] = []
    with whole_folder(out) as folder, open_video(source) as film:
        area = find_area(source) if params.crop_bars else None
        pictures = tqdm(
            read_pictures(film, params.allow_partial, params.deinterlace),
            f"frames {video}",
            film.frames,
            unit="frame",
            disable=None,
        )
        render = partial(_render, film, area, params.tone_map)
        write_rows(_frame_rows(params, video, render, pictures, shots), FRAMES, folder / "frames.parquet")
        for shot, following in zip(shots, shots[1:]):
            shot["end_s"] = following["start_s"]
        write_table(shots, SHOTS, folder / "shots.parquet")


def _frame_rows(
    params: FramesParams, video: str, render: Render, pictures: Iterable[Picture], shots: list[Row]
) -> Iterator[Row]:
    """Rows of the frames that are kept; a row is put on `shots` as each shot ends."""
    labelled = label_shots(pictures, params.cut_threshold, params.black_level, params.min_shot_s)
    for shot, pairs in groupby(labelled, key=itemgetter(0)):
        members = _Members(picture for _, picture in pairs)
        kept = 0
        for candidate in distinct(_candidates(params, members, render), params.max_distance):
            kept += 1
            yield _frame_row(video, shot, candidate)
        shots.append(_shot_row(video, shot, members.last, kept))


class _Members:
    """The pictures of one shot as they pass; `last` is the one that passed last."""

    def __init__(self, pictures: Iterator[Picture]):
        self.pictures = pictures
        self.last: Picture

    def __iter__(self) -> Iterator[Picture]:
        for picture in self.pictures:
            self.last = picture
            yield picture


def _candidates(params: FramesParams, members: Iterable[Picture], render: Render) -> Iterable[Candidate]:
    def black(picture: Picture) -> bool:
        return is_black(picture.thumb, params.black_level)

    if params.mode == "scene":
        return sharpest(members, params.per_shot, render, black)
    passes = at_rate(params.fps) if params.mode == "fps" else is_key
    return map(render, chosen(members, passes, black))


def _render(film: Video, area: Area | None, operator: ToneMap, picture: Picture) -> Candidate:
    if picture.index >= MOST_FRAMES:
        raise InputError(str(film.source), f"it has more than {MOST_FRAMES:,} frames", "Cut it into parts")
    shown = shown_area(picture.frame, area)
    image = to_rgb(picture.frame, film.stream.sample_aspect_ratio, str(film.source), operator, shown)
    height, width = image.shape[:2]
    hashed, sharp, data = phash(image), sharpness(image), encode_jpeg(image)
    return Candidate(picture.index, picture.time_s, hashed, sharp, width, height, picture.thumb, data)


def _frame_row(video: str, shot: Shot, candidate: Candidate) -> Row:
    return {
        "frame_id": f"{video}-{candidate.index:06d}",
        "video": video,
        "index": candidate.index,
        "pts_s": candidate.time_s,
        "time_code": time_code(candidate.time_s),
        "shot": shot.number,
        "phash": f"{candidate.phash:016x}",
        "sharpness": candidate.sharpness,
        "width_px": candidate.width_px,
        "height_px": candidate.height_px,
        "image": candidate.image,
    }


def _shot_row(video: str, shot: Shot, last: Picture, kept: int) -> Row:
    return {
        "shot_id": f"{video}-{shot.number:04d}",
        "video": video,
        "shot": shot.number,
        "start_frame": shot.start_frame,
        "end_frame": last.index + 1,
        "start_s": shot.start_s,
        "end_s": last.time_s + last.duration_s,
        "transition": shot.transition,
        "kept": kept,
    }

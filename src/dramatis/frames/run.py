"""The run of stage `frames`: one pass over a video or other source, one row per frame that is kept."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from tqdm import tqdm

from dramatis.core.tables import whole_folder, write_rows, write_table
from dramatis.frames.bars import Area, find_area, shown_area
from dramatis.frames.distinct import distinct
from dramatis.frames.params import FramesParams, ToneMap
from dramatis.frames.picture import to_rgb
from dramatis.frames.rows import Row, candidate_of, check_number, frame_row, shot_row
from dramatis.frames.sampling import Candidate, Render, at_rate, chosen, is_key, sharpest
from dramatis.frames.schema import FRAMES, SHOTS
from dramatis.frames.shots import is_black, label_shots
from dramatis.frames.sources import stills_of
from dramatis.frames.still_rows import still_rows
from dramatis.frames.video import Picture, Video, open_video, read_pictures


def run(params: FramesParams, video: str, source: Path, out: Path) -> None:
    """Writes `frames.parquet` and `shots.parquet` of one source.

    Args:
        video: id of the source.
        source: a video file; or a folder, a zip or a dataset of pictures, see `sources.stills_of`.
        out: folder to write; it is replaced only when all went well.

    Raises:
        InputError: the source is missing, neither video nor pictures, damaged, or too long.
    """
    shots: list[Row] = []
    stills = stills_of(source)
    with whole_folder(out) as folder:
        if stills is None:
            rows = _film_rows(params, video, source, shots)
        else:
            passing = tqdm(stills, f"frames {video}", unit="picture", disable=None)
            rows = still_rows(params, video, str(source), passing, shots)
        write_rows(rows, FRAMES, folder / "frames.parquet")
        for shot, following in zip(shots, shots[1:]):
            shot["end_s"] = following["start_s"]
        write_table(shots, SHOTS, folder / "shots.parquet")


def _film_rows(params: FramesParams, video: str, source: Path, shots: list[Row]) -> Iterator[Row]:
    """Rows of the frames of a video that are kept."""
    with open_video(source) as film:
        area = find_area(source) if params.crop_bars else None
        pictures = tqdm(
            read_pictures(film, params.allow_partial, params.deinterlace),
            f"frames {video}",
            film.frames,
            unit="frame",
            disable=None,
        )
        yield from _frame_rows(params, video, partial(_render, film, area, params.tone_map), pictures, shots)


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
            yield frame_row(video, shot.number, candidate)
        last = members.last
        frames, times = (shot.start_frame, last.index + 1), (shot.start_s, last.time_s + last.duration_s)
        shots.append(shot_row(video, shot.number, frames, times, shot.transition, kept))


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
    check_number(picture.index, str(film.source))
    shown = shown_area(picture.frame, area)
    image = to_rgb(picture.frame, film.stream.sample_aspect_ratio, str(film.source), operator, shown)
    return candidate_of(image, picture.index, picture.time_s, picture.thumb)

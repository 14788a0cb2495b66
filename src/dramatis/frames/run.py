"""The run of stage `frames`: one pass over a video or other source, one row per frame that is kept."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby, zip_longest
from operator import itemgetter
from pathlib import Path

from threadpoolctl import threadpool_limits
from tqdm import tqdm

from dramatis.core.engine import LOCAL, EngineParams, check_shared
from dramatis.core.tables import whole_folder, write_json, write_rows, write_table
from dramatis.core.workers import map_in_order
from dramatis.frames.bars import Area, find_area, shown_area
from dramatis.frames.best import best_of_moments
from dramatis.frames.digest import source_digest
from dramatis.frames.distinct import distinct
from dramatis.frames.mpdecimate import decimated
from dramatis.frames.params import FramesParams, ToneMap
from dramatis.frames.picture import to_rgb
from dramatis.frames.prints import Prints
from dramatis.frames.rows import Row, candidate_of, check_number, frame_row, shot_row
from dramatis.frames.sampling import Candidate, Render, at_rate, black_at, chosen, is_key, sharpest
from dramatis.frames.schema import FRAMES, PRINTS, SHOTS
from dramatis.frames.sources import stills_of
from dramatis.frames.still_rows import still_rows
from dramatis.frames.takes import takes
from dramatis.frames.video import Picture, Video, open_video, read_pictures

SOURCE = "source.json"


def run(params: FramesParams, video: str, source: Path, out: Path, engine: EngineParams = LOCAL) -> None:
    """Writes `frames.parquet`, `shots.parquet`, `prints.parquet` and `source.json` of one source.

    Args:
        video: id of the source.
        source: a video file; or a folder, a zip or a dataset of pictures, see `sources.stills_of`.
        out: folder to write; it is replaced only when all went well.
        engine: what reads it, a node of a Ray cluster or this machine. A node writes into `out` itself, so that folder
            must be a shared one.

    Raises:
        InputError: the source is missing, neither video nor pictures, damaged, or too long.
    """
    with whole_folder(out) as folder:
        item = params, video, source, folder
        for _ in map_in_order(_nothing, _write, [item], engine=engine):
            check_shared(folder / SOURCE)


def _nothing() -> None:
    """What `_write` works with."""


def _write(_: None, item: tuple[FramesParams, str, Path, Path]) -> None:
    params, video, source, folder = item
    shots: list[Row] = []
    prints = Prints(video)
    stills = stills_of(source)
    with threadpool_limits(1, "blas"):  # on small matrices more threads only cost
        if stills is None:
            rows = _film_rows(params, video, source, shots, prints)
        else:
            passing = tqdm(stills, desc=f"frames {video}", unit="picture", disable=None)
            rows = still_rows(params, video, str(source), passing, shots, prints)
        write_rows(rows, FRAMES, folder / "frames.parquet")
        for shot, following in zip(shots, shots[1:]):
            shot["end_s"] = following["start_s"]
        write_table(shots, SHOTS, folder / "shots.parquet")
        write_table(prints.rows, PRINTS, folder / "prints.parquet")
        write_json(source_digest(source), folder / SOURCE)


def _film_rows(params: FramesParams, video: str, source: Path, shots: list[Row], prints: Prints) -> Iterator[Row]:
    """Rows of the frames of a video that are kept."""
    with open_video(source) as film:
        area = find_area(source) if params.crop_bars else None
        pictures = tqdm(
            read_pictures(film, params.allow_partial, params.deinterlace),
            desc=f"frames {video}",
            total=film.frames,
            unit="frame",
            disable=None,
        )
        render = partial(_render, film, area, params.tone_map)
        yield from _frame_rows(params, video, render, prints.watched(pictures), shots)


def _frame_rows(
    params: FramesParams, video: str, render: Render, pictures: Iterable[Picture], shots: list[Row]
) -> Iterator[Row]:
    """Rows of the frames that are kept; rows are put on `shots` as each take ends."""
    choose = _choice(params)
    for take in takes(pictures, params.cut_threshold, params.black_level, params.min_shot_s):
        kept: Counter[int] = Counter()
        for number, own in groupby(take.in_shots(map(render, choose(take))), key=itemgetter(0)):
            shown = (candidate for _, candidate in own)
            candidates = sharpest(shown, params.per_shot) if params.mode == "scene" else shown
            for candidate in distinct(candidates, params.max_distance):
                kept[number] += 1
                yield frame_row(video, number, candidate)
        last = take.last
        for shot, after in zip_longest(take.shots, take.shots[1:]):
            end = (after.start_frame, after.start_s) if after else (last.index + 1, last.time_s + last.duration_s)
            shots.append(shot_row(video, shot, *end, kept[shot.number]))


def _choice(params: FramesParams) -> Callable[[Iterable[Picture]], Iterator[Picture]]:
    """The pictures of a take that become candidates, by mode."""
    black = black_at(params.black_level)
    if params.mode in ("best_of_shot", "scene"):
        return lambda members: best_of_moments(members, params.fps, black)
    if params.mode == "mpdecimate":
        passes = decimated()  # one filter for the film, as ffmpeg has it
        return lambda members: chosen(members, passes, black)
    return lambda members: chosen(members, at_rate(params.fps) if params.mode == "fps" else is_key, black)


def _render(film: Video, area: Area | None, operator: ToneMap, picture: Picture) -> Candidate:
    check_number(picture.index, str(film.source))
    shown = shown_area(picture.frame, area)
    image = to_rgb(picture.frame, film.stream.sample_aspect_ratio, str(film.source), operator, shown)
    return candidate_of(image, picture.index, picture.time_s, picture.thumb)

"""`python -m dramatis.bench.speed [video …]`: stage `frames` against the ceilings of the same run, in CPU seconds.

Ratios of one run can be compared; absolute times depend on the machine and on what else it does.
"""

import resource
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from dramatis.bench.clips import media_place
from dramatis.core.errors import MissingError, one_line_errors
from dramatis.core.ffmpeg import ffmpeg_binary
from dramatis.core.images import Image, encode_jpeg
from dramatis.core.params import load_params
from dramatis.core.tables import write_rows
from dramatis.frames.best import best_of_moments
from dramatis.frames.luma import Thumb
from dramatis.frames.params import FramesParams
from dramatis.frames.picture import to_rgb
from dramatis.frames.prints import Prints
from dramatis.frames.rows import frame_row
from dramatis.frames.sampling import Candidate
from dramatis.frames.schema import FRAMES
from dramatis.frames.takes import Take, takes
from dramatis.frames.video import open_video, read_pictures

CLIPS = ("videos/signers_20shots.mp4", "videos/tears_of_steel_10s.mp4", "broken/derived/tos_hdr10.mp4")
"""Clips of DRAMATIS_MEDIA that are measured, beside the sample film."""
TIMES = 3
"""Repetitions; the median counts."""
PICTURES, WRITTEN_PX = 48, (1280, 720)


def figures(files: Sequence[Path] = ()) -> dict[str, float]:
    """The least ratios of all files: `decode_ratio`, `analysis_ratio` and `write_ratio`; 1 is as fast as the ceiling.

    decode_ratio is the time of `ffmpeg -f null` over that of decoding and finding shots; analysis_ratio, over that of
    all that is done to frames which are not kept (shots, hashes, sharpness); write_ratio, the time of a bare
    `cv2.imencode` loop over that of writing the frame table.
    """
    rows = list(measured(files or default_files()).values())
    return {key: min(row[key] for row in rows) for key in ("decode_ratio", "analysis_ratio", "write_ratio")}


def default_files() -> list[Path]:
    """The sample film and the clips of DRAMATIS_MEDIA, as far as they are there.

    Raises:
        MissingError: none of them is.
    """
    media = media_place()
    found = [file for file in (Path("data/film/sample/e01.mp4"), *(media / clip for clip in CLIPS)) if file.is_file()]
    if not found:
        raise MissingError("data/film/sample/e01.mp4", "there is no such file", "Run `dvc repro`, or name a video")
    return found


def measured(files: Sequence[Path]) -> dict[str, dict[str, float]]:
    """Ratios by file name, and the CPU seconds of the ceiling."""
    params = load_params("frames", FramesParams)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    found = {}
    for file in files:
        images = _images(file)
        with TemporaryDirectory() as folder:
            work: dict[str, Callable[[], None]] = {
                "ceiling": lambda: _ffmpeg(file),  # noqa: B023
                "decode": lambda: _shots(file, params),  # noqa: B023
                "analysis": lambda: _analysis(file, params),  # noqa: B023
                "imencode": lambda: _bare(images, Path(folder)),  # noqa: B023
                "write": lambda: _written(images, Path(folder)),  # noqa: B023
            }
            with threadpool_limits(1, "blas"):  # as the stage does
                times = [{name: cpu_seconds(task) for name, task in work.items()} for _ in range(TIMES)]
        middle = {name: float(np.median([row[name] for row in times])) for name in work}
        found[file.name] = {
            "decode_ratio": middle["ceiling"] / middle["decode"],
            "analysis_ratio": middle["ceiling"] / middle["analysis"],
            "write_ratio": middle["imencode"] / middle["write"],
            "seconds": middle["ceiling"],
        }
    cv2.setNumThreads(threads)
    return found


def cpu_seconds(task: Callable[[], None]) -> float:
    """CPU seconds of a task, with those of the processes that it waits for."""
    began = _spent()
    task()
    return _spent() - began


def _spent() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _ffmpeg(file: Path) -> None:
    command = [ffmpeg_binary(), "-v", "error", "-i", f"file:{file}", "-map", "0:v:0", "-f", "null", "-"]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def _takes(file: Path, params: FramesParams, prints: Prints | None) -> Iterator[Take]:
    with open_video(file) as film:
        pictures = read_pictures(film, True)
        seen = pictures if prints is None else prints.watched(pictures)
        yield from takes(seen, params.cut_threshold, params.black_level, params.min_shot_s)


def _shots(file: Path, params: FramesParams) -> None:
    for take in _takes(file, params, None):
        deque(take, maxlen=0)


def _analysis(file: Path, params: FramesParams) -> None:
    for take in _takes(file, params, Prints("v")):
        deque(best_of_moments(take, params.fps, take.black), maxlen=0)


def _images(file: Path) -> list[Image]:
    """Some pictures of a video, at a size that films have."""
    with open_video(file) as film:
        frames = islice(read_pictures(film, True), PICTURES)
        return [cv2.resize(to_rgb(picture.frame, None, str(file)), WRITTEN_PX) for picture in frames]


def _bare(images: Sequence[Image], folder: Path) -> None:
    for n, image in enumerate(images):
        data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
        (folder / f"{n:06d}.jpg").write_bytes(data)


def _written(images: Sequence[Image], folder: Path) -> None:
    thumb: Thumb = np.zeros((1, 1), np.float32)
    found = (
        Candidate(n, n / 4, 0, 0.0, image.shape[1], image.shape[0], thumb, encode_jpeg(image))
        for n, image in enumerate(images)
    )
    write_rows((frame_row("v", 0, one) for one in found), FRAMES, folder / "frames.parquet")


def main() -> None:
    """Prints the table."""
    keys = ("decode_ratio", "analysis_ratio", "write_ratio", "seconds")
    shown = Table("video", "decoding and shots", "all analysis", "writing", "ceiling, CPU s", box=None)
    for name, row in measured([Path(name) for name in sys.argv[1:]] or default_files()).items():
        shown.add_row(name, *(f"{row[key]:.2f}" for key in keys))
    Console().print(shown)


if __name__ == "__main__":
    with one_line_errors():
        main()

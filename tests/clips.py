"""Small clips and pictures for the tests of stage `frames`."""

import subprocess
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from dramatis.core.ffmpeg import ffmpeg_binary
from dramatis.frames.params import FramesParams
from dramatis.frames.video import Picture

PARAMS = FramesParams(
    mode="best_of_shot", fps=4, per_shot=2, max_distance=0, cut_threshold=0.25, black_level=0.05, min_shot_s=0.4,
    allow_partial=False, deinterlace="auto", tone_map="bt2390", crop_bars=True,
)  # fmt: skip


def scene(seed: int, height: int = 90, width: int = 160) -> NDArray[np.uint8]:
    """A picture of rectangles in the colours of a seed, as flat as a cartoon."""
    rng = np.random.default_rng(seed)
    image = np.full((height, width, 3), rng.integers(40, 220, 3), np.uint8)
    for _ in range(12):
        x, y = rng.integers(0, width), rng.integers(0, height)
        image[y : y + rng.integers(15, 40), x : x + rng.integers(15, 60)] = rng.integers(0, 255, 3)
    return image


def with_mark(image: NDArray[np.uint8], x: int) -> NDArray[np.uint8]:
    """The picture with a white figure at x [px]."""
    image = image.copy()
    image[30:80, x : x + 24] = 250
    return image


def write_clip(file: Path, images: Iterable[NDArray[np.uint8]], fps: int = 24) -> Path:
    """An H.264 clip of RGB pictures."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(file), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": "18", "preset": "veryfast"})
        stream.pix_fmt, stream.width, stream.height, stream.thread_count = "yuv420p", 160, 90, 1
        container.start_encoding()
        for n, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = n, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file


def film() -> tuple[list[NDArray[np.uint8]], list[int]]:
    """Pictures of a film on twos, and the first frames of its shots: moving, still, dark, faded in, moving."""
    moving = [with_mark(scene(1), 6 * (n // 2)) for n in range(24)]
    still = [scene(2)] * 24
    dark = [(with_mark(scene(3), 60 - 4 * (n // 2)) * 0.25).astype(np.uint8) for n in range(24)]
    faded = [(scene(4) * min(1, n / 8) * min(1, (23 - n) / 8)).astype(np.uint8) for n in range(24)]
    last = [with_mark(scene(5), 8 * (n // 2)) for n in range(12)]
    return [*moving, *still, *dark, *faded, *last], [0, 24, 48, 72, 96]


def pictures(thumbs: Iterable[NDArray], fps: float = 24, keys: tuple[int, ...] = ()) -> list[Picture]:
    """Decoded pictures with these thumbnails; there is no frame behind them."""
    return [
        Picture(n, n / fps, 1 / fps, n in keys, np.asarray(thumb, np.float32), None) for n, thumb in enumerate(thumbs)
    ]


def flat(size: tuple[int, int], layout: str, coded: Sequence[int]) -> av.VideoFrame:
    """A frame of one colour, given in the numbers of its planes; those left over are not used."""
    frame = av.VideoFrame(*size, layout)
    for plane, component, value in zip(frame.planes, frame.format.components, coded):
        kind = np.dtype(np.uint8 if component.bits == 8 else np.uint16)
        plane.update(np.full(plane.buffer_size // kind.itemsize, value, kind).tobytes())
    return frame


def ffmpeg(*arguments: object, pictures: NDArray[np.uint8] | None = None) -> None:
    """Runs the ffmpeg program; RGB pictures of shape (N, H, W, 3) become its input `-i -`."""
    raw = []
    if pictures is not None:
        raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "{2}x{1}".format(*pictures.shape), "-r", "24"]
    command = [ffmpeg_binary(), "-v", "error", "-y", *raw, *map(str, arguments)]
    data = None if pictures is None else np.ascontiguousarray(pictures).tobytes()
    subprocess.run(command, input=data or b"", check=True, capture_output=True)

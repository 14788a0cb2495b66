"""`python -m dramatis.bench.best_of_shot [film folder]`: how sharp the sharpest kept picture of each face is, by mode.

Every face of a film is blurred by an amount of its own that comes and goes, as it does when people move; then the
pictures that a mode keeps are compared with the sharpest that the shot had of that face.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from dramatis.core import seeds
from dramatis.core.params import load_params
from dramatis.core.tables import box_of, read_rows
from dramatis.film.story import EPISODES
from dramatis.frames.best import best_of_moments
from dramatis.frames.params import FramesParams
from dramatis.frames.picture import rgb_of
from dramatis.frames.sampling import at_rate, black_at, chosen
from dramatis.frames.shots import label_shots
from dramatis.frames.video import Picture, open_video, read_pictures

Blurs = dict[tuple[int, str], dict[int, float]]
"""Blur of a face over its width, by shot and person, then by frame."""
Choice = Callable[[Iterable[Picture]], Iterator[Picture]]
MOST = 0.10
"""Largest blur: sigma over the width of the face."""
SHARP = 0.02
"""Blur over the width of the face that nobody minds."""
RARE_S, SHORT_S = 1.0, 0.12
"""Mean time between the moments at which a face is sharp, and how long they last [s]."""


def blurs(seed: int, key: str, frames: int, fps: float) -> NDArray[np.float64]:
    """Blur of one face in each frame of its shot, over its width [0..MOST]: sharp at a few short moments."""
    rng = seeds.rng(seed, "best_of_shot", key)
    time = np.arange(frames) / fps
    moments = rng.uniform(0, time[-1], max(1, round(time[-1] / RARE_S)))
    away = np.abs(time[:, None] - moments).min(axis=1)
    return MOST * rng.uniform(0.4, 1) * np.clip((away - SHORT_S / 2) / 0.15, 0, 1)


def blurred_film(folder: Path, video: str, seed: int, out: Path) -> Blurs:
    """Writes an episode with blurred faces; the blur of each."""
    rows = read_rows(folder / "truth" / "figures.parquet", "film")
    people = defaultdict(list)
    for row in rows:
        if row["video"] == video and row["face"] is not None and row["occlusion"] < 0.5:
            people[row["shot"], row["character"]].append(row)
    here, found = defaultdict(list), {}
    with av.open(str(folder / f"{video}.mp4")) as source, av.open(str(out), "w") as target:
        stream = source.streams.video[0]
        rate = stream.average_rate or Fraction(24)
        for (shot, name), seen in people.items():
            amounts = blurs(seed, f"{video}-{shot}-{name}", len(seen), float(rate))
            found[shot, name] = {row["frame"]: float(b) for row, b in zip(seen, amounts)}
            for row, amount in zip(seen, amounts):
                here[row["frame"]].append((box_of(row["face"]), amount))
        to = target.add_stream("libx264", rate=rate, options={"crf": "20"})
        to.width, to.height, to.pix_fmt, to.thread_count = stream.width, stream.height, "yuv420p", 1
        for number, frame in enumerate(source.decode(stream)):
            image = rgb_of(frame)
            for box, amount in here[number]:
                image = with_blur(image, box, amount)
            drawn = av.VideoFrame.from_ndarray(image, format="rgb24")
            drawn.pts, drawn.time_base = number, 1 / rate
            target.mux(to.encode(drawn))
        target.mux(to.encode())
    return found


def with_blur(image: NDArray[np.uint8], box: list[int], amount: float) -> NDArray[np.uint8]:
    """The picture with one face out of focus, softly at its border."""
    x0, y0, x1, y1 = box
    sigma = amount * (x1 - x0)
    if sigma < 0.2:
        return image
    weight = np.zeros(image.shape[:2], np.float32)
    middle, half = ((x0 + x1) // 2, (y0 + y1) // 2), (int((x1 - x0) * 0.7), int((y1 - y0) * 0.7))
    cv2.ellipse(weight, middle, half, 0, 0, 360, 1.0, -1)
    weight = cv2.GaussianBlur(weight, (0, 0), 0.1 * (x1 - x0))[..., None]
    soft = cv2.GaussianBlur(image, (0, 0), sigma)
    return (image * (1 - weight) + soft * weight + 0.5).astype(np.uint8)


def kept_by(choice: Choice, file: Path, params: FramesParams) -> list[int]:
    """Numbers of the frames that a mode takes from a video."""
    with open_video(file) as film:
        labelled = label_shots(read_pictures(film, False), params.cut_threshold, params.black_level, params.min_shot_s)
        shots = groupby(labelled, key=itemgetter(0))
        return [picture.index for _, pairs in shots for picture in choice(p for _, p in pairs)]


def scored(blur: Blurs, kept: list[int]) -> dict[str, float]:
    """`frames` kept, `excess` blur of each face's sharpest kept picture over the sharpest there was, `sharp` faces."""
    kept_frames = set(kept)
    rows = []
    for seen in blur.values():
        ours = [amount for frame, amount in seen.items() if frame in kept_frames]
        rows.append((min(seen.values()), min(ours, default=MOST), np.mean(ours) if ours else MOST))
    least, ours, mean = np.array(rows).T
    able = least <= SHARP
    return {
        "frames": len(kept),
        "excess": float((ours - least).mean()),
        "sharp": float((ours[able] <= SHARP).mean()),
        "mean": float(mean.mean()),
    }


def measured(folder: Path, params: FramesParams, seed: int = 7) -> dict[str, dict[str, float]]:
    """Figures by mode over both episodes of a film; `fps, denser` has as many frames as best_of_shot."""
    black = black_at(params.black_level)
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    with TemporaryDirectory() as scratch:
        for video in EPISODES:
            file = Path(scratch) / f"{video}.mp4"
            blur = blurred_film(folder, video, seed, file)
            best = kept_by(lambda shot: best_of_moments(shot, params.fps, black), file, params)
            plain = kept_by(lambda shot: chosen(shot, at_rate(params.fps), black), file, params)
            rate = params.fps * len(best) / len(plain)
            denser = kept_by(lambda shot: chosen(shot, at_rate(rate), black), file, params)  # noqa: B023
            for name, kept in (("fps", plain), ("fps, denser", denser), ("best_of_shot", best)):
                found[name].append(scored(blur, kept))
    return {name: {key: float(np.mean([row[key] for row in rows])) for key in rows[0]} for name, rows in found.items()}


def main() -> None:
    """Prints the table."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("data/film/sample")
    shown = Table("mode", "frames", "excess blur", "faces with a sharp one", "mean blur", box=None, header_style="dim")
    for name, row in measured(folder, load_params("frames", FramesParams)).items():
        cells = [f"{row['excess']:.4f}", f"{row['sharp']:.3f}", f"{row['mean']:.4f}"]
        shown.add_row(name, f"{row['frames']:.0f}", *cells)
    Console().print(shown)


if __name__ == "__main__":
    main()

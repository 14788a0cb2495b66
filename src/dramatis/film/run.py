"""Renders the sample film, its truth and its reference pictures."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import ffmpeg
import numpy as np
from tqdm import tqdm

from dramatis.core import seeds
from dramatis.core.errors import InputError
from dramatis.core.ffmpeg import ffmpeg_binary
from dramatis.core.images import Image, encode_png
from dramatis.core.pipes import opened
from dramatis.core.tables import whole_folder, write_table
from dramatis.film.brush import canvas, develop, pixel_brush
from dramatis.film.figure import paint_figure
from dramatis.film.head import Pose
from dramatis.film.params import FilmParams
from dramatis.film.render import Drawing, draw_shot
from dramatis.film.schema import DRAWINGS, FIGURES, LOOKS, SHOTS
from dramatis.film.story import CAST, EPISODES, draw_cast, write_story

TABLES = {"shots": SHOTS, "figures": FIGURES, "drawings": DRAWINGS, "looks": LOOKS}
"""Of the truth."""
REFERENCE_PX = 320
REFERENCE_POSES = (Pose(), Pose(yaw=0.4, mouth="flat"), Pose(yaw=-0.4, mouth="open"), Pose(yaw=0.15, roll=8))


def run(params: FilmParams, title: str, out: Path) -> None:
    """Writes `<episode>.mp4` of both episodes, `truth/` and `references/<name>/` into the folder `out`."""
    if title not in params.titles:
        raise InputError(f"film {title}", f"not among film.titles {params.titles}", "Name it there, or run without it")
    truth: dict[str, list[dict[str, Any]]] = {"shots": [], "figures": [], "drawings": [], "looks": []}
    with whole_folder(out) as folder:
        for episode in EPISODES:
            _encode(_episode(params, episode, truth), params, folder / f"{episode}.mp4")
        truth["looks"] = [{"character": name, **asdict(look)} for name, look in draw_cast(params.seed).items()]
        for name, schema in TABLES.items():
            write_table(truth[name], schema, folder / "truth" / f"{name}.parquet")
        for name in CAST:
            _write_references(params.seed, name, folder / "references" / name)


def _episode(params: FilmParams, episode: str, truth: dict[str, list[dict[str, Any]]]) -> Iterator[Drawing]:
    """The drawings of an episode, in order; rows of truth are added on the way."""
    frame = drawing = 0
    shots = write_story(params.seed, episode, round(params.episode_s * params.fps), params.width_px / params.height_px)
    for number, shot in enumerate(tqdm(shots, desc=f"film {episode}", unit="shot")):
        shot_id = f"{episode}-{number:04d}"
        truth["shots"].append(
            {
                "shot_id": shot_id,
                "video": episode,
                "shot": number,
                "start_frame": frame,
                "end_frame": frame + shot.frames,
                "kind": shot.kind,
                "place": shot.place,
            }
        )
        for drawn in draw_shot(shot, params.width_px, params.height_px, params.seed, shot_id):
            for _ in range(drawn.frames):
                here = {"video": episode, "frame": frame}
                truth["drawings"].append({"drawing_id": f"{episode}-{frame:06d}", **here, "drawing": drawing})
                truth["figures"] += [
                    {"figure_id": f"{episode}-{frame:06d}-{n:02d}", **here, "shot": number, **row}
                    for n, row in enumerate(drawn.figures)
                ]
                frame += 1
            drawing += 1
            yield drawn


def _encode(drawings: Iterator[Drawing], params: FilmParams, file: Path) -> None:
    """Writes H.264 in BT.709; one thread and no metadata, so that equal frames give equal bytes."""
    size = f"{params.width_px}x{params.height_px}"
    colours = {"colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709", "color_range": "tv"}
    command = (
        ffmpeg.input("pipe:", format="rawvideo", pix_fmt="rgb24", s=size, r=params.fps)
        .filter("scale", out_color_matrix="bt709", out_range="tv")
        .output(
            str(file),
            vcodec="libx264",
            pix_fmt="yuv420p",
            crf=17,
            preset="veryfast",
            threads=1,
            g=params.fps * 2,
            map_metadata=-1,
            fflags="+bitexact",
            **{"flags:v": "+bitexact"},
            **colours,
        )
        .compile(cmd=ffmpeg_binary(), overwrite_output=True)
    )
    with subprocess.Popen([*command, "-loglevel", "error"], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        with suppress(BrokenPipeError):  # it has ended early, and says below why
            for drawn in drawings:
                opened(process.stdin).write(drawn.image.tobytes() * drawn.frames)
            opened(process.stdin).close()
        said = opened(process.stderr).read().decode().strip().splitlines() or ["it said nothing"]
    if process.returncode:
        raise InputError(file.name, f"ffmpeg failed: {said[-1]}", "Check free disk space and `ffmpeg -version`")


def _write_references(seed: int, name: str, folder: Path) -> None:
    """Model sheets as a fan would collect them: half bodies from four sides on plain paper."""
    folder.mkdir(parents=True)
    for number, pose in enumerate(REFERENCE_POSES):
        (folder / f"{number:02d}.png").write_bytes(encode_png(draw_reference(seed, name, pose)))


def draw_reference(seed: int, name: str, pose: Pose) -> Image:
    """Somebody of the cast in the film of a seed, half body on plain paper, RGB."""
    on = canvas(REFERENCE_PX, REFERENCE_PX)
    on[:] = seeds.rng(seed, "film", "paper", name).integers(190, 245, 3).astype(np.uint8)
    brush = pixel_brush(on).moved(REFERENCE_PX / 2, REFERENCE_PX * 0.45, REFERENCE_PX * 0.15)
    paint_figure(brush, draw_cast(seed)[name], pose)
    return develop(on)

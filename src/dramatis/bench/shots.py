"""`make benchmark-shots`: transitions found by ours, PySceneDetect and ffmpeg, on labelled clips and on made ones."""

import re
import subprocess
from collections import Counter, deque
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from dramatis.bench.clips import media_folder, read_labels
from dramatis.bench.shot_clips import FPS, Transition, pans_of, takes_of, write_clip
from dramatis.core import seeds
from dramatis.core.errors import MissingError, one_line_errors
from dramatis.core.ffmpeg import ffmpeg_binary
from dramatis.core.params import load_params
from dramatis.core.tables import read_rows, write_json
from dramatis.film.story import EPISODES
from dramatis.frames.params import FramesParams
from dramatis.frames.takes import takes
from dramatis.frames.video import open_video, read_pictures

OUT = Path("metrics/bench/shots.json")
SLACK = 2.5
"""Frames that a transition may be found before or after it."""
SEEDS = (4, 5)
"""Of the made clips; limits were chosen on clips of seeds 0 and 1."""
BY_EYE = {
    "tears_of_steel_10s": (21, 65, 185),
    "sintel_10s": (58, 76, 96, 118, 140, 176, 209),
    "caminandes_10s": (),
}
"""First frames of the shots of clips that have no table, frame by frame."""
KINDS = ("cut", "fade", "dissolve")
PSD = ("ContentDetector", "AdaptiveDetector", "ThresholdDetector", "HashDetector", "HistogramDetector")


class Clip(NamedTuple):
    """A clip, its frames a second, and its transitions."""

    group: str
    file: Path
    fps: float
    truth: list[Transition]


def ours(file: Path, params: FramesParams) -> list[tuple[float, str]]:
    """Time and kind of each transition that stage `frames` finds."""
    found: list[tuple[float, str]] = []
    with open_video(file) as film:
        pictures = read_pictures(film, True)
        for take in takes(pictures, params.cut_threshold, params.black_level, params.min_shot_s):
            deque(take, maxlen=0)  # the pictures pass
            deque(take.in_shots([]), maxlen=0)  # and the dissolves divide the take
            found += [(shot.start_s, shot.transition) for shot in take.shots if shot.transition != "start"]
    return found


def scenedetect(file: Path, detector: str) -> list[tuple[float, str]]:
    """The same of a detector of PySceneDetect, with its defaults."""
    package = import_module("scenedetect")
    scenes = package.detect(str(file), getattr(package, detector)())
    return [(start.seconds, "") for start, _ in scenes[1:]]


def scdet(file: Path) -> list[tuple[float, str]]:
    """The same of ffmpeg's filter scdet, with its default threshold."""
    command = [ffmpeg_binary(), "-v", "info", "-i", f"file:{file}", "-vf", "scdet", "-f", "null", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    return [(float(time), "") for time in re.findall(r"lavfi.scd.time: ([\d.]+)", said)]


def methods(params: FramesParams) -> dict[str, Callable[[Path], list[tuple[float, str]]]]:
    """All methods by name."""

    def of(detector: str) -> Callable[[Path], list[tuple[float, str]]]:
        return lambda file: scenedetect(file, detector)

    theirs = {f"PySceneDetect {name.removesuffix('Detector')}": of(name) for name in PSD}
    return {"ours": lambda file: ours(file, params), **theirs, "ffmpeg scdet": scdet}


def matched(clip: Clip, found: list[tuple[float, str]]) -> Counter[str]:
    """Counts of one clip: transitions by kind, those found, false ones, and those whose kind is right."""
    counts: Counter[str] = Counter({"found": len(found)})
    free = dict(enumerate(found))
    for kind, before, after in clip.truth:
        counts[f"true {kind}"] += 1
        low, high = (before - SLACK) / clip.fps, (after + SLACK) / clip.fps
        hits = [n for n, (time_s, _) in free.items() if low <= time_s <= high]
        if hits:
            best = next((n for n in hits if free[n][1] == kind), hits[0])
            counts[f"hit {kind}"] += 1
            counts["right kind"] += free.pop(best)[1] == kind
    counts["false"] = len(free)
    return counts


def scores(counts: Counter[str]) -> dict[str, float]:
    """Recall by kind, and of all: recall, precision, F1."""
    true, hit = (sum(counts[f"{what} {kind}"] for kind in KINDS) for what in ("true", "hit"))
    recall, precision = hit / max(true, 1), hit / max(counts["found"], 1) if counts["found"] else float(not true)
    by_kind = {
        f"{kind}_recall": counts[f"hit {kind}"] / counts[f"true {kind}"] for kind in KINDS if counts[f"true {kind}"]
    }
    f1 = 2 * recall * precision / (recall + precision) if recall + precision else 0.0
    right = {"kind": counts["right kind"] / max(hit, 1)} if counts["right kind"] else {}
    return {"true": true, "recall": recall, "precision": precision, "f1": f1, **by_kind, **right}


def clips(media: Path, data: Path, scratch: Path) -> Iterator[Clip]:
    """The labelled clips, the film's episodes if they are there, and made ones."""
    for name, table in (
        ("videos/signers_20shots.mp4", "videos/signers_shots.csv"),
        ("anime/anime_cast.mp4", "anime/anime_shots.csv"),
    ):
        with open_video(media / name) as film:
            fps = float(film.stream.average_rate or 24)
        yield Clip("labelled", media / name, fps, [_cut(start * fps) for start, _ in _spans(media / table)[1:]])
    for name, starts in BY_EYE.items():
        yield Clip("labelled", media / f"videos/{name}.mp4", 24.0, [_cut(start) for start in starts])
    truth = data / "film/sample/truth/shots.parquet"
    for video in EPISODES if truth.is_file() else ():
        rows = [row for row in read_rows(truth, "film@sample") if row["video"] == video]
        cuts = [_cut(row["start_frame"]) for row in rows if row["start_frame"]]
        yield Clip("sample film", data / f"film/sample/{video}.mp4", 24.0, cuts)
    for group, clean in _takes(media).items():
        for seed in SEEDS:
            file = scratch / f"{group}-{seed}.mp4"
            order = seeds.rng(seed, "order", group).permutation(len(clean))
            yield Clip(f"made of {group}", file, FPS, write_clip([clean[n] for n in order], seed, group, file))


def _cut(start: float) -> Transition:
    return Transition("cut", round(start) - 1, round(start))


def _spans(table: Path) -> list[tuple[float, float]]:
    return [(float(row["start_s"]), float(row["end_s"])) for row in read_labels(table)]


def _takes(media: Path) -> dict[str, list[Any]]:
    """Takes of the labelled clips by group."""
    films = []
    for name, starts in BY_EYE.items():
        edges = [0, *starts, 240]
        if name.startswith("tears"):
            edges = edges[:-1]  # its last shot changes by an effect
        films += takes_of(media / f"videos/{name}.mp4", [(a / 24, b / 24) for a, b in zip(edges, edges[1:])])
    return {
        "signers": takes_of(media / "videos/signers_20shots.mp4", _spans(media / "videos/signers_shots.csv")),
        "anime": takes_of(media / "anime/anime_cast.mp4", _spans(media / "anime/anime_shots.csv")),
        "films and pans": films + list(pans_of(media / "anime/backgrounds", 1)),
    }


def measured(media: Path, data: Path, params: FramesParams) -> dict[str, dict[str, dict[str, float]]]:
    """Scores by method and group, and of all together."""
    counts: dict[str, dict[str, Counter[str]]] = {}
    with TemporaryDirectory() as scratch:
        for clip in clips(media, data, Path(scratch)):
            for name, method in methods(params).items():
                groups = counts.setdefault(name, {})
                here = matched(clip, method(clip.file))
                for group in (clip.group, "all"):
                    groups.setdefault(group, Counter()).update(here)
    return {name: {group: scores(found) for group, found in groups.items()} for name, groups in counts.items()}


def table(found: dict[str, dict[str, dict[str, float]]]) -> Table:
    """A row for each method and group."""
    shown = Table("method", "clips", "true", "recall", "precision", "F1", *KINDS, "kind", box=None, header_style="dim")
    for name, groups in found.items():
        for group, row in groups.items():
            keys = ("recall", "precision", "f1", *(f"{kind}_recall" for kind in KINDS), "kind")
            shown.add_row(name, group, f"{row['true']:.0f}", *(f"{row[key]:.3f}" if key in row else "" for key in keys))
    return shown


def main() -> None:
    """Runs all methods on all clips, prints the table and writes the figures."""
    media = media_folder()
    if not find_spec("scenedetect"):
        raise MissingError("scenedetect", "it is not installed", "Run `make benchmark-shots`, which installs it")
    found = measured(media, Path("data"), load_params("frames", FramesParams))
    Console(width=130).print(table(found))
    write_json(found, OUT)


if __name__ == "__main__":
    with one_line_errors():
        main()

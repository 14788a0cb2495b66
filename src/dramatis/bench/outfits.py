"""`python -m dramatis.bench.outfits <project>…`: ways to tell outfits apart, on films whose truth is known.

Each project is a folder in which the pipeline ran as far as stage `measure`. All pairs of shots of one character are
compared: `AUC` says how well a difference tells two outfits from one, once on the film as it is and once with every
shot in tinted light (`LIGHTS`); `ARI` is that of outfits by average linkage at the best limit for each way, the mean
over all characters of all films. docs/outfits.md holds the table.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.metrics import adjusted_rand_score, roc_auc_score

from dramatis.bench.clips import FILM
from dramatis.bench.outfit_ways import WAYS, Seen, Tools
from dramatis.core.errors import InputError, one_line_errors
from dramatis.core.images import decode
from dramatis.core.params import load_params
from dramatis.core.seeds import rng
from dramatis.core.tables import box_of, iter_rows, read_rows
from dramatis.film.story import EPISODES
from dramatis.measure.match import dressed, match
from dramatis.measure.params import MeasureParams
from dramatis.outfit.groups import outfits

FIGURES = 3
"""Figures of a shot that are looked at, spread evenly over it."""
LIGHTS = ((1, 1, 1), (0.5, 0.6, 0.95), (1, 0.82, 0.55), (0.75, 0.9, 0.7))
"""Day, night, candles, and neon: factors of red, green and blue."""
Differences = NDArray[np.float64]


class Wardrobe(NamedTuple):
    """The shots of one character in one film.

    Attributes:
        shots: figures of each shot.
        true: outfit of each shot.
    """

    shots: list[list[Seen]]
    true: list[str]


def wardrobes(top: Path, tinted: bool) -> Iterator[Wardrobe]:
    """The rightly named characters of one film; a film that is tinted has another light in each shot."""
    data = top / "data"
    truth = data / "film" / FILM / "truth"
    people = read_rows(truth / "figures.parquet", f"film@{FILM}")
    found: dict[str, dict[tuple[str, int], list[tuple[Seen, str]]]] = defaultdict(lambda: defaultdict(list))
    for video in EPISODES:
        boxes: dict[str, dict[str, dict[str, list[int]]]] = defaultdict(lambda: defaultdict(dict))
        faces = []
        for row in read_rows(data / "detections" / video / "detections.parquet", f"detect@{video}"):
            boxes[row["frame_id"]][row["figure_id"]][row["kind"]] = box_of(row["box"])
            faces += [row] if row["kind"] == "face" else []
        table = data / "frames" / video / "frames.parquet"
        frames = read_rows(table, f"frames@{video}", ["frame_id", "video", "index"])
        places = {row["frame_id"]: (row["video"], row["index"]) for row in frames}
        matched = match(faces, people, places, load_params("measure", MeasureParams))
        worn = dressed(matched.shown, faces, people, places)
        named = {row["figure_id"]: row["character"] for row in read_rows(data / "cast" / f"{video}.parquet", "cast")}
        here: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for face in faces:
            if named.get(face["figure_id"]) == worn.get(face["figure_id"], ("",))[0]:
                here[face["frame_id"]].append(face)
        for frame in iter_rows(table, f"frames@{video}", ["frame_id", "image"]):
            for face in here[frame["frame_id"]]:
                name, outfit = worn[face["figure_id"]]
                light = LIGHTS[rng(0, top.name, video, face["shot"]).integers(len(LIGHTS))] if tinted else LIGHTS[0]
                image = np.clip(decode(frame["image"]) * np.array(light), 0, 255).astype(np.uint8)
                figures = boxes[frame["frame_id"]]
                others = [other for key, other in figures.items() if key != face["figure_id"]]
                found[name][video, face["shot"]].append((Seen(image, figures[face["figure_id"]], others), outfit))
    for shots in found.values():
        chosen = [own[:: -(-len(own) // FIGURES)] for own in shots.values()]
        yield Wardrobe([[seen for seen, _ in own] for own in chosen], [own[0][1] for own in chosen])


def auc(found: Sequence[tuple[Differences, list[str]]]) -> float:
    """How well differences tell pairs of shots in two outfits from pairs in one [0..1], over all characters."""
    other, far = [], []
    for apart, true in found:
        for a, b in zip(*np.triu_indices(len(true), 1), strict=True):
            other.append(true[a] != true[b])
            far.append(apart[a, b])
    return float(roc_auc_score(other, far))


def best_ari(found: Sequence[tuple[Differences, list[str]]]) -> tuple[float, float]:
    """The best mean adjusted Rand index over all characters, and the limit at which it is reached."""

    def at(limit: float) -> float:
        labels = (outfits(apart, limit, np.inf, 1) for apart, _ in found)
        return float(np.mean([adjusted_rand_score(true, own) for own, (_, true) in zip(labels, found, strict=True)]))

    limits = np.quantile(np.concatenate([apart[apart > 0] for apart, _ in found]), np.linspace(0, 1, 101))
    return max((at(limit), limit) for limit in limits)


def compared(tops: Sequence[Path], tools: Tools) -> dict[str, dict[str, float]]:
    """Figures of each way."""
    rows: dict[str, dict[str, float]] = {name: {} for name in WAYS}
    for kind, tinted in (("", False), ("tinted_", True)):
        held = [each for top in tops for each in wardrobes(top, tinted)]
        for name, way in WAYS.items():
            found = [(way(each.shots, tools), each.true) for each in held]
            ari, limit = best_ari(found)
            rows[name] |= {f"{kind}auc": auc(found), f"{kind}ari": ari, f"{kind}limit": limit}
    return rows


def figures(tops: Sequence[Path]) -> dict[str, float]:
    """The figures that have a bar, out of `metrics/outfit.json` of each project: least ARI, and all false outfits."""
    held = [json.loads((top / "metrics" / "outfit.json").read_text()) for top in tops]
    least = [min(value for value in (row["ari"], row["changers_ari"]) if value is not None) for row in held]
    return {"outfit_ari": min(least), "outfits_false": sum(row["false"] for row in held)}


def table(rows: dict[str, dict[str, float]]) -> Table:
    """A row for each way."""
    shown = Table("way", "AUC", "ARI", "tinted AUC", "tinted ARI", box=None, header_style="dim")
    for name, row in rows.items():
        shown.add_row(name, *(f"{row[key]:.4f}" for key in ("auc", "ari", "tinted_auc", "tinted_ari")))
    return shown


def main() -> None:
    """Compares the ways on the films of the projects that the arguments name, and prints the table."""
    tops = [Path(name) for name in sys.argv[1:]]
    if not tops:
        raise InputError("arguments", "no project is named", "Name folders in which the pipeline has run")
    Console().print(table(compared(tops, Tools.of_project())))


if __name__ == "__main__":
    with one_line_errors():
        main()

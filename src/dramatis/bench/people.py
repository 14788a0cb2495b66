"""Who is who on labelled clips and on films that nothing was tuned on."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from dramatis.bench import naming, outfits
from dramatis.bench.clips import Judged, run_film
from dramatis.bench.labelled import SIGNERS, anime, photographed, signers

FILMS = (707, 808, 909, 1001, 1101)
"""Values of `film.seed` that no value was chosen on."""
WORST = {
    "film_ari": ("cluster", "ari", min),
    "film_strangers_merged": ("cluster", "strangers_merged", max),
    "film_naming_precision": ("cast", "naming_precision", min),
    "film_naming_recall": ("cast", "naming_recall", min),
    "idf1": ("detect", "idf1", min),
    "track_pairs": ("detect", "track_pairs", min),
}
"""File under `metrics/`, figure in it, and which of all films counts."""
CLIPS = {SIGNERS: signers, "cc_by_faces": photographed, "anime": anime}
log = logging.getLogger("people")


def run_films(scratch: Path) -> dict[int, Path]:
    """A finished project of every film."""
    tops = {seed: scratch / f"film-{seed}" for seed in FILMS}
    for seed, top in tops.items():
        log.info("film.seed %d", seed)
        run_film(top, seed)
    return tops


def run_clips(media: Path, scratch: Path) -> dict[str, Judged]:
    """Every labelled clip, judged."""
    judged = {}
    for name, run in CLIPS.items():
        log.info("clip %s", name)
        (scratch / name).mkdir()
        judged[name] = run(media, scratch / name)
    return judged


def figures(films: Mapping[int, Path], clips: Mapping[str, Judged], media: Path) -> dict[str, float]:
    """The worst of all films, and the figures of every clip; draws the plot of names by references."""
    found: dict[str, float] = {}
    for name, (stage, key, worst) in WORST.items():
        found[name] = worst(_metrics(top, stage)[key] for top in films.values())
    for name, judged in clips.items():
        found[f"{name}_ari"] = judged.ari()
        if judged.shown_before:
            found[f"{name}_naming_precision"], found[f"{name}_naming_recall"] = judged.naming()
    named = naming.measured(films, clips[SIGNERS], media)
    naming.draw(named)
    return found | outfits.figures(list(films.values())) | naming.summary(named)


def of_films(films: Mapping[int, Path]) -> dict[str, dict[str, float]]:
    """All figures of each film, for the table: by seed."""
    stages = ("frames", "detect", "quality", "cluster", "cast", "outfit")
    return {
        str(seed): {
            f"{stage}.{key}": value
            for stage in stages
            for key, value in _metrics(top, stage).items()
            if isinstance(value, int | float)
        }
        for seed, top in films.items()
    }


def _metrics(top: Path, stage: str) -> dict[str, float]:
    return json.loads((top / "metrics" / f"{stage}.json").read_text())

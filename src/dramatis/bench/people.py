"""Who is who on labelled clips and on films that nothing was tuned on."""

import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from dramatis.bench.labelled import anime, photographed, signers
from dramatis.bench.seeds import run_copy

FILMS = (101, 202, 303, 404, 505)
"""Values of `film.seed` that no value was chosen on."""
MEASURED = ("detect", "cluster", "cast")
"""Files under `metrics/` whose figures count here."""
log = logging.getLogger("people")


def film_figures(of_films: dict[int, dict[str, float]]) -> dict[str, float]:
    """The worst over all films.

    Args:
        of_films: figures by seed, named `<stage>.<figure>`.
    """

    def least(name: str) -> float:
        return min(figures[name] for figures in of_films.values())

    return {
        "film_ari": least("cluster.ari"),
        "film_strangers_merged": max(figures["cluster.strangers_merged"] for figures in of_films.values()),
        "film_naming_precision": least("cast.naming_precision"),
        "film_naming_recall": least("cast.naming_recall"),
    }


def clip_figures(media: Path) -> dict[str, float]:
    """Adjusted Rand index of every clip, precision and recall of names where there are references."""
    found: dict[str, float] = {}
    for name, prepare in {"signers": signers, "cc_by_faces": photographed, "anime": anime}.items():
        log.info("clip %s", name)
        with TemporaryDirectory() as folder:
            judged = prepare(media, Path(folder))
        found[f"{name}_ari"] = judged.ari()
        if judged.shown_before:
            precision, recall = judged.naming()
            found |= {f"{name}_naming_precision": precision, f"{name}_naming_recall": recall}
    return found


def films() -> dict[int, dict[str, float]]:
    """All figures of every film: the pipeline up to stage `measure`, in throw-away copies."""
    found = {}
    for seed in FILMS:
        log.info("film.seed %d", seed)
        found[seed] = run_copy(seed, "measure@sample")
    return found

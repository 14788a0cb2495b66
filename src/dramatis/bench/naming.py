"""How well references name a cast: with 1, 3 and 10 of them for each name, and with none for half of the cast.

The references are never faces of what is judged. Of a film they are pictures that its own code draws on plain paper, in
poses of which the film knows nothing. Of the clip they are faces of one shot of each person, and the faces of all these
shots are left out of the figures. `make benchmark-identity` runs all of it and draws docs/naming.png.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from dramatis.bench.clips import STRANGER, TOP, Judged
from dramatis.bench.labelled import SIGNERS
from dramatis.bench.naming_scenes import (
    Scene,
    Vectors,
    film_references,
    film_scene,
    signers_scene,
)
from dramatis.cast import naming
from dramatis.cast.params import CastParams
from dramatis.core import seeds
from dramatis.core.params import PARAMS, load_params
from dramatis.film.story import CAST

COUNTS = (1, 3, 10)
"""References of each name."""
ASKED = 3
"""References of the figures that have a bar."""
DRAWS, TURNS = 6, 3
"""Draws from the pictures of a film; shots of the clip that the references come from, one after the other."""
PLOT = TOP / "docs/naming.png"


class Trial(NamedTuple):
    """References by name, and the faces that count."""

    references: dict[str, list[Vectors]]
    judged: NDArray[np.bool_]


class Tally(NamedTuple):
    """Faces that got a name, got the right one, and should have got one."""

    named: int
    right: int
    asked: int

    @property
    def precision(self) -> float:
        """Share of the named faces that have the right name [0..1]; 1 if none is named."""
        return self.right / self.named if self.named else 1.0

    @property
    def recall(self) -> float:
        """Share of the faces of people with references that have the right name [0..1]."""
        return self.right / max(self.asked, 1)


def total(tallies: Iterable[Tally]) -> Tally:
    """The faces of several trials together."""
    return Tally(*map(sum, zip(*tallies, strict=True)))


def tried(scene: Scene, trial: Trial, params: CastParams) -> Tally:
    """Names the scene by the references and counts."""
    names = [name for name, own in trial.references.items() for _ in own]
    vectors = np.array([vector for own in trial.references.values() for vector in own], np.float32)
    alike = naming.likeness(scene.vectors, vectors, names)
    parts = [f"{track} {cluster}" for track, cluster in zip(scene.tracks, scene.clusters, strict=True)]
    limits = (limit * scene.threshold for limit in (params.floor, params.again, params.margin))
    name_of = naming.name_parts(alike, parts, scene.clusters, scene.frames, *limits)
    judged = [(name_of.get(parts[n]), scene.who[n]) for n in np.flatnonzero(trial.judged)]
    return Tally(
        named=sum(name is not None for name, _ in judged),
        right=sum(name is not None and name == who for name, who in judged),
        asked=sum(who in trial.references for _, who in judged),
    )


def halves(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Every choice of half of the names; of an odd number, one fewer and one more than half."""
    return [choice for size in {len(names) // 2, -(-len(names) // 2)} for choice in combinations(names, size)]


def film_trials(scene: Scene, pool: Mapping[str, list[Vectors]], count: int, half: bool) -> list[Trial]:
    """Draws of `count` references of each name, or of half of the names."""
    judged = np.ones(len(scene.who), bool)
    trials = []
    for n, names in enumerate(halves(CAST) if half else [CAST] * DRAWS):
        rng = seeds.rng(n, "benchmark", "draw", str(count))
        drawn = {name: [pool[name][k] for k in rng.permutation(len(pool[name]))[:count]] for name in names}
        trials.append(Trial(drawn, judged))
    return trials


def signers_trials(scene: Scene, shots: Sequence[int], count: int, half: bool) -> list[Trial]:
    """References spread over one shot of each person; the faces of these shots do not count."""
    people = sorted({who for who in scene.who if who} - {STRANGER})
    trials = []
    for turn in range(TURNS):
        pools = {}
        for name in people:
            own = sorted({shot for shot, who in zip(shots, scene.who, strict=True) if who == name})
            shot = own[turn % len(own)]
            pools[name] = [n for n, who in enumerate(scene.who) if who == name and shots[n] == shot]
        taken = {shots[pool[0]] for pool in pools.values()}
        judged = np.array([shot not in taken for shot in shots])
        for names in halves(people) if half else [people]:
            spread = {name: pools[name][:: max(len(pools[name]) // count, 1)][:count] for name in names}
            drawn = {name: [scene.vectors[n] for n in own] for name, own in spread.items()}
            trials.append(Trial(drawn, judged))
    return trials


Found = dict[tuple[str, int, bool], Tally]
"""Tallies by scene, number of references, and whether half of the cast has none."""


def measured(films: Mapping[int, Path], signers: Judged, media: Path) -> Found:
    """Tallies of finished projects, each over all its trials.

    Args:
        films: by seed, folders in which the stages up to `cluster` have run on a sample film.
        signers: the clip of the test media, judged.
        media: the folder of the test media.
    """
    params = load_params("cast", CastParams, TOP / PARAMS)
    found: Found = {}
    for seed, project in films.items():
        scene, pool = film_scene(project / "data"), film_references(project)
        for count, half in [(count, half) for count in COUNTS for half in (False, True)]:
            trials = film_trials(scene, pool, count, half)
            found[f"film {seed}", count, half] = total(tried(scene, trial, params) for trial in trials)
    scene, shots = signers_scene(signers, media)
    for count, half in [(count, half) for count in COUNTS for half in (False, True)]:
        trials = signers_trials(scene, shots, count, half)
        found[SIGNERS, count, half] = total(tried(scene, trial, params) for trial in trials)
    return found


def summary(found: Found) -> dict[str, float]:
    """The figures that have a bar: of all films together and of the clip, the lesser one.

    Also `naming_least_*`: of the worst single film or clip.
    """
    scenes = sorted({name for name, _, _ in found})
    groups = [[name for name in scenes if name != SIGNERS], [name for name in scenes if name == SIGNERS]]
    figures = {}
    for half, suffix in ((False, ""), (True, "_half")):
        pooled = [total(found[name, ASKED, half] for name in group) for group in groups if group]
        single = [found[name, ASKED, half] for name in scenes]
        for figure in ("precision", "recall"):
            figures[f"naming_{figure}{suffix}"] = min(getattr(tally, figure) for tally in pooled)
            figures[f"naming_least_{figure}{suffix}"] = min(getattr(tally, figure) for tally in single)
    return figures


def table(found: Found) -> Table:
    """A row for each scene and number of references."""
    shown = Table("scene", "references", "precision", "recall", "precision, half", box=None, header_style="dim")
    for name, count, half in found:
        if not half:
            whole, part = found[name, count, False], found[name, count, True]
            cells = [f"{value:.3f}" for value in (whole.precision, whole.recall, part.precision)]
            shown.add_row(name, str(count), *cells)
    return shown


def draw(found: Found, file: Path = PLOT) -> None:
    """Precision and recall against the number of references, as a PNG: films together, their range, and the clip."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    films = sorted({name for name, _, _ in found} - {SIGNERS})
    clips = [SIGNERS] if any(name == SIGNERS for name, _, _ in found) else []
    canvas = FigureCanvasAgg(Figure(figsize=(9, 3.2), dpi=110, layout="constrained"))
    panels = canvas.figure.subplots(1, 3, sharey=True)
    wanted = (("recall", False), ("precision", False), ("precision", True))
    for axes, (name, half) in zip(panels, wanted, strict=True):
        for group, label, colour in ((films, f"{len(films)} films", "#3b6ea5"), (clips, "signers", "#c8503c")):
            if group:
                pooled = [getattr(total(found[each, count, half] for each in group), name) for count in COUNTS]
                axes.plot(range(len(COUNTS)), pooled, "o-", color=colour, label=label, clip_on=False, zorder=3)
            if len(group) > 1:
                single = [[getattr(found[each, count, half], name) for each in group] for count in COUNTS]
                low, high = (list(map(side, single)) for side in (min, max))
                axes.fill_between(range(len(COUNTS)), low, high, color=colour, alpha=0.15, lw=0, label="their range")
        bar = 0.95 if name == "recall" else 0.99
        axes.axhline(bar, color="black", lw=0.8, ls=":")
        axes.set_title(f"{name}{', half of the cast without' if half else ''}", fontsize=9, loc="left")
        axes.set_xticks(range(len(COUNTS)), [str(count) for count in COUNTS])
        axes.set_xlabel("references of each name", fontsize=8)
        axes.tick_params(labelsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylim(top=1.0)
    panels[1].legend(fontsize=8, frameon=False, loc="lower right")
    file.parent.mkdir(parents=True, exist_ok=True)
    canvas.figure.savefig(file, metadata={"Software": None})

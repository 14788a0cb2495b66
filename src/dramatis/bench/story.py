"""`make benchmark-story`: do people stay the same over the panels of stories, and stand where they should.

Stories of seeds that nothing was tuned on, with the characters, adapters and settings of the project as it stands. Each
has a place, an outfit for each of two characters, and four panels: each of them alone, and both of them twice. Panels
with two are also drawn from the plain prompt with all adapters at once, from the same seeds and with as many tries.
"""

import json
import logging
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from dramatis.core import seeds
from dramatis.core.errors import one_line_errors
from dramatis.core.images import encode_png
from dramatis.core.params import PARAMS, Key, load_params, read_params
from dramatis.core.recipe import Recipe
from dramatis.core.runs import Run
from dramatis.core.stories import Story
from dramatis.core.storyboard import Person, Scene, Storyboard
from dramatis.core.tables import write_json
from dramatis.eyes.clip import Clip
from dramatis.panels.draw import Rules, Taken, best_of
from dramatis.panels.easel import Easel
from dramatis.panels.judge import Critic
from dramatis.panels.numbers import Panel, figures, same_share
from dramatis.panels.plan import recipe_of, tries_of, wanted_of
from dramatis.panels.run import load_critic
from dramatis.panels.settings import Settings, load_settings
from dramatis.panels.sheet import Cell, sheet
from dramatis.players.schema import Source, recscores_of
from dramatis.players.sources import Place, sources_of

OUT = Path("metrics/bench/story.json")
PICTURE = Path("docs/panels.png")
WORK = Path("work/bench-story")
SEEDS = (2101, 2102, 2103, 2104, 2105, 2106)
"""Of the stories; what is tuned is tuned on others."""
PLACES = ("forest", "beach", "city", "room", "snow", "meadow", "sunset")
COLOURS = ("red", "green", "blue", "yellow", "white", "orange")
CLOTHES = ("robe", "hoodie", "shirt", "dress")
FRAMINGS = ("head", "upper body")

log = logging.getLogger("story")


def board_of(seed: int, cast: Mapping[str, str], triggers: Mapping[str, str]) -> Storyboard:
    """A story of two of the cast in four panels."""
    rng = seeds.rng(seed, "bench story")
    pairs = list(permutations(sorted(cast), 2))
    pair = pairs[seed % len(pairs)]
    here, there = rng.choice(PLACES, 2, replace=False)
    colours = rng.choice(COLOURS, 2, replace=False)
    worn = {name: f"{colour} clothes, {rng.choice(CLOTHES)}" for name, colour in zip(pair, colours, strict=True)}
    shots = [([pair[0]], here), ([pair[1]], there), (list(pair), there), (list(pair[::-1]), here)]
    return Storyboard(
        title=f"Story {seed}",
        line=f"`{pair[0]}` meets `{pair[1]}`",
        cast=dict(cast),
        scenes=[
            _scene(names, str(place), str(rng.choice(FRAMINGS)), worn, triggers, number)
            for number, (names, place) in enumerate(shots, 1)
        ],
    )


def _scene(
    names: Sequence[str], place: str, framing: str, worn: Mapping[str, str], triggers: Mapping[str, str], number: int
) -> Scene:
    alone = ["1person"] if len(names) == 1 else []
    said = [*(triggers[name] for name in names), *alone, framing, "front view", *(worn[name] for name in names), place]
    sides = ["middle"] if len(names) == 1 else ["left", "right"]
    people = [
        Person.model_validate({"name": name, "side": side, "outfit": worn[name]})
        for name, side in zip(names, sides, strict=True)
    ]
    return Scene(
        place=place,
        action=" and ".join(names),
        characters=people,
        framing="close" if framing == "head" else "medium",
        prompt=", ".join(said),
        caption=f"Panel {number}",
    )


def plain(recipe: Recipe) -> Recipe:
    """The same picture from its prompt alone: all adapters at once, nobody in a region."""
    figures = [figure.model_copy(update={"region": None}) for figure in recipe.figures]
    return recipe.model_copy(update={"figures": figures})


class AskedPanel(NamedTuple):
    """A panel of a story before it is drawn."""

    scene: Scene
    recipe: Recipe
    """Of its first try."""
    tries: Sequence[int]
    """Seeds."""
    wanted: list[str]
    """Tags that should be read."""


def asked_of(seed: int, cast: Mapping[str, Source], settings: Settings) -> Iterator[AskedPanel]:
    """The panels of the story of a seed."""
    triggers = {name: source.trained.triggers[name] for name, source in cast.items()}
    board = board_of(seed, {name: source.run for name, source in cast.items()}, triggers)
    for number, scene in enumerate(board.scenes, 1):
        base, tries = cast[scene.characters[0].name], tries_of(scene, number, seed, None, settings.panels)
        recipe = recipe_of(scene, tries[0], cast, base, settings.panels, settings.caption.people_words)
        yield AskedPanel(scene, recipe, tries, wanted_of(scene, triggers))


def draw_story(
    seed: int, cast: Mapping[str, Source], settings: Settings, easel: Easel, critic: Critic
) -> dict[str, list[tuple[Scene, Taken, float]]]:
    """All panels of a story, and those with two once more from the plain prompt; each with the CPU time it took [s]."""
    rules = Rules(settings.panels.best_of, settings.panels.min_agreement)
    found: dict[str, list[tuple[Scene, Taken, float]]] = defaultdict(list)
    for scene, recipe, tries, wanted in asked_of(seed, cast, settings):
        for way, drawn in [("regions", recipe)] + ([("plain", plain(recipe))] if len(scene.characters) > 1 else []):
            begun = time.process_time()
            some = tries if way == "regions" else tries[: rules.best_of]
            taken = best_of(easel, critic, drawn, some, wanted, rules)
            found[way].append((scene, taken, time.process_time() - begun))
    return found


def summary(
    stories: Mapping[int, Mapping[str, Sequence[tuple[Scene, Taken, float]]]],
    recscores: Mapping[str, float],
    threshold: float,
    clip: Clip | None,
) -> dict[str, Any]:
    """The figures over all stories; of several characters the least consistent counts."""
    told = {seed: [_panel(scene, taken, clip) for scene, taken, _ in ways["regions"]] for seed, ways in stories.items()}
    counts: dict[str, list[int]] = {}
    for panels in told.values():
        for name in {name for panel in panels for name in panel.asked}:
            pairs, same = same_share(panels, name, threshold)
            old = counts.setdefault(name, [0, 0])
            counts[name] = [old[0] + pairs, old[1] + same]
    shares = {name: same / pairs for name, (pairs, same) in sorted(counts.items()) if pairs}
    ratios = {name: share / recscores[name] for name, share in shares.items() if recscores.get(name)}
    whole = figures([panel for panels in told.values() for panel in panels], recscores, threshold)
    plain_placed = [taken.shown.placed for ways in stories.values() for _, taken, _ in ways["plain"]]
    spent = [seconds for ways in stories.values() for _, _, seconds in ways["regions"]]
    return {
        "clip": whole["clip"],
        "consistency": shares,
        "consistency_ratio": min(ratios.values()),
        "pair_placed": whole["pair_placed"],
        "pair_placed_plain": float(np.mean(plain_placed)),
        "pairs": len(plain_placed),
        "panel_agreement": whole["agreement"],
        "panel_cpu_s": float(np.mean(spent)),
        "panel_identity": whole["identity"],
        "panel_strangers": whole["strangers"],
        "panel_tries": whole["tries"] / whole["panels"],
        "panels": whole["panels"],
        "panels_flagged": whole["flagged"],
        "recscores": dict(recscores),
        "stories": len(stories),
    }


def _panel(scene: Scene, taken: Taken, clip: Clip | None) -> Panel:
    asked = [figure.character for figure in taken.recipe.figures]
    scored = float(clip.scores([taken.image], [scene.prompt])[0]) if clip else None
    return Panel(asked, taken.shown, taken.tries, taken.fault is not None, scored)


def add_to(file: Path, found: Mapping[str, Any]) -> None:
    """Writes figures into a file beside those of other benchmarks that stand there."""
    old = json.loads(file.read_text()) if file.is_file() else {}
    write_json(old | dict(found), file)


def cells_of(ways: Mapping[str, Sequence[tuple[Scene, Taken, float]]]) -> list[Cell]:
    """A story as the sheet shows it: its panels, then those with two from the plain prompt."""
    return [
        Cell(taken.image, scene.prompt, "plain prompt" if way == "plain" else "regions", taken.fault)
        for way in ("regions", "plain")
        for scene, taken, _ in ways[way]
    ]


class Theatre(NamedTuple):
    """What stories of the project as it stands are drawn with."""

    cast: Mapping[str, Source]
    settings: Settings
    easel: Easel
    critic: Critic


def open_project(seed: int) -> Theatre:
    """All whom the runs of the project's first story have learned, and what draws and judges them.

    Args:
        seed: of any story of the benchmark: all have the same cast.
    """
    settings = load_settings()
    place = Place(models=Path("models"), scores=Path("data/scores"), votes=Path("data/votes"))
    first = Story.model_validate(next(iter(read_params()["stories"].values())))
    runs = load_params("runs", dict[Key, Run])
    learned = {name: run for run in reversed(first.runs) for name in runs[run].characters}
    cast = sources_of(learned, runs, place, str(PARAMS))
    board = board_of(seed, learned, {name: source.trained.triggers[name] for name, source in cast.items()})
    return Theatre(cast, settings, Easel(place.models), load_critic(settings, Path("data/dataset"), board))


def main() -> None:
    """Draws all stories and writes the figures and a sheet of each."""
    cast, settings, easel, critic = open_project(SEEDS[0])
    stories = {seed: draw_story(seed, cast, settings, easel, critic) for seed in tqdm(SEEDS, unit="story")}
    clip = Clip(settings.sight.clip) if settings.sight.clip else None
    add_to(OUT, summary(stories, recscores_of(cast), critic.eyes.embedders[0].threshold, clip))
    WORK.mkdir(parents=True, exist_ok=True)
    for seed, ways in stories.items():
        (WORK / f"{seed}.png").write_bytes(encode_png(sheet(cells_of(ways))))
    shutil.copy(WORK / f"{SEEDS[0]}.png", PICTURE)
    log.info("%s; sheets in %s", OUT, WORK)


if __name__ == "__main__":
    with one_line_errors():
        main()

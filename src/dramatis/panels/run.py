"""Stage `panels`: draws the pictures of one story, and says whether everybody is who they should be."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tqdm import tqdm

from dramatis.backends.detect import load_detect
from dramatis.backends.embed import load_embed
from dramatis.backends.tag import load_tagger
from dramatis.core.digests import file_digest
from dramatis.core.errors import InputError
from dramatis.core.images import decode, encode_png
from dramatis.core.recipe import ControlImage, Recipe
from dramatis.core.resume import resumable
from dramatis.core.stories import Story, check_pose, check_scenes
from dramatis.core.storyboard import Scene, Storyboard, read_storyboard
from dramatis.core.tables import whole_folder, write_json, write_table
from dramatis.diffusion.load import check_base
from dramatis.eyes.clip import Clip
from dramatis.eyes.look import Eyes
from dramatis.eyes.references import faces_of_all
from dramatis.panels.draw import Rules, best_of
from dramatis.panels.easel import Easel
from dramatis.panels.judge import Critic, Shown
from dramatis.panels.numbers import Panel, figures
from dramatis.panels.plan import check_edits, ordered, recipe_of, tries_of, wanted_of
from dramatis.panels.schema import PANELS
from dramatis.panels.settings import Settings
from dramatis.panels.sheet import Cell, sheet
from dramatis.players.schema import Players, Source, read_players, recscores_of

log = logging.getLogger("panels")

Row = dict[str, Any]
TABLE, SHEET = "panels.parquet", "sheet.png"


class Told(NamedTuple):
    """A story as it is drawn."""

    name: str
    story: Story
    board: Storyboard
    players: Players
    poses: dict[int, ControlImage]

    def triggers(self) -> dict[str, str]:
        """Trigger word of each character."""
        return {name: source.trained.triggers[name] for name, source in self.players.cast.items()}


def run(
    name: str,
    story: Story,
    settings: Settings,
    *,
    storyboard: Path,
    dataset: Path,
    players: Path,
    models: Path,
    out: Path,
    metrics: Path,
) -> None:
    """Draws every scene of a storyboard.

    Args:
        name: of the story.
        story: its entry in params.yaml, with what a person decided.
        settings: of the project.
        storyboard: its scenes.
        dataset: folder of stage `dataset`, whose real pictures panels are compared with.
        players: file of stage `players`: what draws.
        models: folder of the runs.
        out: folder for panels.parquet and sheet.png.
        metrics: file for the figures.

    Raises:
        MissingError: the storyboard, a checkpoint or a control picture is not there.
        InputError: the players are of another storyboard, a checkpoint is another than the one chosen, or the dataset
            lacks a character.
        ParameterError: the storyboard is damaged, or the sampler cannot draw with such a base.
    """
    told = read_told(name, story, settings, storyboard, read_players(players, name))
    check_base(told.players.base.base)
    for number, edits in story.edits.items():
        recipe = recipe_for(told, told.board.scenes[number - 1], number, settings)
        check_edits(edits, recipe, f"stories.{name}.edits.{number}")
    critic = load_critic(settings, dataset, told.board)
    clip = Clip(settings.sight.clip) if settings.sight.clip else None
    easel = Easel(models)
    poses = [pose.model_dump_json() for pose in told.poses.values()]
    about = (*settings, story, storyboard, dataset / "characters", players, poses)
    rows, counted = [], []
    with resumable("panels", out, *about) as kept:
        done = list(kept.before())
        for number, scene in enumerate(tqdm(told.board.scenes, desc=name, unit="panel"), 1):
            if number > len(done):
                done.append(_drawn(easel, critic, told, scene, number, settings))
                kept.add(done[-1])
            row, panel = _counted(told, scene, number, done[number - 1], clip)
            rows.append(row)
            counted.append(panel)
        with whole_folder(out) as folder:
            write_table(rows, PANELS, folder / TABLE)
            (folder / SHEET).write_bytes(encode_png(sheet([_cell(row) for row in rows])))
        write_json(figures(counted, recscores_of(told.players.cast), critic.eyes.embedders[0].threshold), metrics)
    for row in rows:
        if row["flag"]:
            log.warning("%s: %s", row["panel_id"], row["flag"])


def read_told(name: str, story: Story, settings: Settings, storyboard: Path, players: Players) -> Told:
    """The story with its scenes, and what draws them; errors as `run` says."""
    board = read_storyboard(storyboard, name)
    check_scenes(story, len(board.scenes), f"stories.{name}")
    chosen = {character: source.run for character, source in players.cast.items()}
    if chosen != board.cast or bool(story.poses) != (players.pose is not None):
        problem = f"its players were chosen for another storyboard or other poses than those of story {name}"
        raise InputError(str(storyboard), problem, f"Run `dvc repro pipelines/stories/dvc.yaml:players@{name}`")
    return Told(name, story, board, players, _poses(name, story, settings, players.pose))


def _poses(name: str, story: Story, settings: Settings, looks: Source | None) -> dict[int, ControlImage]:
    """What a ControlNet looks at, by scene."""
    if looks is None:
        return {}
    return {
        number: ControlImage(
            run=looks.run,
            step=looks.step,
            checkpoint=looks.checkpoint,
            image=image,
            sha256=file_digest(check_pose(image, f"stories.{name}.poses.{number}")),
            scale=settings.panels.pose_scale,
        )
        for number, image in story.poses.items()
    }


def load_critic(settings: Settings, dataset: Path, board: Storyboard) -> Critic:
    """What looks at the panels.

    Raises:
        InputError: the dataset has no picture of a character of the story.
    """
    eyes = Eyes(
        load_detect(**settings.detect.model_dump()),
        [load_embed(**settings.embed.model_dump())],
        load_tagger(**settings.tag.model_dump()),
        None,
        settings.sight,
    )
    faces = faces_of_all(dataset, eyes)
    for name in board.cast:
        if name not in faces:
            problem = f"no real picture of {name} with a face, by which to know the panels' people"
            raise InputError(str(dataset / "characters"), problem, "Name the character in cast.yaml, then `dvc repro`")
    return Critic(eyes, {name: eyes.embed(some)[0] for name, some in faces.items()})


def recipe_for(told: Told, scene: Scene, number: int, settings: Settings) -> Recipe:
    """The recipe of a scene's first try."""
    seeds = tries_of(scene, number, told.story.seed, told.story.picked.get(number), settings.panels)
    words = settings.caption.people_words
    cast, base = told.players.cast, told.players.base
    return recipe_of(scene, seeds[0], cast, base, settings.panels, words, told.poses.get(number))


def _drawn(easel: Easel, critic: Critic, told: Told, scene: Scene, number: int, settings: Settings) -> dict[str, Any]:
    """A panel as it is kept, so that a killed stage goes on with the next."""
    params = settings.panels
    taken = best_of(
        easel,
        critic,
        recipe_for(told, scene, number, settings),
        tries_of(scene, number, told.story.seed, told.story.picked.get(number), params),
        wanted_of(scene, told.triggers()),
        Rules(params.best_of, params.min_agreement),
        told.story.edits.get(number, []),
    )
    return {
        "image": taken.image,
        "recipe": taken.recipe.model_dump_json(),
        "shown": taken.shown._asdict(),
        "tries": taken.tries,
        "fault": taken.fault,
    }


def _counted(told: Told, scene: Scene, number: int, made: Mapping[str, Any], clip: Clip | None) -> tuple[Row, Panel]:
    """A panel as a row of the table, and as it counts in the figures."""
    shown, recipe = Shown(**made["shown"]), Recipe.model_validate_json(made["recipe"])
    row = {
        "panel_id": f"{told.name}-{number:02d}",
        "scene": number,
        "image": encode_png(made["image"]),
        "caption": scene.caption,
        "characters": ordered(scene),
        "found": shown.nearest,
        "seed": recipe.seed,
        "tries": made["tries"],
        "right": shown.right,
        "placed": shown.placed,
        "strangers": shown.strangers,
        "agreement": shown.agreement,
        "flag": made["fault"],
        "recipe": made["recipe"],
    }
    scored = float(clip.scores([made["image"]], [scene.prompt])[0]) if clip else None
    return row, Panel(ordered(scene), shown, made["tries"], made["fault"] is not None, scored)


def _cell(row: Row) -> Cell:
    note = f"{row['panel_id']}, {row['tries']} drawn"
    return Cell(decode(row["image"], row["panel_id"]), row["caption"], note, row["flag"])

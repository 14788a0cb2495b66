"""Stage `score`: looks at the previews of one run and at held-out pictures, and writes the verdict."""

import logging
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from dramatis.backends.detect import DetectChoice, load_detect
from dramatis.backends.embed import EmbedChoice, load_embed
from dramatis.backends.landmarks import LandmarkChoice, load_landmarks
from dramatis.backends.tag import TagChoice, load_tagger
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import decode
from dramatis.core.tables import whole_folder, write_json, write_table
from dramatis.eyes.clip import Clip
from dramatis.eyes.look import Eyes, Reader, Seen, numbers_of, read_share
from dramatis.eyes.recscore import upper_bound
from dramatis.eyes.style import features, style_distances
from dramatis.score import judge
from dramatis.score.bootstrap import Values
from dramatis.score.material import (
    APART,
    Key,
    References,
    read_previews,
    read_real,
    read_references,
    read_strangers,
)
from dramatis.score.params import ScoreParams
from dramatis.score.plots import write_plots
from dramatis.score.report import Facts, Second, flat, judged_rows, step_rows, verdict
from dramatis.score.schema import JUDGED, STEPS
from dramatis.score.summary import WHOLE, Numbers, Rules, confusion, estimates, style_gains
from dramatis.score.theirs import theirs

log = logging.getLogger("score")

Row = dict[str, Any]
MOST_REAL = 64
"""Held-out pictures that say what a style is."""


class Choices(NamedTuple):
    """The models of the project."""

    detect: DetectChoice
    embed: EmbedChoice
    tag: TagChoice
    landmark: LandmarkChoice


class Judged(NamedTuple):
    """Every preview in the eyes of one embedder."""

    table: dict[Key, dict[str, Values]]
    bounds: dict[str, float]
    nearest: dict[Key, list[str | None]]


def run(
    name: str,
    characters: Sequence[str],
    params: ScoreParams,
    choices: Choices,
    *,
    dataset: Path,
    previews: Path,
    out: Path,
    metrics: Path,
    plots: Path,
) -> None:
    """Scores the run `name`.

    Args:
        name: of the run.
        characters: whom it learned; none of a style.
        params: section `score`.
        choices: detector, embedder (whose threshold says who is the same), tagger and landmarks of the project.
        dataset: folder of stage `dataset`.
        previews: folder of the run's previews.
        out: folder for the verdict and what it rests on.
        metrics: file for the figures that `dvc metrics` shows.
        plots: folder for the plots.

    Raises:
        MissingError: dataset, previews, weights or strangers are missing.
        InputError: too few held-out pictures of a character, or they do not resemble each other.
    """
    groups = read_previews(previews / "previews.parquet", name)
    _check_asked(groups, characters, previews)
    eyes = _eyes(choices, params, controlled=_controlled(groups), styles=not characters)
    references = read_references(dataset, characters, eyes, _aspect(groups), params.copy_pictures)
    seen = {
        key: [eyes.see(decode(row["image"], row["preview_id"])) for row in rows]
        for key, rows in tqdm(groups.items(), desc=f"score {name}", unit="group")
    }
    known = _known(references, eyes, params)
    shared = _shared(groups, seen, references, eyes, params, dataset)
    views = [_judged(eye, groups, seen, known[eye], shared, characters) for eye in range(len(known))]
    found = [estimates(view.table, Rules(view.bounds, params.resamples, params.seed)) for view in views]
    found[0][WHOLE] = style_gains(found[0][WHOLE])
    legacy = theirs(groups, seen, known[0], references.words, numbers_of(eyes.tagger), characters)
    facts = Facts(
        name=name,
        characters=list(characters),
        params=params,
        threshold=known[0].threshold,
        bounds=views[0].bounds,
        references={one: len(references.held_out[one]) for one in characters},
        previews=max(len(rows) for (_, group), rows in groups.items() if group not in APART),
        second=Second(params.second_opinion, known[1].threshold, found[1]) if len(found) > 1 else None,
        legacy=legacy,
    )
    _write(verdict(found[0], facts), facts, groups, views[0], found[0], known[0].cast, out, metrics, plots)


def _controlled(groups: Mapping[Key, Sequence[Row]]) -> bool:
    """Whether some preview was drawn after points of a face."""
    return any(row["landmarks"] is not None for rows in groups.values() for row in rows)


def _aspect(groups: Mapping[Key, Sequence[Row]]) -> float:
    """Width over height of the previews, as the first one has it."""
    first = decode(next(rows for (_, group), rows in groups.items() if group not in APART)[0]["image"])
    return first.shape[1] / first.shape[0]


def _write(
    result: Mapping[str, Any],
    facts: Facts,
    groups: Mapping[Key, Sequence[Row]],
    view: Judged,
    found: Mapping[str, Mapping[int, Numbers]],
    cast: Collection[str],
    out: Path,
    metrics: Path,
    plots: Path,
) -> None:
    """Writes the verdict and what it rests on, the plots, and the figures for `dvc metrics`."""
    nearest = {one: view.nearest[result["best_step"], one] for one in facts.characters}
    counts = confusion(nearest, sorted(cast))
    with whole_folder(out) as folder:
        write_json(result, folder / "verdict.json")
        write_table(step_rows(found, facts.params.confidence), STEPS, folder / "steps.parquet")
        write_json(counts, folder / "confusion.json")
        write_table(judged_rows(groups, view.table, view.nearest), JUDGED, folder / "judged.parquet")
    with whole_folder(plots) as folder:
        write_plots(facts.name, result, counts, folder)
    write_json(flat(result), metrics)
    log.info("%s: %s", facts.name, result["reason"])


def _check_asked(groups: Mapping[Key, Sequence[Row]], characters: Sequence[str], previews: Path) -> None:
    there = {group for _, group in groups} - {*APART, *(() if characters else (WHOLE,))}
    if there != set(characters):
        drawn, learned = (", ".join(sorted(names)) or "nobody" for names in (there, characters))
        raise InputError(
            str(previews / "previews.parquet"),
            f"previews of {drawn}, but the run learned {learned}",
            "Run `dvc repro`: stage preview makes them anew",
        )
    beside = {
        name for (_, group), rows in groups.items() if group == "pair" for row in rows for name in row["characters"]
    }
    if beside - set(characters):
        problem = f"pairs with {', '.join(sorted(beside - set(characters)))}, whom the run did not learn"
        raise InputError(str(previews / "previews.parquet"), problem, "Run `dvc repro`: stage preview makes them anew")
    if not characters and not any(group == WHOLE for _, group in groups):
        problem = "there is no preview for its own sake: only pairs, or what was forgotten"
        raise InputError(str(previews / "previews.parquet"), problem, "Add prompts to section `preview`")


def _eyes(choices: Choices, params: ScoreParams, controlled: bool, styles: bool) -> Eyes:
    embedders = [load_embed(**choices.embed.model_dump())]
    if params.second_opinion != choices.embed.weights:
        if not params.second_opinion.exists():
            raise MissingError(
                f"score.second_opinion = {params.second_opinion}",
                "there are no such weights",
                "Name weights of the same backend as `embed.weights`, or `embed.weights` itself for no second opinion",
            )
        other = choices.embed.model_copy(update={"weights": params.second_opinion, "threshold": None})
        embedders.append(load_embed(**other.model_dump()))
    landmark = choices.landmark
    landmarker = None
    if controlled:
        if landmark.backend is None:
            problem = "null, but previews with control images are judged by 68 points"
            raise InputError("params.yaml: landmark.backend", problem, "Name a backend, such as heatmap_onnx")
        landmarker = load_landmarks(landmark.backend, landmark.weights)
    detector, tagger = load_detect(**choices.detect.model_dump()), load_tagger(**choices.tag.model_dump())
    return Eyes(detector, embedders, tagger, landmarker, params, styles)


def _known(references: References, eyes: Eyes, params: ScoreParams) -> list[judge.Known]:
    """Everybody, in the eyes of each embedder; strangers and training pictures in those of the first."""
    strangers = read_strangers(params.strangers, eyes) if references.held_out else []
    return [
        judge.Known(
            {name: embedder.embed(faces) for name, faces in references.held_out.items()},
            {} if number else {name: embedder.embed(faces) for name, faces in references.trained.items()},
            None if number else embedder.embed(strangers),
            embedder.threshold,
        )
        for number, embedder in enumerate(eyes.embedders)
    ]


def _shared(
    groups: Mapping[Key, Sequence[Row]],
    seen: Mapping[Key, Sequence[Seen]],
    references: References,
    eyes: Eyes,
    params: ScoreParams,
    dataset: Path,
) -> dict[Key, dict[str, Values]]:
    """The values that do not depend on the embedder."""
    reader = Reader(numbers_of(eyes.tagger), params.min_tag_score)
    asked = [tag for rows in groups.values() for row in rows for tag in row["wanted"]]
    core = {name: judge.core_tags(eyes.tagger.scores(heads), reader, asked) for name, heads in references.heads.items()}
    style = None
    if any(group == WHOLE for _, group in groups):
        style = np.stack([features(image) for image in read_real(dataset, MOST_REAL)])
    clip = Clip(params.clip) if params.clip else None
    found: dict[Key, dict[str, Values]] = {}
    for (step, group), rows in groups.items():
        some = seen[step, group]
        layouts = (references.trained_layouts.get(group, ()), references.held_out_layouts.get(group, ()))
        values = judge.appearance(rows, some, reader, *layouts)
        if group in core:
            shares = [read_share(one.tags, core[group], params.min_tag_score) for one in some]
            values["attributes"] = np.array(shares)
        if group == WHOLE and style is not None:
            styles = np.stack([one.style for one in some if one.style is not None])
            values["style_distance"] = style_distances(styles, style)
        if group == "forget":
            values |= judge.forgotten(some, seen[0, group])
        if clip:
            images = [decode(row["image"]) for row in rows]
            values["clip"] = clip.scores(images, [row["prompt"] for row in rows])
        found[step, group] = values
    return found


def _judged(
    eye: int,
    groups: Mapping[Key, Sequence[Row]],
    seen: Mapping[Key, Sequence[Seen]],
    known: judge.Known,
    shared: Mapping[Key, Mapping[str, Values]],
    characters: Sequence[str],
) -> Judged:
    """Every value of every preview in the eyes of one embedder."""
    bounds = {name: _bound(known, name) for name in characters}
    table: dict[Key, dict[str, Values]] = {}
    nearest: dict[Key, list[str | None]] = {}
    for (step, group), rows in groups.items():
        some, values = seen[step, group], dict(shared[step, group])
        if group in bounds:
            values |= judge.identity(some, group, eye, known)
            nearest[step, group] = judge.whom(some, eye, known)
        if group == "pair":
            values |= judge.several(rows, some, eye, known)
        guarded = np.array([judge.is_guarded(row) for row in rows])
        values = {key: np.where(guarded, np.nan, array) for key, array in values.items()}
        if group not in APART:
            values |= judge.leaking(rows, some)
        table[step, group] = values
    return Judged(table, bounds, nearest)


def _bound(known: judge.Known, name: str) -> float:
    bound = upper_bound(known.cast[name], known.threshold)
    if bound == 0:
        raise InputError(
            f"held-out pictures of {name}",
            f"no two of {len(known.cast[name])} heads match each other",
            "Look at the cast sheet: they may be of several people; or raise `embed.threshold`",
        )
    return bound

"""Stage `score`: looks at the previews of one run and at held-out pictures, and writes the metrics."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from dramatis.backends.detect import DetectChoice, Detector, load_detect
from dramatis.backends.embed import EmbedChoice, Embedder, Face, load_embed
from dramatis.backends.tag import TagChoice, load_tagger
from dramatis.core.errors import InputError
from dramatis.core.images import decode
from dramatis.core.splits import read_split
from dramatis.core.tables import read_rows, whole_folder, write_json
from dramatis.score import look
from dramatis.score.choice import Limits
from dramatis.score.params import ScoreParams
from dramatis.score.plots import confusion_rows, plot_confusion, plot_steps, step_rows
from dramatis.score.recscore import Vectors, match_shares, nearest, resample, upper_bound
from dramatis.score.summary import Grid, Rules, Seen, confusion, metrics

log = logging.getLogger("score")

Row = dict[str, Any]
Key = tuple[int, str]
"""Step and character of a group of previews."""


class Material(NamedTuple):
    """What an embedder is shown, and what the tagger read."""

    faces: dict[Key, list[Face | None]]
    """Main face of every preview."""
    control: dict[Key, list[float | None]]
    """Share of the wanted tags that every preview shows."""
    references: dict[str, list[Face]]
    """Faces in real pictures of everybody in the dataset."""
    characters: Sequence[str]
    """Whom the run learned."""


def run(
    name: str,
    characters: Sequence[str],
    params: ScoreParams,
    detect: DetectChoice,
    embed: EmbedChoice,
    tag: TagChoice,
    *,
    dataset: Path,
    previews: Path,
    out: Path,
    plots: Path,
) -> None:
    """Scores the run `name`.

    Args:
        name: of the run.
        characters: whom it learned.
        params: section `score`.
        detect: the detector of the project.
        embed: its embedder, whose threshold says who is the same.
        tag: its tagger.
        dataset: folder of stage `dataset`.
        previews: folder of the run's previews.
        out: file for the metrics.
        plots: folder for the plots.

    Raises:
        MissingError: dataset, previews or weights are missing.
        InputError: too few held-out pictures of a character, or they do not resemble each other.
    """
    groups = _groups(read_rows(previews / "previews.parquet", f"preview@{name}"))
    judge, detector = _embedder(embed), load_detect(**detect.model_dump())
    material = Material(
        {
            key: list(_faces(detector, part, params))
            for key, part in tqdm(groups.items(), desc="look at previews", unit="group")
        },
        _controls(tag, groups, params),
        _references(dataset, characters, detector, params),
        characters,
    )
    result, grid = _judged(judge, material, params)
    result |= {"previews": len(groups[0, characters[0]]), "threshold": judge.threshold}
    result["references"] = {character: len(material.references[character]) for character in characters}
    if params.second_opinion != embed.weights:
        result["second"] = _second(embed, result["best_step"], material, params)
    table = confusion(grid[result["best_step"]], sorted(material.references))
    with whole_folder(plots) as folder:
        plot_steps(name, result, folder / "score.png")
        plot_confusion(name, table, result["best_step"], folder / "confusion.png")
        write_json(step_rows(result), folder / "score.json")
        write_json(confusion_rows(table), folder / "confusion.json")
    write_json(result, out)
    log.info("%s: %s", name, result["reason"])


def _embedder(choice: EmbedChoice) -> Embedder:
    return load_embed(**choice.model_dump())


def _groups(rows: Iterable[Row]) -> dict[Key, list[Row]]:
    groups: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["step"], row["character"]].append(row)
    return dict(groups)


def _faces(detector: Detector, rows: Iterable[Row], params: ScoreParams) -> Iterable[Face | None]:
    for row in rows:
        yield look.find_face(detector, decode(row["image"]), params.view_px, params.paper_px, params.min_face_px)


def _controls(tag: TagChoice, groups: dict[Key, list[Row]], params: ScoreParams) -> dict[Key, list[float | None]]:
    tagger = load_tagger(**tag.model_dump())
    return {
        key: [look.control(tagger, decode(row["image"]), row["wanted"], params.min_tag_score) for row in part]
        for key, part in tqdm(groups.items(), desc="read tags", unit="group")
    }


def _references(
    dataset: Path, characters: Sequence[str], detector: Detector, params: ScoreParams
) -> dict[str, list[Face]]:
    """Faces in the head crops of everybody: held-out ones, or training ones of others who have none held out."""
    held_out = _head_faces(dataset, "validation", (), detector, params)
    for character in characters:
        count = len(held_out.get(character, []))
        if count < 2:
            raise InputError(
                f"{dataset / 'characters/validation'}: {character}",
                f"{count} held-out heads with a face, 2 are needed",
                "Hold out more (`selection.validation_share`, `selection.validation_min`)",
            )
    return _head_faces(dataset, "train", held_out, detector, params) | held_out


def _head_faces(
    dataset: Path, split: str, without: Iterable[str], detector: Detector, params: ScoreParams
) -> dict[str, list[Face]]:
    """Faces in the head crops of a split, by character, save for those in `without`."""
    crops = [("stage", "=", "head"), ("origin", "=", "crop")]
    heads: dict[str, list[Row]] = defaultdict(list)
    for row in read_split(dataset, "characters", split, ["image", "character", "stage", "origin"], crops):
        if row["character"] not in without:
            heads[row["character"]].append({"image": row["image"]["bytes"]})
    found = {}
    for character, some in sorted(heads.items()):
        seen = [face for face in _faces(detector, some, params) if face is not None]
        if len(seen) < len(some):
            log.info("%s: no face found in %d of %d heads of %s", character, len(some) - len(seen), len(some), split)
        if seen:
            found[character] = seen
    return found


def _judged(judge: Embedder, material: Material, params: ScoreParams) -> tuple[Row, Grid]:
    """The metrics in the eyes of one embedder, and what it saw."""
    cast = {name: judge.embed(some) for name, some in material.references.items()}
    bounds = {name: _bound(cast[name], name, judge.threshold) for name in material.characters}
    grid: dict[int, dict[str, Seen]] = defaultdict(dict)
    for (step, name), faces in material.faces.items():
        vectors, there = look.vectors(judge, faces)
        shares, names = np.zeros(len(there)), iter(nearest(vectors, cast))
        shares[there] = match_shares(vectors, cast[name], judge.threshold)
        grid[step][name] = Seen(shares, [next(names) if one else None for one in there], material.control[step, name])
    draws = resample({name: len(seen.shares) for name, seen in grid[0].items()}, params.resamples, params.seed)
    limits = Limits(params.max_control_loss, params.max_identified_loss, params.tie_margin, params.confidence)
    return metrics(grid, Rules(bounds, draws, limits)), grid


def _bound(vectors: Vectors, name: str, threshold: float) -> float:
    bound = upper_bound(vectors, threshold)
    if bound == 0:
        raise InputError(
            f"held-out pictures of {name}",
            f"no two of {len(vectors)} heads match each other",
            "Look at the cast sheet: they may be of several people; or raise `embed.threshold`",
        )
    return bound


def _second(embed: EmbedChoice, best: int, material: Material, params: ScoreParams) -> Row:
    """The chosen step in the eyes of another embedder, which had no part in the choice."""
    judge = _embedder(embed.model_copy(update={"weights": params.second_opinion, "threshold": None}))
    faces = {key: some for key, some in material.faces.items() if key[0] in (0, best)}
    result, _ = _judged(judge, material._replace(faces=faces), params)
    kept = ("recscore", "recscore_raw", "base_recscore", "identified", "interval")
    return {
        "weights": str(params.second_opinion),
        "threshold": judge.threshold,
        **{key: result[key] for key in kept},
        "by_character": {name: {key: one[key] for key in kept} for name, one in result["by_character"].items()},
    }

"""The decision on every crop and scene: train, validation, or left out and why."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from dramatis.selection.choice import Traits, line_up, merged
from dramatis.selection.near import Limits, Looks, echoes, repeats
from dramatis.selection.params import Amounts, SelectionParams, Trait
from dramatis.selection.sizes import size_class
from dramatis.selection.split import Unit, Wanted, held_out
from dramatis.selection.takes import Shot, takes

Row = Mapping[str, Any]
NEARLY = 0.5
"""Part of the wanted share that every character gets; the rest is left to chance, so that it seldom changes."""


class Pictures(NamedTuple):
    """All crops and scenes.

    Attributes:
        crops: rows of `crops.parquet` of all videos, in the order of their ids in each video, with `distance`.
        scenes: rows of `scenes.parquet`.
        traits: of the crops, in the same order.
        threshold: largest (1 - cosine) / 2 of one person.
        copy_of: the frame that a frame copies.
    """

    crops: Sequence[Row]
    scenes: Sequence[Row]
    traits: Traits
    threshold: float
    copy_of: Mapping[str, str]


class Decision(NamedTuple):
    """What became of everything.

    Attributes:
        split: train or validation, by id of each picture that is taken.
        left_out: the reason, by id of each that is not.
        figures: usable pictures before cropping, by character.
    """

    split: dict[str, str]
    left_out: dict[str, str]
    figures: dict[str, int]


def decide(params: SelectionParams, pictures: Pictures) -> Decision:
    """Decides in this order: rules of stage `crops`, copies, too many of a shot, held-out shots, repeats of them, too
    many of a character. So a picture that is left out for one reason takes no place from another."""
    crops, scenes = pictures.crops, pictures.scenes
    left_out = {id_of(row): row["rejected_by"] for row in (*crops, *scenes) if row["rejected_by"]}
    left_out |= {row["scene_id"]: "nobody" for row in scenes if _is_nobody(row)}
    if params.skip_copies:
        left_out |= dict.fromkeys(copied(crops, scenes, left_out, pictures.copy_of), "copy")
    figures = _figures(row for row in crops if row["crop_id"] not in left_out)
    amounts = {name: params.amounts(size_class(count) or "") for name, count in figures.items()}

    def choose(ids: Iterable[int], most: int | None) -> tuple[list[int], list[int]]:
        return spread_out(pictures, list(ids), most, params.spread)

    for (name, *_), rows in _grouped(crops, left_out, ("character", "video", "shot", "stage")).items():
        _, rest = choose(rows, amounts[name].max_per_shot)
        left_out |= {crops[n]["crop_id"]: "max_per_shot" for n in rest}
    take_of = takes({row["frame_id"]: _shot(row) for row in (*crops, *scenes)}, pictures.copy_of)
    held = _held_shots(params, pictures, left_out, take_of, figures, amounts)
    split = {id_of(row): "train" for row in (*crops, *scenes) if _shot(row) not in held and id_of(row) not in left_out}
    split |= {row["scene_id"]: "validation" for row in scenes if _shot(row) in held and row["scene_id"] not in left_out}
    left_out |= {row["scene_id"]: "held_out" for row in scenes if _shot(row) in held and _is_nobody(row)}
    for (name,), rows in _grouped(crops, {**left_out, **split}, ("character",)).items():
        taken, rest = choose(rows, amounts[name].validation_pictures)
        split |= {crops[n]["crop_id"]: "validation" for n in taken}
        left_out |= {crops[n]["crop_id"]: "validation_pictures" for n in rest}
    left_out |= dict.fromkeys(_repeating(params, pictures, split, take_of), "near_validation")
    not_for_training = {**left_out, **{key: where for key, where in split.items() if where == "validation"}}
    for (name,), rows in _grouped(crops, not_for_training, ("character",)).items():
        _, rest = choose(rows, amounts[name].max_pictures)
        left_out |= {crops[n]["crop_id"]: "max_pictures" for n in rest}
    return Decision({key: where for key, where in split.items() if key not in left_out}, left_out, figures)


def copied(
    crops: Sequence[Row], scenes: Sequence[Row], left_out: Mapping[str, str], copy_of: Mapping[str, str]
) -> list[str]:
    """Ids of the pictures of which an earlier source gives the same, namely a crop of the same stage of the same
    character, or a scene, of the frame that theirs copies. If that one was left out, the copy stays."""
    rows = [row for row in (*crops, *scenes) if id_of(row) not in left_out]
    known = {(row["frame_id"], row.get("character"), row.get("stage")) for row in rows}
    return [
        id_of(row) for row in rows if (copy_of.get(row["frame_id"]), row.get("character"), row.get("stage")) in known
    ]


def spread_out(
    pictures: Pictures, rows: list[int], most: int | None, spread: Mapping[Trait, float]
) -> tuple[list[int], list[int]]:
    """Row numbers of crops that are taken because they differ most, and of the rest.

    Each video lines up its own pictures; see `choice.merged` for why.
    """
    if most is None or len(rows) <= most:
        return rows, []
    key = {n: pictures.crops[n]["crop_id"] for n in rows}
    lines = []
    for own in _parts(sorted(rows, key=key.__getitem__), lambda n: pictures.crops[n]["video"]).values():
        places, gains = line_up(pictures.traits.of(np.array(own)), most, pictures.threshold, spread)
        lines.append(([key[own[place]] for place in places], gains))
    taken = set(merged(lines, most))
    return [n for n in rows if key[n] in taken], [n for n in rows if key[n] not in taken]


def wanted(amounts: Amounts, pictures: int) -> Wanted:
    """How many of a character's pictures are to be held out."""
    share = amounts.validation_share * pictures
    most = pictures if amounts.validation_pictures is None else amounts.validation_pictures
    about, least = (max(amounts.validation_min, math.ceil(round(part, 6))) for part in (share, NEARLY * share))
    return Wanted(min(about, most), min(least, most))


def _held_shots(
    params: SelectionParams,
    pictures: Pictures,
    left_out: Mapping[str, str],
    take_of: Mapping[Shot, Shot],
    figures: Mapping[str, int],
    amounts: Mapping[str, Amounts],
) -> set[Shot]:
    """The held-out shots."""
    unit_of: dict[Shot, Unit] = {
        shot: take if params.validation_by == "shot" else shot[0] for shot, take in take_of.items()
    }
    rows = [(row, n) for n, row in enumerate(pictures.crops) if row["crop_id"] not in left_out]
    counts: dict[str, dict[Unit, int]] = defaultdict(lambda: defaultdict(int))
    for row, _ in rows:
        counts[row["character"]][unit_of[_shot(row)]] += 1
    number: dict[Unit, int] = {}
    units = np.array([number.setdefault(unit_of[_shot(row)], len(number)) for row, _ in rows], np.int64)
    repeated = echoes(_looks(pictures, rows), units, _limits(params, pictures))
    most = sorted(counts, key=lambda name: (-figures[name], name))[: params.validation_characters]
    held = held_out(
        counts,
        {name: wanted(amounts[name], sum(counts[name].values())) for name in most},
        params.seed,
        spared=[name for name in counts if not (amounts[name].validation_share or amounts[name].validation_min)],
        fixed={unit for shot, unit in unit_of.items() if shot[0] in params.validation_videos},
        echoes=dict(zip(number, repeated.tolist(), strict=True)),
    )
    return {shot for shot, unit in unit_of.items() if unit in held}


def _repeating(
    params: SelectionParams, pictures: Pictures, split: Mapping[str, str], take_of: Mapping[Shot, Shot]
) -> list[str]:
    """Ids of training pictures of the same take as a held-out one, or that look nearly as it does."""
    rows: dict[str, list[tuple[Row, int]]] = {"train": [], "validation": []}
    for numbered in (enumerate(pictures.crops), ((-1, row) for row in pictures.scenes)):
        for n, row in numbered:
            if where := split.get(id_of(row)):
                rows[where].append((row, n))
    held_takes = {take_of[_shot(row)] for row, _ in rows["validation"]}
    looks = {where: _looks(pictures, found) for where, found in rows.items()}
    near = repeats(looks["train"], looks["validation"], _limits(params, pictures))
    return [
        id_of(row)
        for (row, _), one in zip(rows["train"], near, strict=True)
        if one or take_of[_shot(row)] in held_takes
    ]


def _limits(params: SelectionParams, pictures: Pictures) -> Limits:
    return Limits(params.leak_distance, params.leak_same_distance, params.leak_difference * pictures.threshold)


def _looks(pictures: Pictures, rows: Sequence[tuple[Row, int]]) -> Looks:
    vectors = np.zeros((len(rows), pictures.traits.vectors.shape[1]), np.float32)
    for place, (_, n) in enumerate(rows):
        if n >= 0:
            vectors[place] = pictures.traits.vectors[n]
    hashes = np.array([int(row["phash"], 16) for row, _ in rows], np.uint64)
    return Looks(hashes, vectors, [row.get("character") or "" for row, _ in rows])


def _figures(rows: Iterable[Row]) -> dict[str, int]:
    figures: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        figures[row["character"]].add(row["figure_id"])
    return {name: len(own) for name, own in sorted(figures.items())}


def _grouped(crops: Sequence[Row], without: Mapping[str, str], by: Sequence[str]) -> dict[tuple[Any, ...], list[int]]:
    """Row numbers of the crops that are not yet decided on, by some of their columns."""
    free = [n for n, row in enumerate(crops) if row["crop_id"] not in without]
    return _parts(free, lambda n: tuple(crops[n][name] for name in by))


def _parts(rows: Iterable[int], key: Any) -> dict[Any, list[int]]:
    parts: dict[Any, list[int]] = defaultdict(list)
    for n in rows:
        parts[key(n)].append(n)
    return parts


def id_of(row: Row) -> str:
    """Key of a crop or scene."""
    return row["crop_id"] if "crop_id" in row else row["scene_id"]


def _is_nobody(scene: Row) -> bool:
    return not scene["rejected_by"] and not scene["characters"]


def _shot(row: Row) -> Shot:
    return row["video"], row["shot"]

"""Groups what the characters of all videos wear, and names it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dramatis.cast.schema import UNMET
from dramatis.core.errors import ParameterError
from dramatis.core.ids import stable_ids
from dramatis.core.tables import read_rows, whole_folder, write_table
from dramatis.outfit.decided import Shot, words_of
from dramatis.outfit.groups import Labels, nearness, outfits
from dramatis.outfit.looks import Look, compared, looks
from dramatis.outfit.names import called
from dramatis.outfit.params import OutfitParams
from dramatis.outfit.schema import OUTFITS, TABLES, WORN

log = logging.getLogger("outfit")
Row = dict[str, Any]
DIGITS = 2
"""Decimals of stored differences."""


@dataclass(frozen=True)
class Shards:
    """Folders of the stages before, each with one folder or file a video."""

    frames: Path
    detections: Path
    bodies: Path
    cast: Path


@dataclass(frozen=True)
class Wardrobe:
    """The outfits of one character.

    Attributes:
        looks: the looks that show clothes.
        label: outfit of each look, -1 for none.
        names: name of each outfit.
        apart: differences between the looks.
    """

    looks: list[Look]
    label: Labels
    names: list[str | None]
    apart: NDArray[np.float64]

    def wearing(self, outfit: int) -> list[Look]:
        """The looks with one outfit, earliest first."""
        return [look for look, label in zip(self.looks, self.label.tolist(), strict=True) if label == outfit]


def run(params: OutfitParams, videos: list[str], decisions: Mapping[str, str], shards: Shards, out: Path) -> None:
    """Writes `<video>.parquet` for each video, `outfits.parquet` and `unmet.parquet` into `out`.

    Args:
        videos: ids in the order of `params.yaml`; that order says which track of an outfit is its first.
        decisions: `outfits` of `cast.yaml`: names by moment.

    Raises:
        ParameterError: a key of `decisions` is no moment, or a video has the name of a table.
        MissingError: a shard of a video is missing.
    """
    if taken := sorted(set(videos) & set(TABLES)):
        raise ParameterError(f"params.yaml: videos.{taken[0]}", "a video cannot be called so", "Give it another id")
    character_of = {
        row["figure_id"]: row["character"]
        for video in videos
        for row in read_rows(shards.cast / f"{video}.parquet", "cast")
        if row["character"]
    }
    found = looks(_bodies(videos, shards), character_of, videos)
    said = words_of(decisions, videos, shards.frames, shards.detections, found)
    for moment, reason in said.unmet.items():
        log.warning("cast.yaml: outfits.%s: %s, so this decision waits", moment, reason)
    wardrobes = [
        wardrobe([look for look in found if look.character == name], params, said.of(name))
        for name in sorted({look.character for look in found})
    ]
    worn, table = _rows(wardrobes, found, videos)
    with whole_folder(out) as folder:
        for video in videos:
            write_table(worn[video], WORN, folder / f"{video}.parquet")
        write_table(table, OUTFITS, folder / "outfits.parquet")
        waits = [
            {"decision": f"outfits.{key}", "section": "outfits", "key": key, "reason": reason}
            for key, reason in said.unmet.items()
        ]
        write_table(waits, UNMET, folder / "unmet.parquet")


def _bodies(videos: list[str], shards: Shards) -> list[Row]:
    """Rows of the table of bodies, with video and shot."""
    rows = []
    for video in videos:
        columns = ["figure_id", "shot"]
        boxes = read_rows(shards.detections / video / "detections.parquet", f"detect@{video}", columns)
        shot_of = {row["figure_id"]: row["shot"] for row in boxes}
        for row in read_rows(shards.bodies / video / "bodies.parquet", f"body@{video}"):
            rows.append(row | {"video": video, "shot": shot_of[row["figure_id"]]})
    return rows


def wardrobe(own: list[Look], params: OutfitParams, said: Mapping[Shot, str]) -> Wardrobe:
    """The outfits of one character.

    Args:
        own: all its looks; those in which no clothes are seen have no outfit, unless somebody named it.
        said: names of shots by people.
    """
    kept = [look for look in own if look.dressed or look.shot in said]
    apart = compared(kept, params.max_difference)
    dressed = np.flatnonzero([look.dressed for look in kept])
    label = np.full(len(kept), -1, np.int64)
    label[dressed] = outfits(apart[np.ix_(dressed, dressed)], params.max_difference, params.reach, params.min_shots)
    named = {n: said[look.shot] for n, look in enumerate(kept) if look.shot in said}
    return Wardrobe(kept, *called(label, named, apart), apart)


def _rows(wardrobes: list[Wardrobe], found: list[Look], videos: list[str]) -> tuple[dict[str, list[Row]], list[Row]]:
    """Rows of WORN by video, and of OUTFITS."""
    groups = [(each, n) for each in wardrobes for n in range(len(each.names))]
    tracks = [[track for look in each.wearing(n) for track in look.tracks] for each, n in groups]
    ids = iter(stable_ids("o", tracks))
    table: list[Row] = []
    said: dict[tuple[str, Shot], Row] = {}
    for each in wardrobes:
        own = [_outfit_row(each, n, *next(ids)) for n in range(len(each.names))]
        near = nearness(each.label, each.apart)
        for look, label, row in zip(each.looks, each.label.tolist(), near, strict=True):
            outfit = own[label] if label >= 0 else {}
            said[look.character, look.shot] = {
                "outfit_id": outfit.get("outfit_id"),
                "outfit_name": outfit.get("outfit_name"),
                "origin": "none" if label < 0 else "decision" if outfit["outfit_name"] else "auto",
                **(_nearness(row, label) if look.dressed else {}),
            }
        table += own
    worn: dict[str, list[Row]] = {video: [] for video in videos}
    for look in found:
        row = {"difference": None, "margin": None, "origin": "none"} | said.get((look.character, look.shot), {})
        worn[look.shot[0]] += [
            {"figure_id": figure, "track_id": track, "character": look.character, **row}
            for figure, track in look.figures.items()
        ]
    return worn, table


def _outfit_row(each: Wardrobe, n: int, outfit_id: str, first_track: str) -> Row:
    inside = np.flatnonzero(each.label == n)
    pairs = each.apart[np.ix_(inside, inside)][np.triu_indices(len(inside), 1)]
    own = each.wearing(n)
    return {
        "outfit_id": outfit_id,
        "character": own[0].character,
        "outfit_name": each.names[n],
        "first_track": first_track,
        "shots": len(own),
        "figures": sum(len(look.figures) for look in own),
        "spread": _stored(pairs.mean()) if len(pairs) else None,
    }


def _nearness(row: NDArray[np.float64], label: int) -> Row:
    """Difference to an outfit and margin to the next, of a look without one (label -1) to the nearest."""
    own = label if label >= 0 else int(row.argmin())
    others = np.delete(row, own)
    margin = np.nanmin(others) - row[own] if np.isfinite(others).any() else np.nan
    return {"difference": _stored(row[own]), "margin": _stored(margin)}


def _stored(value: float) -> float | None:
    return round(float(value), DIGITS) if np.isfinite(value) else None

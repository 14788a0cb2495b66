"""The plan: how often each training picture is seen in an epoch, and in which bucket."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from dramatis.core.buckets import Size, bucket_name, bucket_of, cut_share, holds, nearest_bucket
from dramatis.core.tables import box_of
from dramatis.dataset.multipliers import balanced, hierarchical, per_subject
from dramatis.dataset.params import Multipliers

Row = Mapping[str, Any]
MIXED = ("characters", "scenes", "composites")
"""Configurations whose pictures stand beside each other in a batch."""
Name = TypeVar("Name", bound=str)
Shape = tuple[Size, list[int] | None]
"""Size of a picture, and the box that no cut may touch."""


def per_epoch(rows: Sequence[Row], sources: Mapping[str, float], params: Multipliers) -> list[float]:
    """How often each training picture is seen in an epoch.

    Args:
        rows: of all configurations, each with `config` and, if it is a class picture, `shard`.
        sources: multiplier of each source of class pictures.
        params: the scheme.
    """
    flat = {"scenes": params.sets.scenes, "composites": params.sets.composites, "control": params.sets.control}
    found = [
        sources[row["shard"]] if row["config"] == "regularization" else flat.get(row["config"], 0.0) for row in rows
    ]
    if params.scheme == "hierarchical":
        inside = [place for place, row in enumerate(rows) if row["config"] in MIXED]
        weights = {**_named("character", params.characters), **_named("stage", params.stages)}
        weights |= _named("stage", dict.fromkeys({rows[n]["stage"] for n in inside} - params.stages.keys(), 0.0))
        weights |= params.sets.model_dump()
        scheme = hierarchical([_path(rows[place]) for place in inside], weights, params.largest)
    else:
        inside = [place for place, row in enumerate(rows) if row["config"] == "characters"]
        scheme = _flat_scheme([rows[place] for place in inside], params)
    for place, value in zip(inside, scheme, strict=True):
        found[place] = value
    return found


def _flat_scheme(rows: Sequence[Row], params: Multipliers) -> list[float]:
    groups = [(row["character"], row["stage"]) for row in rows]
    if params.scheme == "balanced":
        found = balanced(groups, params.stages, params.largest)
    else:
        variants = [row["origin"] != "crop" for row in rows]
        found = per_subject(groups, variants, params.per_subject, params.stages, params.largest)
    return [
        value * params.characters.get(character, 1.0) * params.sets.characters
        for value, (character, _) in zip(found, groups, strict=True)
    ]


def _path(row: Row) -> tuple[str, ...]:
    if row["config"] != "characters":
        return (row["config"],)
    return (row["config"], f"character {row['character']}", f"stage {row['stage']}")


def _named(kind: str, weights: Mapping[Name, float]) -> dict[str, float]:
    """Weights by the name of their node: a character may be called as a stage."""
    return {f"{kind} {name}": weight for name, weight in weights.items()}


def shape_of(row: Row) -> Shape:
    """What decides the bucket of a row."""
    return (row["width_px"], row["height_px"]), box_of(row["keep"]) if row["keep"] else None


def filled_buckets(shapes: Sequence[Shape], buckets: Sequence[Size], least: int) -> dict[Size, int]:
    """The buckets that stay in use when each must have so many pictures, and how many they have.

    As long as one has too few, that with the fewest goes, and its pictures move to the nearest of the others in use.
    The last one stays, whatever it has.
    """
    places = [nearest_bucket(size, buckets, keep) for size, keep in shapes]
    while True:
        counts = Counter(places)
        short = [bucket for bucket in counts if counts[bucket] < least]
        if not short or len(counts) == 1:
            return dict(sorted(counts.items()))
        gone = min(short, key=lambda bucket: (counts[bucket], bucket))
        others = sorted(counts.keys() - {gone})
        places = [
            nearest_bucket(size, others, keep) if bucket == gone else bucket
            for bucket, (size, keep) in zip(places, shapes, strict=True)
        ]


def buckets_of(rows: Sequence[Row], seen: Sequence[float], buckets: Sequence[Size], least: int) -> list[Size]:
    """The bucket of each training picture.

    Characters, scenes and composites are counted together, as one batch may hold all of them. Class pictures join
    them, so they take the nearest of the buckets that these use. Control images are counted apart. Pictures that are
    never seen do not count.

    Args:
        rows: training rows of all configurations.
        seen: how often each is seen in an epoch.
        buckets: all that the parameters allow.
        least: pictures of a bucket.
    """
    shapes = [shape_of(row) for row in rows]
    mixed = [shapes[n] for n, row in enumerate(rows) if row["config"] in MIXED and seen[n] > 0]
    apart = [shapes[n] for n, row in enumerate(rows) if row["config"] == "control" and seen[n] > 0]
    open_to = dict.fromkeys((*MIXED, "regularization"), list(filled_buckets(mixed, buckets, least)) or list(buckets))
    open_to["control"] = list(filled_buckets(apart, buckets, least)) or list(buckets)
    return [nearest_bucket(size, open_to[row["config"]], keep) for row, (size, keep) in zip(rows, shapes, strict=True)]


def whole_people(rows: Sequence[Row], seen: Sequence[float], buckets: Sequence[Size]) -> list[float]:
    """`seen`, but never a scene or composite whose bucket cuts a face: its caption names who could not be seen."""
    return [
        0.0 if row["config"] in ("scenes", "composites") and not holds_faces(row, bucket) else value
        for row, value, bucket in zip(rows, seen, buckets, strict=True)
    ]


def holds_faces(row: Row, bucket: Size) -> bool:
    """True if a bucket holds all that no cut may touch."""
    size, keep = shape_of(row)
    return keep is None or holds(size, bucket, keep)


def bucket_words(rows: Sequence[Row], seen: Sequence[float], buckets: Sequence[Size], least: int) -> list[str]:
    """A line on each bucket that had too few pictures, or has so still.

    Args:
        rows: training rows; `bucket` is the nearest to each.
        seen: how often each is seen in an epoch.
        buckets: where each is trained.
        least: pictures of a bucket.
    """
    lines = []
    for kind, configs in {"": MIXED, "control images in ": ("control",)}.items():
        inside = [n for n, row in enumerate(rows) if row["config"] in configs and seen[n] > 0]
        before = Counter(rows[n]["bucket"] for n in inside)
        after = Counter(bucket_name(buckets[n]) for n in inside)
        lines += [
            f"{kind}{name}: {_pictures(before[name])}, fewer than {least} (`dataset.min_bucket`): they go elsewhere"
            for name in sorted(before.keys() - after.keys(), key=bucket_of)
        ]
        lines += [
            f"{kind}{name}: {_pictures(count)}, fewer than {least} (`dataset.min_bucket`), and there is no other"
            for name, count in after.items()
            if count < least
        ]
    return lines


def _pictures(count: int) -> str:
    return f"{count} picture{'s' if count != 1 else ''}"


def plan_rows(rows: Sequence[Row], seen: Sequence[float], buckets: Sequence[Size]) -> list[dict[str, Any]]:
    """Rows of PLAN."""
    return [
        {
            "key": f"{row['config']}/{row['id']}",
            "config": row["config"],
            "id": row["id"],
            "character": row["character"],
            "bucket": bucket_name(bucket),
            "cut_share": cut_share((row["width_px"], row["height_px"]), bucket),
            "per_epoch": value,
            "caption": row["caption"],
        }
        for row, value, bucket in zip(rows, seen, buckets, strict=True)
    ]

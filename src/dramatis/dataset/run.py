"""Joins crops, captions, variants, composites, control images and class pictures of all videos into one dataset."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
from tqdm import tqdm

from dramatis.core.errors import InputError
from dramatis.core.regularization import ClassSource
from dramatis.core.splits import COUNTS_FILE, PLAN_FILE
from dramatis.core.tables import read_json, whole_folder, write_json, write_table
from dramatis.core.vectors import read_vectors
from dramatis.dataset.card import Facts, card
from dramatis.dataset.features import with_features
from dramatis.dataset.figures import figures
from dramatis.dataset.leaks import LeakLimits, leaks
from dramatis.dataset.material import Material, Places, gather
from dramatis.dataset.params import DatasetParams, Multipliers
from dramatis.dataset.pictures import reader_of
from dramatis.dataset.plan import bucket_words, buckets_of, per_epoch, plan_rows, whole_people
from dramatis.dataset.rows import in_bucket
from dramatis.dataset.schema import CONFIGS, CONTROLLED, DATASET, IMAGE, LEFT_OUT, PLAN
from dramatis.dataset.shards import GROUP_ROWS, Shard, read_columns
from dramatis.dataset.sizes import sizes_of

log = logging.getLogger("dataset")

Row = dict[str, Any]
WITH_JPEG = ("scenes", "regularization")
"""Configurations some pictures of which are JPEG files."""


def run(
    params: DatasetParams,
    videos: Sequence[str],
    sources: Mapping[str, ClassSource],
    limits: LeakLimits,
    sections: Mapping[str, Any],
    *,
    places: Places,
    frames: Path,
    coverage: Path,
    out: Path,
    metrics: Path,
) -> None:
    """Writes shards and counts of every configuration, `plan.parquet`, `left_out.parquet`, the card and the metrics.

    Args:
        params: section `dataset`.
        videos: their ids.
        sources: sources of class pictures by id.
        limits: when a picture nearly repeats another.
        sections: the sections of the parameters that made the dataset, for the card.
        places: what earlier stages wrote.
        frames: folder with `<video>/source.json`.
        coverage: what stage `selection` says of each character.
        out: folder to write; it is replaced only when all went well.
        metrics: file for the figures.

    Raises:
        InputError: a table is missing or unreadable, nobody has a picture, or a held-out picture is trained on.
        ParameterError: no bucket fits.
    """
    buckets = sizes_of(params)
    found = gather(places, videos, sources)
    rows = [in_bucket(row, buckets) for row in tqdm(found.rows, "buckets", unit="picture", disable=None)]
    _refuse_leaks(rows, found, limits, places.embeddings, videos)
    training = [row for row in rows if row["split"] == "train"]
    seen = per_epoch(training, {name: source.multiplier for name, source in sources.items()}, params.multipliers)
    trained_in = buckets_of(training, seen, buckets, params.min_bucket)
    words = bucket_words(training, seen, trained_in, params.min_bucket)
    seen = whole_people(training, seen, trained_in)
    for line in words:
        log.warning("bucket %s", line)
    for line in (*_warnings(rows, found.cast), *_unseen(training, seen, params.multipliers)):
        log.warning(line)
    plan = plan_rows(training, seen, trained_in)
    with whole_folder(out) as folder:
        with tqdm(total=len(rows), desc="write", unit="picture", disable=None) as bar:
            for (config, shard), part in groupby(sorted(rows, key=_place), key=_place):
                bar.update(_write(list(part), places, folder / config, shard))
        for config in CONFIGS:  # so that every folder is there: runs depend on these, and not on the card
            write_json(Counter(row["split"] for row in rows if row["config"] == config), folder / config / COUNTS_FILE)
        write_table(plan, with_features(PLAN), folder / PLAN_FILE)
        write_table(found.left_out, LEFT_OUT, folder / "left_out.parquet")
        facts = Facts(
            figures=figures(rows, plan, found.left_out, len(found.chosen)),
            cast=found.cast,
            shots={name: len(shots) for name, shots in _shots(training).items()},
            coverage=read_columns(coverage, "selection", ["character", "size_class", "advice"]),
            left_out=found.left_out,
            sources={video: read_json(frames / video / "source.json", f"frames@{video}") for video in videos},
            videos={config: Counter(row["video"] for row in rows if row["config"] == config) for config in CONFIGS},
            warnings=words,
            sections=sections,
            license=params.license,
            people=params.people,
        )
        (folder / "README.md").write_text(card(facts), encoding="utf-8")
    write_json({**facts.figures, "leaks": 0}, metrics)


def _refuse_leaks(
    rows: Sequence[Row], found: Material, limits: LeakLimits, embeddings: Path, videos: Sequence[str]
) -> None:
    """Ends the stage if a held-out picture would be trained on; all else that follows trusts that none is."""
    vectors, threshold = read_vectors(embeddings, videos, list(found.faces.values()))
    told = leaks(rows, found.origins, limits, dict(zip(found.faces, vectors, strict=True)), threshold)
    if told:
        more = f", and {len(told) - 1} more" if len(told) > 1 else ""
        remedy = "Run `dvc repro --force pipelines/dataset/dvc.yaml:selection`; if it stays, this program has a fault"
        raise InputError("data/selection", f"{told[0]}{more}", remedy)


def _warnings(rows: Sequence[Row], cast: Sequence[Row]) -> Iterator[str]:
    """A line on the characters that cannot be trained, and one on those that cannot be scored."""
    crops = [row for row in rows if row["config"] == "characters"]
    training = {row["character"] for row in crops if row["split"] == "train"}
    heads = Counter(row["character"] for row in crops if row["split"] == "validation" and row["stage"] == "head")
    idle = [row["character"] for row in cast if row["character"] not in training]
    unjudged = [row["character"] for row in cast if row["character"] in training and heads[row["character"]] < 2]
    if idle:
        yield f"no picture for training: {', '.join(idle)}"
    if unjudged:
        yield f"fewer than 2 held-out heads, so stage score cannot judge a run of them: {', '.join(unjudged)}"


def _unseen(training: Sequence[Row], seen: Sequence[float], params: Multipliers) -> Iterator[str]:
    """A line on the characters whose crops the weights leave out, and one on weights that are nobody's."""
    most: dict[str, float] = defaultdict(float)
    for row, value in zip(training, seen, strict=True):
        if row["config"] == "characters":
            most[row["character"]] = max(most[row["character"]], value)
    if never := sorted(name for name, value in most.items() if not value):
        yield f"`dataset.multipliers` shows no crop of {', '.join(never)} in training"
    if strange := sorted(params.characters.keys() - most.keys()):
        yield f"`dataset.multipliers.characters` weighs {', '.join(strange)}, of whom there is no crop to train with"


def _shots(training: Sequence[Row]) -> dict[str, set[tuple[str, int]]]:
    """Shots of the training crops, by character."""
    found: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for row in training:
        if row["config"] == "characters":
            found[row["character"]].add((row["video"], row["shot"]))
    return found


def _place(row: Row) -> tuple[str, str]:
    return row["config"], row["shard"]


def _write(rows: Sequence[Row], places: Places, folder: Path, shard: str) -> int:
    """Writes the rows of a shard with their pictures, those of each split into a file of its own."""
    rows = sorted(rows, key=itemgetter("id"))
    config = rows[0]["config"]
    schema = with_features(CONTROLLED if config == "control" else DATASET)
    said = pa.schema([field for field in schema if field.type != IMAGE])
    table = pa.Table.from_pylist([{name: row[name] for name in said.names} for row in rows], said)
    read = reader_of(config, shard, places)
    with ExitStack() as stack:
        files = {
            split: stack.enter_context(Shard(folder / split / f"{shard}.parquet", schema, config in WITH_JPEG))
            for split in sorted({row["split"] for row in rows})
        }
        for start in range(0, len(rows), GROUP_ROWS):
            part = rows[start : start + GROUP_ROWS]
            pictures, beside = read(part), table.slice(start, len(part))
            for split, file in files.items():
                mine = [n for n, row in enumerate(part) if row["split"] == split]
                if mine:
                    file.add(_joined(beside.take(mine), pictures, mine, schema))
    return len(rows)


def _joined(
    table: pa.Table, pictures: Mapping[str, list[pa.Array]], mine: Sequence[int], schema: pa.Schema
) -> pa.Table:
    """Rows with their pictures.

    Args:
        table: all other columns.
        pictures: an array of one for each of a group of rows, by column.
        mine: which of the group the rows are.
        schema: of the result.
    """
    views = {name: pa.chunked_array([column[n] for n in mine], IMAGE) for name, column in pictures.items()}
    columns = [views[name] if name in views else table[name] for name in schema.names]
    whole = pa.Table.from_arrays(columns, schema=schema)
    few = 2 * len(mine) < len(next(iter(pictures.values())))
    return whole.take(list(range(len(mine)))) if few else whole  # a copy, so that the rest of the group can go

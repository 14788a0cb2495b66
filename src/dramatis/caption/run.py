"""Writes the captions of one video."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tqdm import tqdm

from dramatis.backends.tag import Tagger, kept, load_tagger, words
from dramatis.caption.human import captions_of
from dramatis.caption.params import CaptionParams
from dramatis.caption.schema import CAPTIONS
from dramatis.caption.text import compose, core_tags, selected, spoken
from dramatis.core.images import decode
from dramatis.core.tables import read_rows, read_table, whole_folder, write_table

Row = dict[str, Any]


def run(
    params: CaptionParams, video: str, captions: Mapping[str, str], crops: Path, characters: Path, out: Path
) -> None:
    """Writes `captions.parquet`: one row for each kept crop. `captions` are those that people wrote, by crop id."""
    listed = ["crop_id", "character", "outfit_name", "others", "people", "stage", "cut_off", "rejected_by"]
    rows = read_rows(crops, f"crops@{video}", listed)
    human = captions_of(video, captions, {row["crop_id"]: row["rejected_by"] for row in rows})
    rows = [row for row in rows if not row["rejected_by"]]
    trigger = {row["character"]: row["trigger"] for row in read_rows(characters, "cast")}
    tagger = load_tagger(params.backend, Path(params.weights))
    tags = _tags(params, tagger, crops, video, {row["crop_id"] for row in rows} - set(human))
    core = _core(params, rows, tags)
    place = {words(tag.name): n for n, tag in enumerate(tagger.tags)}
    written = [
        _human(row, trigger, human[row["crop_id"]])
        if row["crop_id"] in human
        else _automatic(params, row, trigger, tags[row["crop_id"]], core[row["character"]], place, tagger.model)
        for row in rows
    ]
    with whole_folder(out) as folder:
        write_table(written, CAPTIONS, folder / "captions.parquet")


def _tags(params: CaptionParams, tagger: Tagger, crops: Path, video: str, wanted: set[str]) -> dict[str, list[str]]:
    """The tags of each wanted crop as words, most certain first."""
    table = read_table(crops, f"crops@{video}", ["crop_id", "image"])
    found = {}
    with tqdm(total=len(wanted), desc=f"caption {video}", unit="crop", disable=None) as bar:
        for batch in table.to_batches(max_chunksize=16):
            for row in batch.to_pylist():
                if row["crop_id"] in wanted:
                    scores = tagger.scores([decode(row["image"], f"{crops}: {row['crop_id']}")])[0]
                    found[row["crop_id"]] = [words(name) for name, _ in kept(tagger.tags, scores, params.min_score)]
                    bar.update()
    return found


def _core(params: CaptionParams, rows: list[Row], tags: Mapping[str, list[str]]) -> dict[str, set[str]]:
    """The core tags of each character, if they are to go."""
    core: dict[str, set[str]] = defaultdict(set)
    if params.prune_core:
        solo = defaultdict(list)
        for row in rows:
            if row["people"] == 1 and row["crop_id"] in tags:
                solo[row["character"]].append(tags[row["crop_id"]])
        for character, lists in solo.items():
            core[character] = core_tags(lists, params.prune_core.min_share, params.prune_core.words)
    return core


def _automatic(
    params: CaptionParams,
    row: Row,
    trigger: Mapping[str, str],
    tags: list[str],
    core: set[str],
    place: Mapping[str, int],
    model: str,
) -> Row:
    # The boxes know the number of people and the stage, and the cast the names, better than the tagger. But how much
    # a crop of a figure that the frame cuts off shows, only the tagger can see.
    seen_by_tagger = row["stage"] == "full" and row["cut_off"]
    outfit = spoken(row["outfit_name"]) if params.outfit and row["outfit_name"] else None
    stage = {} if seen_by_tagger else params.stage_words
    said = {*stage.values(), *params.people_words.values(), *trigger.values()}
    chosen = selected(tags, {*said, *params.exclude, *core}, params.max_tags)
    ordered = sorted(chosen, key=place.__getitem__) if params.order == "list" else chosen
    caption = compose(
        [
            trigger[row["character"]],
            *(trigger[other] for other in row["others"]),
            params.style,
            outfit,
            params.people_words.get(row["people"]),
            stage.get(row["stage"]),
            *ordered,
        ]
    )
    return {**_row(row, trigger), "caption": caption, "tags": chosen, "origin": "auto", "tagger": model}


def _human(row: Row, trigger: Mapping[str, str], caption: str) -> Row:
    return {**_row(row, trigger), "caption": caption, "tags": [], "origin": "human", "tagger": None}


def _row(row: Row, trigger: Mapping[str, str]) -> Row:
    return {"crop_id": row["crop_id"], "trigger": trigger[row["character"]]}

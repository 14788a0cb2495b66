"""Writes the captions of all videos, and of the composites."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dramatis.caption.fields import Known, Seen, composite_fields, crop_fields, scene_fields, seen
from dramatis.caption.human import read_captions
from dramatis.caption.params import CaptionParams, template_of
from dramatis.caption.schema import CAPTIONS, COMPOSITES
from dramatis.caption.text import core_tags
from dramatis.caption.tokens import told
from dramatis.core import seeds
from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.tables import read_rows, whole_folder, write_table
from dramatis.core.template import Parts, fields_of, render
from dramatis.diffusion.tokens import count_tokens

Row = dict[str, Any]
CROP = ["crop_id", "character", "outfit_name", "others", "left", "people", "stage", "cut_off", "rejected_by", "picture"]
SCENE = ["scene_id", "characters", "people", "rejected_by", "picture"]
COMPOSITE = ["composite_id", "parts", "characters", "background", "stage", "picture"]
log = logging.getLogger("caption")


class Pictures(NamedTuple):
    """Everything of all videos: kept crops and scenes by video, and by picture what a model sees."""

    crops: dict[str, list[Row]]
    scenes: dict[str, list[Row]]
    seen: dict[str, Seen]


def run(
    params: CaptionParams,
    videos: Sequence[str],
    human: Path,
    characters: Path,
    crops: Path,
    tags: Path,
    selection: Path,
    composites: Path,
    out: Path,
) -> None:
    """Writes `<video>.parquet` of each video and `composites.parquet`: a row for each kept crop, scene and composite.

    Args:
        human: file with the captions that people wrote, by hash of the picture.
        crops, tags, selection: folders with what those stages wrote, by video.

    Raises:
        ParameterError: a human caption is not sound, or a video is called as the file of the composites.
        MissingError: a picture has no tags, or another stage has not run.
    """
    if COMPOSITES in videos:
        raise ParameterError(f"params.yaml: videos.{COMPOSITES}", "this id is taken by the composites", "Use another")
    written = read_captions(human)
    pictures = _pictures(params, videos, crops, tags)
    known = Known(
        params,
        trigger={row["character"]: row["trigger"] for row in read_rows(characters, "cast")},
        core=_core(params, pictures, _training(videos, selection)),
    )
    joined = read_rows(composites, "composite", COMPOSITE)
    rows = {video: list(_of_video(video, pictures, known)) for video in videos}
    rows[COMPOSITES] = list(_of_composites(joined, pictures, known))
    _put_human(rows, written)
    _count(rows, params)
    with whole_folder(out) as folder:
        for name, captions in rows.items():
            write_table(captions, CAPTIONS, folder / f"{name}.parquet")


def _pictures(params: CaptionParams, videos: Sequence[str], crops: Path, tags: Path) -> Pictures:
    made: dict[str, tuple[str, list[str]]] = {"crops": ("crop_id", CROP), "scenes": ("scene_id", SCENE)}
    found: dict[str, dict[str, list[Row]]] = {table: {} for table in made}
    looks: dict[str, Seen] = {}
    for video in videos:
        file = tags / video / "tags.parquet"
        looks |= {row["id"]: seen(row, params) for row in read_rows(file, f"tag@{video}")}
        for table, (key, columns) in made.items():
            rows = read_rows(crops / video / f"{table}.parquet", f"crops@{video}", columns)
            kept = [row for row in rows if not row["rejected_by"]]
            lost = next((row[key] for row in kept if row[key] not in looks), None)
            if lost:
                raise MissingError(str(file), f"{lost} has no tags", f"Run `dvc repro`: stage tag@{video} makes them")
            found[table][video] = kept
    return Pictures(found["crops"], found["scenes"], looks)


def _training(videos: Sequence[str], selection: Path) -> set[str]:
    return {
        row["id"]
        for video in videos
        for row in read_rows(selection / f"{video}.parquet", "selection", ["id", "split"])
        if row["split"] == "train"
    }


def _core(params: CaptionParams, pictures: Pictures, training: set[str]) -> dict[str, set[str]]:
    """The core tags of each character, if they are to go; counted in its training crops without others."""
    if not params.prune_core:
        return {}
    solo = defaultdict(list)
    for rows in pictures.crops.values():
        for row in rows:
            if row["people"] == 1 and row["crop_id"] in training:
                solo[row["character"]].append(list(pictures.seen[row["crop_id"]].tags))
    prune = params.prune_core
    return {name: core_tags(lists, prune.min_share, prune.words) for name, lists in solo.items()}


def _of_video(video: str, pictures: Pictures, known: Known) -> Iterator[Row]:
    templates = known.params.template
    kinds = (
        ("crop_id", pictures.crops[video], template_of("crop", templates.crop), crop_fields),
        ("scene_id", pictures.scenes[video], template_of("scene", templates.scene), scene_fields),
    )
    for key, rows, template, fields_for in kinds:
        said = fields_of(template)
        for row in rows:
            look = pictures.seen[row[key]]
            fields, tags = fields_for(row, look, known, said)
            yield _row(row[key], row["picture"], template, fields, tags, look.model, known)


def _of_composites(composites: Sequence[Row], pictures: Pictures, known: Known) -> Iterator[Row]:
    crops = {row["crop_id"]: row for rows in pictures.crops.values() for row in rows}
    template = template_of("composite", known.params.template.composite)
    said = fields_of(template)
    for row in composites:
        looks = [pictures.seen[part] for part in row["parts"]]
        behind = pictures.seen.get(row["background"])
        fields, tags = composite_fields(row, [crops[part] for part in row["parts"]], looks, behind, known, said)
        yield _row(row["composite_id"], row["picture"], template, fields, tags, looks[0].model, known, repeats=True)


def _row(
    name: str,
    picture: str,
    template: Parts,
    fields: Mapping[str, Sequence[str]],
    tags: Sequence[str],
    model: str,
    known: Known,
    repeats: bool = False,
) -> Row:
    draw = seeds.rng(known.params.seed, "caption", name).random
    caption = render(template, fields, draw, repeats)
    return {
        "id": name,
        "picture": picture,
        "caption": caption,
        "tags": tags,
        "origin": "auto",
        "model": model,
        "tokens": None,
    }


def _put_human(rows: Mapping[str, list[Row]], written: Mapping[str, str]) -> None:
    """Puts the captions that people wrote in place of the others, and says which of them no picture has."""
    used = set()
    for row in (row for captions in rows.values() for row in captions):
        if row["picture"] in written:
            used.add(row["picture"])
            row.update(caption=written[row["picture"]], tags=[], origin="human", model=None)
    waiting = [picture for picture in written if picture not in used]
    if waiting:
        shown = ", ".join(waiting[:5]) + (" …" if len(waiting) > 5 else "")
        said = f"{len(waiting)} of {len(written)} captions wait, as no picture has their hash now: {shown}"
        log.warning("captions.yaml: %s", said)


def _count(rows: Mapping[str, list[Row]], params: CaptionParams) -> None:
    if not params.token_limits:
        return
    everything = [row for captions in rows.values() for row in captions]
    counts = count_tokens([row["caption"] for row in everything], params.tokenizer)
    for row, count in zip(everything, counts, strict=True):
        row["tokens"] = count
    longer = told(counts, params.token_limits)
    if longer:
        log.warning(longer)

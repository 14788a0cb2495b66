"""What earlier stages made, joined to rows of the dataset; no picture is read here."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dramatis.core.errors import InputError
from dramatis.core.regularization import ClassSource
from dramatis.dataset import rows as make
from dramatis.dataset.shards import read_columns

Row = dict[str, Any]


@dataclass(frozen=True)
class Places:
    """Where the tables of earlier stages are."""

    crops: Path
    """Folder with `<video>/crops.parquet` and `scenes.parquet`."""
    embeddings: Path
    """Folder with `<video>/embeddings.parquet`."""
    selection: Path
    """Folder with `<video>.parquet`."""
    captions: Path
    """Folder with `<video>.parquet` and `composites.parquet`."""
    augmented: Path
    """Folder with `<video>/augmented.parquet`."""
    control: Path
    """Folder with `<video>/control.parquet`."""
    composites: Path
    """`composites.parquet`."""
    regularization: Path
    """Folder with `<source>/regularization.parquet`."""
    characters: Path
    """`characters.parquet`."""


@dataclass
class Material:
    """All rows that may come into the dataset, and what is left out."""

    cast: list[Row]
    """Rows of CHARACTERS."""
    rows: list[Row] = field(default_factory=list)
    left_out: list[Row] = field(default_factory=list)
    """Rows of LEFT_OUT."""
    origins: dict[str, Row] = field(default_factory=dict)
    """Frame and shot of every crop and scene, taken or not."""
    faces: dict[str, str] = field(default_factory=dict)
    """The detected face of each crop that is taken."""
    chosen: dict[str, str | None] = field(default_factory=dict)
    """Split of every crop and scene; None of those left out."""


def gather(places: Places, videos: Sequence[str], sources: Mapping[str, ClassSource]) -> Material:
    """Everything, in an order that only ids decide.

    Raises:
        MissingError: a table is missing.
        InputError: a table cannot be read, two rows have one id, a caption or a name is missing, or nobody has a crop.
    """
    cast = read_columns(places.characters, "cast", ["character", "display", "trigger"])
    found = Material(cast)
    triggers = {row["character"]: row["trigger"] for row in cast}
    for video in videos:
        crops = _video(places, video, triggers, found)
        found.rows += [*crops.values(), *_variants(places, video, crops), *_controls(places, video, crops)]
    if not any(row["config"] == "characters" for row in found.rows):
        remedy = "See data/selection for the reasons; name people in cast.yaml, or relax the rules of `crops`"
        raise InputError(str(places.selection), "not one crop of a named character was taken", remedy)
    found.rows += _composites(places)
    for source, about in sources.items():
        _class_pictures(places, source, about, found)
    found.rows.sort(key=lambda row: (row["config"], row["split"], row["shard"], row["id"]))
    _refuse_twins(found.rows)
    return found


def _video(places: Places, video: str, triggers: Mapping[str, str], found: Material) -> dict[str, Row]:
    """The crops that are taken, by id; scenes and what is left out go into `found`."""
    folder, stage = places.crops / video, f"crops@{video}"
    texts = _texts(places, video)
    chosen = {
        row["id"]: row
        for row in read_columns(
            places.selection / f"{video}.parquet", "selection", ["id", "character", "stage", "split", "left_out"]
        )
    }
    found.left_out += [make.left_out(row, row["left_out"]) for row in chosen.values() if not row["split"]]
    found.chosen |= {name: row["split"] for name, row in chosen.items()}
    crops = {}
    for crop in read_columns(folder / "crops.parquet", stage, make.CROP):
        name, who = crop["crop_id"], crop["character"]
        found.origins[name] = {key: crop[key] for key in ("frame_id", "video", "shot")}
        if split := _of(chosen, name, places.selection, "selection")["split"]:
            trigger = _of(triggers, who, places.characters, "cast")
            found.faces[name] = crop["detection_id"]
            crops[name] = make.of_crop(crop, _of(texts, name, places.captions, "caption"), trigger, split, video)
    for scene in read_columns(folder / "scenes.parquet", stage, make.SCENE):
        name = scene["scene_id"]
        found.origins[name] = {key: scene[key] for key in ("frame_id", "video", "shot")}
        if split := _of(chosen, name, places.selection, "selection")["split"]:
            found.rows.append(make.of_scene(scene, _of(texts, name, places.captions, "caption"), split, video))
    return crops


def _texts(places: Places, shard: str) -> dict[str, Row]:
    return {row["id"]: row for row in read_columns(places.captions / f"{shard}.parquet", "caption", make.TEXT)}


def _of(known: Mapping[str, Any], name: str, place: Path, stage: str) -> Any:
    """What a table says of an id or a character."""
    if name not in known:
        raise InputError(str(place), f"it says nothing of {name}", f"Run `dvc repro`: stage {stage} makes it")
    return known[name]


def _variants(places: Places, video: str, crops: Mapping[str, Row]) -> Iterator[Row]:
    """Variants of training crops; the words for light are those of this video, so no other one changes its captions."""
    file = places.augmented / video / "augmented.parquet"
    variants = read_columns(file, f"augment@{video}", make.VARIANT)
    words = sorted({row["word"] for row in variants if row["word"]})
    for variant in variants:
        crop = crops.get(variant["crop_id"])
        if crop and crop["split"] == "train":
            yield make.of_variant(variant, crop, words)


def _controls(places: Places, video: str, crops: Mapping[str, Row]) -> Iterator[Row]:
    """Control images of taken crops, of both splits."""
    for control in read_columns(places.control / video / "control.parquet", f"control@{video}", make.CONTROL):
        if not control["rejected_by"] and control["crop_id"] in crops:
            yield make.of_control(control, crops[control["crop_id"]])


def _composites(places: Places) -> Iterator[Row]:
    texts = _texts(places, "composites")
    for composite in read_columns(places.composites, "composite", make.COMPOSITE):
        yield make.of_composite(composite, _of(texts, composite["composite_id"], places.captions, "caption"))


def _class_pictures(places: Places, source: str, about: ClassSource, found: Material) -> None:
    """Class pictures; those from shots with held-out pictures are left out, as they show the same place."""
    file = places.regularization / source / "regularization.parquet"
    held = {_shot(found.origins[name]) for name, split in found.chosen.items() if split == "validation"}
    for picture in read_columns(file, f"regularize@{source}", make.CLASS):
        row = make.of_class(picture, about.kind)
        origin = found.origins.get(picture["parent"])
        if origin and _shot(origin) in held:
            found.left_out.append(make.left_out(row, "held_out_shot"))
        else:
            found.rows.append(row)


def _shot(row: Row) -> tuple[str, int]:
    return row["video"], row["shot"]


def _refuse_twins(rows: Sequence[Row]) -> None:
    counts = Counter((row["config"], row["id"]) for row in rows)
    for (config, name), count in counts.items():
        if count > 1:
            shards = sorted({row["shard"] for row in rows if (row["config"], row["id"]) == (config, name)})
            problem = f"{count} pictures of {config} have this id (shards {', '.join(shards)})"
            raise InputError(name, problem, "Delete these folders of data/ and run `dvc repro`")

"""A made-up show of 50 characters in five episodes, as large as is asked for: what stage `dataset` reads."""

import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dramatis.augment.schema import AUGMENTED
from dramatis.caption.schema import CAPTIONS
from dramatis.cast.schema import CHARACTERS
from dramatis.composite.schema import COMPOSITES
from dramatis.control.schema import CONTROL
from dramatis.core.images import Image, encode_png, resize
from dramatis.core.tables import stored_box, write_rows, write_table
from dramatis.crops.schema import CROPS, SCENES, STAGES
from dramatis.embed.schema import embeddings
from dramatis.frames.video import open_video, read_pictures
from dramatis.regularize.schema import REGULARIZATION
from dramatis.selection.schema import COVERAGE, SELECTION

PICTURES = 20_000
VIDEOS = [f"e{n:02d}" for n in range(1, 6)]
CAST = [f"c{n:02d}" for n in range(50)]
SHARES = {"crops": 0.3, "scenes": 0.06, "composites": 0.02}
"""Of all pictures; every crop has a control image, every training crop a variant, and class pictures are the rest."""
SIDE, POOL = 512, 256
WIDTH = 128
"""Numbers of an identity vector."""
FACE = stored_box((128, 96, 384, 384))
CLIPS = ("videos/tears_of_steel_10s.mp4", "videos/sintel_10s.mp4", "videos/caminandes_10s.mp4")

Row = dict[str, Any]


def pool_of(media: Path) -> list[bytes]:
    """PNG pictures cut from real clips, 512 px, with the grain that a larger film has."""
    rng = np.random.default_rng(7)
    frames = [picture.frame.to_ndarray(format="rgb24") for clip in CLIPS for picture in _some(media / clip)]
    return [encode_png(_cut(frames[n % len(frames)], rng)) for n in range(POOL)]


def _some(file: Path) -> Iterator[Any]:
    with open_video(file) as film:
        yield from (picture for n, picture in enumerate(read_pictures(film, True)) if n % 10 == 0)


def _cut(frame: Image, rng: np.random.Generator) -> Image:
    side = int(min(frame.shape[:2]) * rng.uniform(0.5, 1))
    top, left = (int(rng.integers(0, length - side + 1)) for length in frame.shape[:2])
    grown = resize(np.ascontiguousarray(frame[top : top + side, left : left + side]), SIDE, SIDE)
    return np.clip(grown + rng.normal(0, 2, grown.shape), 0, 255).astype(np.uint8)


def write_show(data: Path, count: int, pool: list[bytes]) -> None:
    """Writes every table that stage `dataset` reads, for `count` pictures in the end."""
    pictures, rng = cycle(pool), np.random.default_rng(7)
    crops = [row for video in VIDEOS for row in _crops(video, round(count * SHARES["crops"] / len(VIDEOS)), rng)]
    scenes = [row for video in VIDEOS for row in _scenes(video, round(count * SHARES["scenes"] / len(VIDEOS)), rng)]
    training = [row for row in crops if not _held(row)]
    for video in VIDEOS:
        mine = [row for row in crops if row["video"] == video]
        whole = [row for row in scenes if row["video"] == video]
        write_rows(_with(mine, pictures), CROPS, data / f"crops/{video}/crops.parquet")
        faces = sorted({row["detection_id"] for row in mine})
        vectors = [
            {"detection_id": name, "vector": vector}
            for name, vector in zip(faces, _units(len(faces), rng), strict=True)
        ]
        write_table(vectors, embeddings(WIDTH), data / f"embeddings/{video}/embeddings.parquet")
        (data / f"embeddings/{video}/model.json").write_text(json.dumps({"threshold": 0.2}))
        write_rows(_with(whole, pictures), SCENES, data / f"crops/{video}/scenes.parquet")
        write_table([_selected(row) for row in (*mine, *whole)], SELECTION, data / f"selection/{video}.parquet")
        write_table([_text(row) for row in (*mine, *whole)], CAPTIONS, data / f"captions/{video}.parquet")
        variants = (_variant(row) for row in mine if not _held(row))
        write_rows(_with(variants, pictures), AUGMENTED, data / f"augmented/{video}/augmented.parquet")
        drawn = _drawn(rng)
        write_rows((_control(row, drawn) for row in mine), CONTROL, data / f"control/{video}/control.parquet")
        source = {"kind": "file", "files": 1, "bytes": 0, "sha256": "0" * 64}
        (data / "frames" / video).mkdir(parents=True)
        (data / "frames" / video / "source.json").write_text(json.dumps(source))
    joined = [_composite(n, training[n], training[n + 7]) for n in range(round(count * SHARES["composites"]))]
    write_rows(_with(joined, pictures), COMPOSITES, data / "composites.parquet")
    write_table([_text(row) for row in joined], CAPTIONS, data / "captions/composites.parquet")
    rest = count - 2 * len(crops) - len(scenes) - len(training) - len(joined)
    classes = (_class_picture(n) for n in range(rest))
    write_rows(_with(classes, pictures), REGULARIZATION, data / "regularization/folder/regularization.parquet")
    write_table([_character(name) for name in CAST], CHARACTERS, data / "characters.parquet")
    write_table([], COVERAGE, data / "selection/coverage.parquet")


def _with(rows: Any, pictures: Iterator[bytes]) -> Iterator[Row]:
    return (row | {"image": next(pictures)} for row in rows)


def _units(count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Vectors of length 1, shape (count, WIDTH)."""
    vectors = rng.normal(size=(count, WIDTH)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _held(row: Row) -> bool:
    """Every fifth shot is held out."""
    return row["shot"] % 5 == 4


def _crops(video: str, count: int, rng: np.random.Generator) -> Iterator[Row]:
    for n in range(count):
        frame, stage = f"{video}-{n // 3:06d}", sorted(STAGES)[n % 3]
        empty = dict.fromkeys(CROPS.names)
        yield empty | {
            "crop_id": f"{frame}-00-{stage}",
            "figure_id": f"{frame}-00",
            "detection_id": f"{frame}-00-face",
            "frame_id": frame,
            "video": video,
            "shot": n // 30,
            "track_id": f"{video}-{n // 30:04d}-000",
            "time_code": "00:00:00.000",
            "character": CAST[n // 3 % len(CAST)],
            "others": [],
            "stage": stage,
            "box": FACE,
            "face": FACE,
            **dict.fromkeys(("left", "masked"), 0),
            **dict.fromkeys(("scale", "sharpness", "luma", "people"), 1),
            **dict.fromkeys(("fallback", "cut_off", "small"), False),
            **_picture(rng),
        }


def _scenes(video: str, count: int, rng: np.random.Generator) -> Iterator[Row]:
    for n in range(count):
        frame = f"{video}-{n * 7:06d}"
        yield dict.fromkeys(SCENES.names) | {
            "scene_id": f"{frame}-scene",
            "frame_id": frame,
            "video": video,
            "shot": n * 7 // 10,
            "time_code": "00:00:00.000",
            "characters": CAST[:2],
            "faces": [FACE, FACE],
            "people": 2,
            "box": FACE,
            "sharpness": 1.0,
            **_picture(rng),
        }


def _picture(rng: np.random.Generator) -> Row:
    number = f"{rng.integers(2**63):016x}"
    return {"width_px": SIDE, "height_px": SIDE, "phash": number, "picture": number}


def _selected(row: Row) -> Row:
    crop = "crop_id" in row
    return dict.fromkeys(SELECTION.names) | {
        "id": row["crop_id"] if crop else row["scene_id"],
        "kind": "crop" if crop else "scene",
        "stage": row.get("stage", "scene"),
        "split": "validation" if _held(row) else "train",
    }


def _text(row: Row) -> Row:
    name = row.get("crop_id") or row.get("scene_id") or row["composite_id"]
    caption = "somebody, 1person, upper body, front view, brown hair, green clothes, hoodie, city"
    about = {"id": name, "picture": row["picture"], "caption": caption, "tags": [], "origin": "auto"}
    return dict.fromkeys(CAPTIONS.names) | about


def _variant(row: Row) -> Row:
    name = f"{row['crop_id']}-exposure-0"
    values = {"exposure_ev": -1.0, "contrast": 1.0, "flipped": False, "word": "dark"}
    return {"picture_id": name, "crop_id": row["crop_id"], **values}


def _drawn(rng: np.random.Generator) -> tuple[bytes, list[float]]:
    """A control image: 68 points in white on black."""
    points = rng.integers(96, 384, (68, 2))
    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    image[points[:, 1], points[:, 0]] = 255
    return encode_png(image), points.astype(float).ravel().tolist()


def _control(row: Row, drawn: tuple[bytes, list[float]]) -> Row:
    about = {"control_id": f"{row['crop_id']}-landmarks", "crop_id": row["crop_id"], "kind": "landmarks"}
    return dict.fromkeys(CONTROL.names) | about | {"landmarks": drawn[1], "image": drawn[0]}


def _composite(n: int, left: Row, right: Row) -> Row:
    return dict.fromkeys(COMPOSITES.names) | {
        "composite_id": f"composite-{n:012x}",
        "parts": [left["crop_id"], right["crop_id"]],
        "characters": [left["character"], right["character"]],
        "boxes": [FACE, FACE],
        "faces": [FACE, FACE],
        "layout": "join",
        "stage": "head",
        "width_px": SIDE,
        "height_px": SIDE,
        "picture": f"{n:016x}",
    }


def _class_picture(n: int) -> Row:
    about = {"picture_id": f"reg-folder-{n:05d}", "source": "folder", "caption": "1person, city", "origin": "human"}
    return dict.fromkeys(REGULARIZATION.names) | about | {"width_px": SIDE, "height_px": SIDE}


def _character(name: str) -> Row:
    numbers = dict.fromkeys(("clusters", "seconds", "shots", "tracks", "faces"), 1)
    return {"character": name, "display": name.title(), "trigger": name, **numbers}

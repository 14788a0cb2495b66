"""Small shards that stand for what earlier stages write, for the tests of later ones."""

import json
from pathlib import Path

import cv2
import numpy as np

from dramatis.augment.schema import AUGMENTED
from dramatis.caption.schema import CAPTIONS
from dramatis.cast.schema import CAST, CHARACTERS
from dramatis.cluster.params import ClusterParams
from dramatis.composite.schema import COMPOSITES
from dramatis.control.schema import CONTROL
from dramatis.core.images import encode_jpeg, encode_png, picture_hash
from dramatis.core.phash import phash
from dramatis.core.tables import stored_box, write_table
from dramatis.crops.schema import CROPS, SCENES
from dramatis.detect.schema import DETECTIONS
from dramatis.embed.schema import embeddings
from dramatis.frames.schema import FRAMES, SHOTS
from dramatis.outfit.schema import WORN
from dramatis.quality.schema import QUALITY
from dramatis.regularize.schema import REGULARIZATION
from dramatis.selection.schema import SELECTION
from dramatis.tag.schema import TAGS

CLUSTER = ClusterParams(
    seed=7,
    method="average_linkage",
    neighbours=30,
    link=0.75,
    split=1.5,
    floor=0.8,
    reach=1.2,
    chance=0.01,
    min_tracks=2,
    min_faces=4,
)
"""Section `cluster` of tests that do not care."""

FACE, HEAD, HALFBODY, PERSON = (40, 30, 60, 54), (34, 20, 66, 56), (20, 18, 80, 100), (16, 18, 88, 170)


def picture(seed, width=64, height=64):
    """A smooth random RGB picture; pictures of different seeds have far perceptual hashes."""
    noise = np.random.default_rng(seed).integers(0, 255, (6, 8, 3)).astype(np.uint8)
    return cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)


def frame_row(index=0, video="v", shot=0, seed=None, width=320, height=180):
    image = encode_jpeg(picture(index if seed is None else seed, width, height))
    return {
        "frame_id": f"{video}-{index:06d}",
        "video": video,
        "index": index,
        "pts_s": index / 4,
        "time_code": f"00:00:{index / 4:06.3f}",
        "shot": shot,
        "phash": "0" * 16,
        "sharpness": 1.0,
        "width_px": width,
        "height_px": height,
        "image": image,
    }


def shot_row(shot=0, video="v", start_s=0.0, end_s=1.0):
    return {
        "shot_id": f"{video}-{shot:04d}",
        "video": video,
        "shot": shot,
        "start_frame": round(start_s * 4),
        "end_frame": round(end_s * 4),
        "start_s": start_s,
        "end_s": end_s,
        "transition": "cut" if shot else "start",
        "kept": 1,
    }


def figure_rows(frame, figure=0, track=0, x=0, **boxes):
    """The detections of one figure, moved to the right by `x`; `head=None` leaves a box out."""
    kinds = {"face": FACE, "head": HEAD, "halfbody": HALFBODY, "person": PERSON, **boxes}
    figure_id = f"{frame['frame_id']}-{figure:02d}"
    return [
        {
            "detection_id": f"{figure_id}-{kind}",
            "figure_id": figure_id,
            "frame_id": frame["frame_id"],
            "video": frame["video"],
            "shot": frame["shot"],
            "kind": kind,
            "box": stored_box((sides[0] + x, sides[1], sides[2] + x, sides[3])),
            "score": 0.9,
            "landmarks": None,
            "track_id": f"{frame['video']}-{frame['shot']:04d}-{track:03d}",
        }
        for kind, sides in kinds.items()
        if sides
    ]


def quality_row(face, sharpness=1.0, rejected_by=None):
    return {
        "detection_id": face["detection_id"],
        "size_px": 20,
        "blur_px": 0.2,
        "blur": 0.01,
        "blur_kind": "none",
        "sharpness": sharpness,
        "luma": 0.5,
        "contrast": 0.2,
        "clipped": 0.0,
        "truncation": 0.0,
        "occlusion": 0.0,
        "yaw": None,
        "pitch": None,
        "roll": None,
        "rejected_by": rejected_by,
        "score": sharpness,
        "track_rank": 1,
        "best": rejected_by is None,
    }


def cast_row(face, character, origin=None):
    return {
        "detection_id": face["detection_id"],
        "figure_id": face["figure_id"],
        "track_id": face["track_id"],
        "cluster_id": None,
        "character": character,
        "origin": origin or ("reference" if character else "none"),
        "similarity": None,
        "margin": None,
        "moment": "v@0.000:0.5,0.5",
    }


def worn_row(face, character="ada", outfit="o1", name=None):
    return {
        "figure_id": face["figure_id"],
        "track_id": face["track_id"],
        "character": character,
        "outfit_id": outfit,
        "outfit_name": name,
        "origin": "decision" if name else "auto" if outfit else "none",
        "difference": 5.0 if outfit else None,
        "margin": None,
    }


def character_row(character, trigger=None):
    return {
        "character": character,
        "display": character.title(),
        "trigger": trigger or character,
        "clusters": 1,
        "seconds": 1.0,
        "shots": 1,
        "tracks": 1,
        "faces": 1,
    }


def crop_row(index=0, video="v", shot=0, character="ada", stage="head", seed=None, **changes):
    figure_id = f"{video}-{index:06d}-{changes.pop('figure', 0):02d}"
    image = picture(index if seed is None else seed, *changes.pop("size", (64, 64)))
    return {
        "crop_id": f"{figure_id}-{stage}",
        "figure_id": figure_id,
        "detection_id": f"{figure_id}-face",
        "frame_id": f"{video}-{index:06d}",
        "video": video,
        "shot": shot,
        "track_id": f"{video}-{shot:04d}-000",
        "time_code": "00:00:00.000",
        "character": character,
        "outfit": None,
        "outfit_name": None,
        "others": [],
        "left": 0,
        "people": 1,
        "masked": 0,
        "stage": stage,
        "box": stored_box((0, 0, image.shape[1], image.shape[0])),
        "face": stored_box((0, 0, image.shape[1], image.shape[0])),
        "scale": 1.0,
        "fallback": False,
        "cut_off": False,
        "small": False,
        "width_px": image.shape[1],
        "height_px": image.shape[0],
        "sharpness": 1.0,
        "luma": 0.5,
        "yaw": 0.0,
        "rejected_by": None,
        "phash": f"{phash(image):016x}",
        "picture": picture_hash(image),
        "image": encode_png(image),
        **changes,
    }


def scene_row(index=0, video="v", shot=0, characters=("ada", "bela"), seed=None, **changes):
    image = picture(1000 + index if seed is None else seed, *changes.pop("size", (160, 90)))
    faces = [stored_box((20 + 60 * n, 20, 40 + 60 * n, 44)) for n in range(len(characters))]
    return {
        "scene_id": f"{video}-{index:06d}-scene",
        "frame_id": f"{video}-{index:06d}",
        "video": video,
        "shot": shot,
        "time_code": "00:00:00.000",
        "characters": list(characters),
        "faces": faces,
        "people": len(characters),
        "box": stored_box((0, 0, image.shape[1], image.shape[0])),
        "width_px": image.shape[1],
        "height_px": image.shape[0],
        "sharpness": 1.0,
        "rejected_by": None,
        "phash": f"{phash(image):016x}",
        "picture": picture_hash(image),
        "image": encode_jpeg(image),
        **changes,
    }


def tag_row(picture_row, **scores):
    """The tags of a crop or scene, most certain first, from names and scores in the order of the model's list."""
    places = {name: place for place, name in enumerate(scores)}
    ordered = sorted(scores.items(), key=lambda pair: -pair[1])
    return {
        "id": next(iter(picture_row.values())),
        "tags": [name for name, _ in ordered],
        "scores": [score for _, score in ordered],
        "categories": ["general"] * len(ordered),
        "places": [places[name] for name, _ in ordered],
        "sentence": None,
        "model": "wd14:0",
    }


def selection_row(picture_row, split="train", left_out=None):
    """How stage `selection` takes a crop or scene."""
    crop = "crop_id" in picture_row
    return {
        "id": next(iter(picture_row.values())),
        "kind": "crop" if crop else "scene",
        "character": picture_row.get("character"),
        "stage": picture_row.get("stage", "scene"),
        "distance": "close" if crop else None,
        "split": None if left_out else split,
        "left_out": left_out,
    }


def caption_row(picture_row, caption=None):
    """The caption of a crop, scene or composite."""
    return {
        "id": next(iter(picture_row.values())),
        "picture": picture_row["picture"],
        "caption": caption or f"{picture_row.get('character', 'people')}, {picture_row.get('stage', 'scene')}",
        "tags": [],
        "origin": "auto",
        "model": "wd14:0",
        "tokens": None,
    }


def variant_row(crop, n=0, word="dark", **changes):
    """A crop in other light."""
    return {
        "picture_id": f"{crop['crop_id']}-exposure-{n}",
        "crop_id": crop["crop_id"],
        "exposure_ev": -1.0,
        "contrast": 1.0,
        "flipped": False,
        "word": word,
        "image": crop["image"],
        **changes,
    }


def composite_row(left, right, seed=500, **changes):
    """Two crops side by side."""
    width, height = left["width_px"] + right["width_px"], left["height_px"]
    image = picture(seed, width, height)
    boxes = [(0, 0, left["width_px"], height), (left["width_px"], 0, width, height)]
    return {
        "composite_id": f"composite-{seed:012x}",
        "parts": [left["crop_id"], right["crop_id"]],
        "characters": [left["character"], right["character"]],
        "boxes": [stored_box(box) for box in boxes],
        "faces": [stored_box(box) for box in boxes],
        "layout": "join",
        "background": None,
        "stage": left["stage"],
        "width_px": width,
        "height_px": height,
        "picture": picture_hash(image),
        "image": encode_png(image),
        **changes,
    }


def control_row(crop, kind="landmarks", **changes):
    """A control image of a crop."""
    return {
        "control_id": f"{crop['crop_id']}-{kind}",
        "crop_id": crop["crop_id"],
        "kind": kind,
        "landmarks": [10.0] * 136 if kind == "landmarks" else None,
        "segmentation": None,
        "rejected_by": None,
        "image": crop["image"],
        **changes,
    }


def class_row(n=0, source="drawn", **changes):
    """A class picture."""
    image = picture(2000 + n)
    return {
        "picture_id": f"reg-{source}-{n:05d}",
        "source": source,
        "caption": "1person, head",
        "origin": "prompt",
        "parent": None,
        "seed": n,
        "width_px": 64,
        "height_px": 64,
        "image": encode_png(image),
        **changes,
    }


def write_vectors(folder: Path, vectors, threshold=0.1, width=2):
    """What stage `embed` writes of a video, from vectors by detection."""
    width = len(next(iter(vectors.values()), [0.0] * width))
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"detection_id": name, "vector": vector} for name, vector in vectors.items()]
    write_table(rows, embeddings(width), folder / "embeddings.parquet")
    (folder / "model.json").write_text(json.dumps({"threshold": threshold}))


def write(folder: Path, **tables):
    """Writes tables by name under a folder and gives their paths."""
    schemas = {
        "frames": FRAMES,
        "shots": SHOTS,
        "detections": DETECTIONS,
        "quality": QUALITY,
        "cast": CAST,
        "outfits": WORN,
        "characters": CHARACTERS,
        "crops": CROPS,
        "scenes": SCENES,
        "tags": TAGS,
        "selection": SELECTION,
        "augmented": AUGMENTED,
        "composites": COMPOSITES,
        "control": CONTROL,
        "captions": CAPTIONS,
        "regularization": REGULARIZATION,
    }
    for name, rows in tables.items():
        write_table(rows, schemas[name], folder / f"{name}.parquet")
    return {name: folder / f"{name}.parquet" for name in tables}

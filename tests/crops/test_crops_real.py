"""Stages frames, detect, landmark, quality and crops on a clip of twenty shots of four people, named by its labels."""

import csv

import pytest
from builders import cast_row, write

from dramatis.backends.embed import EmbedChoice
from dramatis.core.images import decode
from dramatis.core.params import load_params
from dramatis.core.tables import box_of, read_rows
from dramatis.crops.params import CropsParams
from dramatis.crops.run import run
from dramatis.detect.params import DetectParams, MinScore
from dramatis.detect.run import run as detect
from dramatis.embed.params import EmbedParams
from dramatis.embed.run import run as embed
from dramatis.frames.params import FramesParams
from dramatis.frames.run import run as look
from dramatis.landmark.params import LandmarkParams
from dramatis.landmark.run import run as point
from dramatis.quality.params import QualityParams
from dramatis.quality.run import run as judge


@pytest.fixture(scope="module")
def shards(media, tmp_path_factory):
    top = tmp_path_factory.mktemp("signers")
    frames = load_params("frames", FramesParams).model_copy(update={"mode": "fps", "fps": 1})
    yunet = {"backend": "yunet", "weights": media / "weights/yunet_s_640_640.onnx", "workers": 1}
    yunet["min_score"] = MinScore(face=0.7, head=0.7, halfbody=0.7, person=0.7)
    osf = {"backend": "openseeface", "weights": media / "weights/lm_model0_opt.onnx", "template": "real"}
    look(frames, "signers", media / "videos/signers_20shots.mp4", top / "frames")
    arcface = {"backend": "arcface_onnx", "weights": media / "weights/MobileFaceNet.onnx", "threshold": 0.2625}
    embedder = load_params("embed", EmbedChoice).model_copy(update=arcface)
    detect(load_params("detect", DetectParams).model_copy(update=yunet), embedder, top / "frames", top / "detections")
    folders = {name: top / name for name in ("frames", "detections")}
    point(load_params("landmark", LandmarkParams).model_copy(update=osf), **folders, out=top / "landmarks")
    made = {"out": top / "quality", "limits": top / "limits.json"}
    judge(load_params("quality", QualityParams), **folders, landmarks=top / "landmarks", **made)
    found = read_rows(top / "detections/detections.parquet", "detect")
    with (media / "videos/signers_shots.csv").open() as lines:
        who = {int(row["shot"]): row["identities"].lower() for row in csv.DictReader(lines)}
    embed(load_params("embed", EmbedParams).model_copy(update=arcface), **folders, out=top / "embeddings")
    files = write(top, cast=[cast_row(row, who[row["shot"]]) for row in found if row["kind"] == "face"], outfits=[])
    names = ("frames", "detections", "quality", "embeddings")
    return {name: top / name / f"{name}.parquet" for name in names} | files


@pytest.fixture(scope="module")
def params():
    return load_params("crops", CropsParams).model_copy(
        update={
            "max_aspect": 2.2,
            "max_share": 0.5,
            "min_side_px": 64,
            "min_root_area_px": 64,
            "proportions": {"head": (0.3, 0.35, 0.1), "halfbody": (1.4, 0.35, 3.0), "person": (1.8, 0.35, 8.0)},
        }
    )


@pytest.fixture(scope="module")
def made(shards, params, tmp_path_factory):
    out = tmp_path_factory.mktemp("made") / "out"
    run(params, "signers", **shards, out=out)
    return {name: read_rows(out / f"{name}.parquet", "crops") for name in ("crops", "scenes")}


def test_crops_of_people_of_whom_only_the_face_is_found(made):
    kept = [row for row in made["crops"] if not row["rejected_by"]]
    assert len({row["shot"] for row in kept}) >= 18
    assert all(row["fallback"] for row in made["crops"])
    assert {row["stage"] for row in kept} == {"upper", "head"}  # they are seen to the waist
    for row in kept:
        assert decode(row["image"]).shape[:2] == (row["height_px"], row["width_px"])
        if row["stage"] == "head":
            assert row["width_px"] == row["height_px"]


def test_more_crops_of_a_track_take_none_away(shards, params, made, tmp_path):
    run(params.model_copy(update={"max_per_track": 2}), "signers", **shards, out=tmp_path / "out")
    few = {row["crop_id"] for row in read_rows(tmp_path / "out/crops.parquet", "crops") if not row["rejected_by"]}
    many = {row["crop_id"] for row in made["crops"] if not row["rejected_by"]}
    assert few < many


def test_scenes_of_a_clip_keep_the_frame_s_bytes(made, shards):
    frames = {row["frame_id"]: row["image"] for row in read_rows(shards["frames"], "frames")}
    kept = [row for row in made["scenes"] if not row["rejected_by"]]
    assert len({row["shot"] for row in kept if row["characters"]}) >= 18
    assert all(row["image"] == frames[row["frame_id"]] for row in kept)
    assert {len(row["faces"]) == len(row["characters"]) for row in kept} == {True}


def test_faces_are_whole_in_their_crops(made):
    for row in made["crops"]:
        x0, y0, x1, y1 = box_of(row["face"])
        assert row["rejected_by"] or (0 <= x0 < x1 <= row["width_px"] and 0 <= y0 < y1 <= row["height_px"])

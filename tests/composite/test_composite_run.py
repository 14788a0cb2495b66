"""Composites from tables to a table: who may be in them, and that every one says truly what it was made of."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from builders import crop_row, figure_rows, frame_row, scene_row, selection_row, write
from composing import params
from outlined import FACE, HEAD, PERSON, person

from dramatis.composite.run import run
from dramatis.core.images import decode, encode_png, picture_hash
from dramatis.core.tables import box_of, stored_box

COLOURS = {"ada": (255, 0, 0), "bela": (0, 255, 0), "cyrus": (0, 0, 255)}


def figure_frame(index, shot=0, below=260):
    image = person(below)[0]
    return frame_row(index, shot=shot) | {"image": encode_png(image), "width_px": 200, "height_px": 300}


def crop_of(frame, character, stage="full", **changes):
    image = decode(frame["image"])[10:290, 20:180]
    row = crop_row(frame["index"], shot=frame["shot"], character=character, stage=stage)
    return row | {
        "box": stored_box((20, 10, 180, 290)),
        "face": stored_box((FACE[0] - 20, FACE[1] - 10, FACE[2] - 20, FACE[3] - 10)),
        "width_px": 160,
        "height_px": 280,
        "picture": picture_hash(image),
        "image": encode_png(image),
        **changes,
    }


def detected(frame, figure=0, x=0, **boxes):
    kinds = {"face": FACE, "head": HEAD, "halfbody": None, "person": PERSON, **boxes}
    return figure_rows(frame, figure, figure, x, **kinds)


class Project:
    """Three people in frames of their own, a scene with nobody, and what a test adds."""

    def __init__(self, top: Path):
        self.top = top
        self.frames = [figure_frame(n) for n in range(6)]
        names = ["ada", "bela", "cyrus"] * 2
        self.crops = [crop_of(frame, name) for frame, name in zip(self.frames, names, strict=True)]
        self.scenes = [scene_row(50, shot=9, characters=(), people=0)]
        self.detections = [row for frame in self.frames for row in detected(frame)]
        self.split = {}

    def made(self, name="out", **changes):
        rows = [selection_row(row, split=self.split.get(row["crop_id"], "train")) for row in self.crops]
        rows += [
            selection_row(row, self.split.get(row["scene_id"], "train"), None if row["characters"] else "nobody")
            for row in self.scenes
        ]
        for kind, tables in {
            "crops": {"crops": self.crops, "scenes": self.scenes},
            "frames": {"frames": self.frames},
            "detections": {"detections": self.detections},
        }.items():
            write(self.top / kind / "v", **tables)
        write(self.top, selection=rows)
        (self.top / "selection").mkdir(exist_ok=True)
        (self.top / "selection.parquet").rename(self.top / "selection" / "v.parquet")
        folders = {kind: self.top / kind for kind in ("crops", "selection", "frames", "detections")}
        run(params(stages=["full"], **changes), ["v"], **folders, out=self.top / name)
        assert [file.name for file in (self.top / name).iterdir()] == ["composites.parquet"]
        return pq.read_table(self.top / name / "composites.parquet").to_pylist()


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.mark.parametrize("share", [0, 1])
def test_rows_say_what_is_in_the_picture(project, share):
    rows = project.made(people=[2, 3], cutout_share=share, per_group=2)
    assert len(rows) == 8 and [row["composite_id"] for row in rows] == sorted({row["composite_id"] for row in rows})
    crops = {row["crop_id"]: row for row in project.crops}
    for row in rows:
        image = decode(row["image"])
        assert image.shape == (row["height_px"], row["width_px"], 3) and picture_hash(image) == row["picture"]
        assert [crops[part]["character"] for part in row["parts"]] == row["characters"]
        assert row["layout"] == ("cutout" if share else "join")
        assert row["background"] == ("v-000050-scene" if share else None)
        lefts = [box["x0"] for box in row["boxes"]]
        assert lefts == sorted(lefts) and len(row["faces"]) == len(row["characters"])
        for box in row["faces"]:
            x0, y0, x1, y1 = box_of(box)
            skin = image[(y0 + y1) // 2, (x0 + x1) // 2].astype(int)
            assert np.abs(skin - (235, 190, 160)).max() < 12


def test_held_out_pictures_are_in_none(project):
    held = project.crops[0]["crop_id"], project.crops[4]["crop_id"]
    project.split |= dict.fromkeys(held, "validation")
    rows = project.made(per_group=6)
    assert rows and not {part for row in rows for part in row["parts"]} & set(held)


def test_a_scene_of_a_held_out_shot_is_no_background(project):
    project.crops.append(crop_of(figure_frame(7, shot=9), "ada"))
    project.split[project.crops[-1]["crop_id"]] = "validation"
    rows = project.made(cutout_share=1)
    assert rows and {row["layout"] for row in rows} == {"join"}


@pytest.mark.parametrize(
    "changes", [{"others": ["bela"], "people": 2}, {"people": 2}, {"masked": 1}, {"face": stored_box((0, 0, 5, 5))}]
)
def test_a_crop_with_anybody_else_in_it_or_too_small_a_face_is_in_none(project, changes):
    project.crops[0] |= changes
    assert all(project.crops[0]["crop_id"] not in row["parts"] for row in project.made(per_group=6))


def test_nor_one_with_a_shoulder_of_somebody_in_it(project):
    project.detections += detected(project.frames[0], 1, x=90)  # its face is outside the frame's crop
    assert all(project.crops[0]["crop_id"] not in row["parts"] for row in project.made(per_group=6))


def test_people_in_a_background_are_painted_over(project):
    frame = figure_frame(8, shot=3)
    image = encode_png(np.pad(person()[0], ((0, 0), (0, 200), (0, 0)), mode="edge"))
    project.scenes = [scene_row(8, shot=3, characters=("ada",), size=(400, 300), image=image)]
    project.detections += detected(frame)
    row = project.made(cutout_share=1, per_group=1)[0]
    assert row["background"] == "v-000008-scene"
    skin = np.abs(decode(row["image"]).astype(int) - (235, 190, 160)).max(axis=-1) < 12
    inside = np.zeros_like(skin)
    for x0, y0, x1, y1 in map(box_of, row["boxes"]):
        inside[y0:y1, x0:x1] = True
    assert skin[inside].any() and not skin[~inside].any()


def test_who_cannot_be_cut_out_is_joined(project):
    for crop, frame in zip(project.crops, project.frames, strict=True):
        if crop["character"] == "ada":
            frame["image"] = encode_png(np.full((300, 200, 3), 200, np.uint8))
    for row in project.made(cutout_share=1):
        assert row["layout"] == ("join" if "ada" in row["characters"] else "cutout")


def test_again_is_the_same_and_more_crops_change_none_of_the_same_parts(project):
    first = project.made(per_group=3, cutout_share=0.5)
    assert project.made("again", per_group=3, cutout_share=0.5) == first
    more = figure_frame(20, shot=5)
    project.frames.append(more)
    project.crops.append(crop_of(more, "dora"))
    project.detections += detected(more)
    after = {row["composite_id"]: row for row in project.made("more", per_group=3, cutout_share=0.5)}
    assert all(after[row["composite_id"]] == row for row in first)


def test_none_are_a_table_without_rows(project):
    assert project.made(per_group=0) == [] and project.made("alone", people=[]) == []

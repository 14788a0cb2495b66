"""Stage control on small tables, on its own landmarks and on real faces."""

import json

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest
from builders import crop_row, figure_rows, frame_row, selection_row, write
from conftest import TOP

from dramatis.backends.landmarks import load_landmarks
from dramatis.bench.landmark_faces import FACE_OF_CROP, photos
from dramatis.control.landmarks import draw_landmarks
from dramatis.control.params import ControlParams
from dramatis.control.pose import COLOURS
from dramatis.control.run import run
from dramatis.control.schema import CONTROL
from dramatis.control.segmentation import SKIN, UNKNOWN
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import decode, encode_png
from dramatis.core.params import load_params
from dramatis.core.tables import read_rows, stored_box, write_table
from dramatis.landmark.pose import fit
from dramatis.landmark.schema import LANDMARKS
from dramatis.landmark.templates import TEMPLATES

PARAMS = load_params("control", ControlParams, TOP / "params.yaml")
FACE = TEMPLATES["drawn"].solid[:, :2] * 12 + [50, 40]
"""Landmarks in the face box of the builders, 40..60 by 30..54 but for the jaw [px of the frame]."""
CROP = (20, 10, 84, 74)


def landmark_row(face, points=FACE, confidence=0.9, residual=0.05, turn=(20.0, 0.0, 0.0)):
    yaw, pitch, roll = turn or (None, None, None)
    return {
        "detection_id": face["detection_id"],
        "points": None if points is None else np.ravel(points).tolist(),
        "confidence": None if points is None else [confidence] * 68,
        "five": None,
        "yaw": yaw,
        "pitch": pitch,
        "roll": roll,
        "residual": residual,
    }


def write_tables(folder, crops, detections, landmarks, **splits):
    """The tables that the stage reads; crops named in `splits` have another split than train."""
    rows = [selection_row(crop, **splits.get(crop["crop_id"], {})) for crop in crops]
    write(folder, crops=crops, detections=detections, selection=rows)
    write_table(landmarks, LANDMARKS, folder / "landmarks.parquet")


def control_of(folder, name="out", **changes):
    tables = {table: folder / f"{table}.parquet" for table in ("crops", "detections", "landmarks", "selection")}
    params = PARAMS.model_copy(update=changes)
    run(params, "v", **tables, out=folder / name, metrics=folder / f"{name}.json")
    rows = read_rows(folder / name / "control.parquet", "control@v")
    return {row["control_id"]: row for row in rows}


@pytest.fixture
def one(tmp_path):
    """A frame with one person, a head crop of her and one at half the size."""
    detections = figure_rows(frame_row(3))
    crop = crop_row(3, box=stored_box(CROP))
    half = crop_row(3, stage="upper", box=stored_box((0, 0, 128, 128)), scale=0.5)
    write_tables(tmp_path, [crop, half], detections, [landmark_row(detections[0])])
    return tmp_path


def test_a_row_for_each_crop_and_kind_with_points_moved_and_scaled(one):
    rows = control_of(one)
    ids = [f"v-000003-00-{stage}-{kind}" for stage in ("head", "upper") for kind in ("canny", "landmarks", "pose")]
    assert list(rows) == ids
    for row in rows.values():
        assert decode(row["image"]).shape == (64, 64, 3) and row["rejected_by"] is None
        moved = FACE - [20, 10] if "head" in row["crop_id"] else FACE / 2
        assert np.reshape(row["landmarks"], (68, 2)) == pytest.approx(moved, abs=1e-4)
        mask = cv2.imdecode(np.frombuffer(row["segmentation"], np.uint8), cv2.IMREAD_UNCHANGED)
        assert mask.shape == (64, 64) and {SKIN, UNKNOWN} <= set(np.unique(mask))
    image = decode(rows["v-000003-00-upper-landmarks"]["image"])
    assert np.array_equal(image, draw_landmarks([FACE / 2], 64, 64, PARAMS.draw, PARAMS.colours, PARAMS.line_width))
    metrics = json.loads((one / "out.json").read_text())
    assert metrics == {"crops": 2, "kept": 1.0, "kept_by_stage": {"head": 1.0, "upper": 1.0}, "left_out": {}}


def test_boxes_are_drawn_where_they_lie_in_the_crop(one):
    image = decode(control_of(one)["v-000003-00-head-pose"]["image"])
    y, x = np.nonzero((image == COLOURS["head"]).all(-1))
    assert (x.min(), y.min(), x.max(), y.max()) == (34 - 20, 20 - 10, 66 - 20 - 1, 56 - 10 - 1)


def test_only_taken_crops_of_both_splits(one):
    crops = read_rows(one / "crops.parquet", "crops")
    write(one, selection=[selection_row(crops[0], "validation"), selection_row(crops[1], left_out="copy")])
    assert {row["crop_id"] for row in control_of(one).values()} == {"v-000003-00-head"}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"confidence": 0.2}, "min_confidence"),
        ({"residual": 0.7}, "max_residual"),
        ({"points": FACE + [35, 0]}, "min_inside"),
        ({"points": None, "residual": None}, "no_landmarks"),
    ],
)
def test_faces_without_reliable_landmarks_are_left_out_and_counted(one, changes, rule):
    face = figure_rows(frame_row(3))[0]
    write_table([landmark_row(face, **changes)], LANDMARKS, one / "landmarks.parquet")
    rows = control_of(one)
    row = rows["v-000003-00-head-landmarks"]
    assert row["rejected_by"] == rule and row["image"] == b"" and row["landmarks"] is row["segmentation"] is None
    assert rows["v-000003-00-head-canny"]["image"] and rows["v-000003-00-head-pose"]["rejected_by"] is None
    metrics = json.loads((one / "out.json").read_text())
    assert metrics["left_out"][rule] >= 1 and metrics["kept_by_stage"]["head"] == 0.0


def test_a_face_without_a_row_of_landmarks_is_left_out(one):
    write_table([], LANDMARKS, one / "landmarks.parquet")
    assert control_of(one)["v-000003-00-head-landmarks"]["rejected_by"] == "no_landmarks"


@pytest.fixture
def two(tmp_path):
    """A frame with two people, 60 px apart, and a crop that holds both."""
    frame = frame_row(3)
    detections = figure_rows(frame) + figure_rows(frame, figure=1, track=1, x=60)
    crop = crop_row(3, stage="upper", size=(160, 120), people=2, box=stored_box((0, 0, 160, 120)))
    points = landmark_row(detections[0]), landmark_row(detections[4], FACE + [60, 0])
    write_tables(tmp_path, [crop], detections, list(points))
    return tmp_path


def faces_in(row):
    """How many of the two faces are lit."""
    image = decode(row["image"])
    return [bool(image[:, :80].any()), bool(image[:, 80:].any())]


def test_other_people_are_drawn_unless_they_were_painted_over_or_are_not_wanted(two):
    row = control_of(two, kinds=["landmarks"])["v-000003-00-upper-landmarks"]
    assert faces_in(row) == [True, True]
    assert np.reshape(row["landmarks"], (68, 2)) == pytest.approx(FACE, abs=1e-4)  # the character's only
    assert faces_in(control_of(two, others=False)["v-000003-00-upper-landmarks"]) == [True, False]
    crop = read_rows(two / "crops.parquet", "crops")[0]
    write(two, crops=[crop | {"masked": 1}])
    rows = control_of(two)
    assert faces_in(rows["v-000003-00-upper-landmarks"]) == [True, False]
    assert not decode(rows["v-000003-00-upper-pose"]["image"])[:, 91:].any()


def test_somebody_outside_the_crop_is_not_drawn(two):
    crop = read_rows(two / "crops.parquet", "crops")[0]
    write(two, crops=[crop | {"box": stored_box((0, 0, 104, 78))}])  # the other's face begins at 100
    alone, with_others = (control_of(two, others=others) for others in (False, True))
    assert alone == with_others


def test_somebody_seen_from_behind_is_in_the_pose_only(two):
    detections = [
        row for row in read_rows(two / "detections.parquet", "detect") if row["detection_id"][9:] != "01-face"
    ]
    write(two, detections=detections)
    rows = control_of(two)
    pose = decode(rows["v-000003-00-upper-pose"]["image"])[:, 91:]
    assert (pose == COLOURS["head"]).all(-1).any() and not (pose == COLOURS["face"]).all(-1).any()
    assert faces_in(rows["v-000003-00-upper-landmarks"]) == [True, False]


def test_kinds_draw_and_segmentation_are_obeyed(one):
    lines, points = (control_of(one, name, kinds=["landmarks"], draw=name) for name in ("lines", "points"))
    assert list(lines) == ["v-000003-00-head-landmarks", "v-000003-00-upper-landmarks"]
    assert all(lines[key]["image"] != points[key]["image"] for key in lines)
    assert all(row["segmentation"] is None for row in control_of(one, segmentation=False).values())
    assert control_of(one, kinds=[]) == {}


def test_the_same_bytes_again_and_the_schema_in_the_file(one):
    control_of(one, "a"), control_of(one, "b")
    assert (one / "a/control.parquet").read_bytes() == (one / "b/control.parquet").read_bytes()
    assert pq.read_schema(one / "a/control.parquet").names == CONTROL.names


def test_rows_are_written_while_crops_are_read(tmp_path):
    """So the pictures of a long video never stand in memory together: they come in groups of 64."""
    crops = [crop_row(index, size=(16, 16)) for index in range(300)]
    detections = [row for index in range(300) for row in figure_rows(frame_row(index))]
    write_tables(tmp_path, crops, detections, [])
    rows = control_of(tmp_path, kinds=["canny", "pose"])
    assert len(rows) == 600 and list(rows) == sorted(rows)
    assert pq.ParquetFile(tmp_path / "out/control.parquet").num_row_groups == 10


def test_a_crop_that_is_no_picture_is_one_clear_line_and_nothing_is_written(one):
    crops = read_rows(one / "crops.parquet", "crops")
    write(one, crops=[crop | {"image": b"torn"} for crop in crops])
    with pytest.raises(InputError, match="crops.parquet: v-000003-00-head: 4 bytes that are no readable picture"):
        control_of(one)
    assert not (one / "out").exists() and not (one / "out.json").exists()


@pytest.mark.parametrize(
    ("table", "stage"), [("crops", "crops@v"), ("landmarks", "landmark@v"), ("selection", "selection")]
)
def test_a_missing_table_is_one_clear_line(one, table, stage):
    (one / f"{table}.parquet").unlink()
    with pytest.raises(MissingError, match=f"{table}.parquet: there is no such file.*stage {stage} makes it"):
        control_of(one)


def test_real_faces(media, tmp_path):
    """Lines of OpenSeeFace's points lie on eyes and mouths of real people as their labels do."""
    finder = load_landmarks("openseeface", media / "weights" / "lm_model0_opt.onnx")
    faces = photos(media)[::8]
    crops, detections, landmarks = [], [], []
    for index, face in enumerate(faces):
        box = tuple(FACE_OF_CROP.astype(int).tolist())
        detections += figure_rows(frame_row(index), face=box, head=None, halfbody=None, person=None)
        found = finder.find(face.image, FACE_OF_CROP)
        pose = fit(found.points, found.confidence, "real")
        row = landmark_row(detections[-1], found.points, float(found.confidence.mean()), pose.residual, pose[:3])
        landmarks.append(row)
        image = cv2.resize(face.image, (80, 80), interpolation=cv2.INTER_AREA)
        whole = stored_box((0, 0, 160, 160))
        crops.append(crop_row(index, size=(80, 80), box=whole, scale=0.5) | {"image": encode_png(image)})
    write_tables(tmp_path, crops, detections, landmarks)
    rows = control_of(tmp_path, min_confidence=0.6, max_residual=0.25)
    kept = [row for row in rows.values() if row["kind"] == "landmarks" and not row["rejected_by"]]
    assert len(kept) >= 0.8 * len(faces) and len(faces) == 8
    for row in kept:
        five = faces[int(row["crop_id"].split("-")[1])].five / 2
        points = np.reshape(row["landmarks"], (68, 2))
        assert np.linalg.norm(points[36:48].reshape(2, 6, 2).mean(1) - five[:2], axis=1).mean() < 0.1 * 47
        assert decode(row["image"]).any()

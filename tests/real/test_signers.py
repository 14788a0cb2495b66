"""Frames to cast on a real clip: twenty shots, five people, one of them in each shot; YuNet and MobileFaceNet.

References are crops of `faces/cc_by_faces` from the first shot of each person; they come from the same clip, so
naming is scored on the faces of all other shots only. A face is the person of its shot if it overlaps the box that
was labelled by eye in that shot; any other is a stranger: a bystander at the edge, or the skull on a hoodie.
"""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from dramatis.core import boxes
from dramatis.core.images import read_image
from dramatis.core.tables import read_rows

sys.path.insert(0, str(Path(__file__).parent))
from pipeline import classes, faces, owners, run_stages, truth  # noqa: E402

REFERENCES = 3


def shot_at(shots, second):
    return sum(float(row["start_s"]) <= second + 2e-3 for row in shots) - 1


@pytest.fixture(scope="module")
def signers(media, tmp_path_factory):
    """The project folder, the faces, who each shows (`stranger` for the others), and the shot of the references."""
    folder = tmp_path_factory.mktemp("signers")
    shots = truth(media / "videos" / "signers_shots.csv")
    first = {row["identities"]: int(row["shot"]) for row in reversed(shots)}
    for who, shot in first.items():
        crops = [
            row["file"]
            for row in truth(media / "faces" / "cc_by_faces.csv")
            if row["identity"] == who and shot_at(shots, float(row["time_s"])) == shot
        ]
        into = folder / "references" / who.lower()
        into.mkdir(parents=True)
        for crop in crops[:REFERENCES]:
            shutil.copy(media / "faces" / crop, into)
    run_stages(
        folder,
        "signers",
        {
            "videos": {"signers": {"source": str(media / "videos" / "signers_20shots.mp4")}},
            "frames": {"fps": 4},  # twice the preset's: the shots are short
            "detect": {"weights": str(media / "weights" / "yunet_n_640_640.onnx")},
            "landmark": {"weights": str(media / "weights" / "lm_model0_opt.onnx")},
            "embed": {"weights": str(media / "weights" / "MobileFaceNet.onnx")},
            "cast": {"references": "references"},
        },
        preset="live-action",
    )
    found = faces(folder, "signers")
    eye = {
        shot_at(shots, float(row["time_s"])): row
        for row in truth(media / "videos" / "ground_truth_frames.csv")
        if row["video"] == "signers_20shots.mp4"
    }
    assert len(eye) == len(shots) == 20
    who = []
    for row in found:
        label = eye[shot_at(shots, row["pts_s"])]
        x, y, w, h = (float(label[key]) for key in "xywh")
        shown = boxes.iou(row["box"], np.array([x, y, x + w, y + h]))[0, 0] > 0.1
        who.append(label["identity"].lower() if shown else "stranger")
    return folder, found, who, {name.lower(): shot for name, shot in first.items()}, shots


def test_clusters_are_the_five_people(signers):
    _, found, who, _, _ = signers
    ours = [n for n, name in enumerate(who) if name != "stranger"]
    ari = adjusted_rand_score([who[n] for n in ours], [classes(found)[n] for n in ours])
    assert len(ours) > 120 and ari >= 0.95
    assert all(len(people) == 1 for people in owners(found, who).values()), "two people, or one and a stranger, merged"
    assert set().union(*owners(found, who).values()) == set(who) - {"stranger"}


def test_names_from_one_shot_are_right_in_the_others(signers):
    _, found, who, first, shots = signers
    asked = [n for n, name in enumerate(who) if name == "stranger" or shot_at(shots, found[n]["pts_s"]) != first[name]]
    named = [n for n in asked if found[n]["character"]]
    right = [n for n in named if found[n]["character"] == who[n]]
    of_people = [n for n in asked if who[n] != "stranger"]
    assert len(right) >= 0.95 * len(named)
    assert len(right) >= 0.9 * len(of_people) > 90


def test_people_have_poses_and_the_skull_on_a_hoodie_has_none(signers):
    """They all look into the camera; one throws her head back."""
    folder, found, who, _, _ = signers
    rows = read_rows(folder / "data/landmarks/signers/landmarks.parquet", "landmark")
    posed = {row["detection_id"]: row for row in rows}
    of = {name: [posed[row["detection_id"]] for row, shown in zip(found, who) if shown == name] for name in set(who)}
    people = [row for name, own in of.items() if name != "stranger" for row in own]
    held = [row for row in people if row["yaw"] is not None]
    assert len(held) > 0.97 * len(people)
    assert np.mean([abs(row["yaw"]) < 35 and abs(row["roll"]) < 40 for row in held]) > 0.97
    raised, level = (np.median([row["pitch"] for row in of[name] if row in held]) for name in ("signer_c", "signer_b"))
    assert raised > 10 + level
    low = {row["detection_id"] for row in found if row["box"][1] > 150}  # where hands and the hoodie are
    assert low and all(posed[name]["yaw"] is None for name in low)


def test_the_sheet_and_the_map_are_drawn(signers):
    folder = signers[0]
    for file in ("cast/sheet.png", "cluster/map.png"):
        assert read_image(folder / "metrics" / "plots" / file).shape[0] > 400

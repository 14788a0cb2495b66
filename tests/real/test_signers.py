"""Frames to cast on a real clip with the preset live-action: see `signers` in bench/labelled.py."""

import numpy as np
import pytest
from conftest import TOP

from dramatis.bench.clips import STRANGER
from dramatis.bench.labelled import signers
from dramatis.control.params import ControlParams
from dramatis.control.place import why_unreliable
from dramatis.core.images import read_image
from dramatis.core.params import load_params, read_yaml
from dramatis.core.tables import read_rows


@pytest.fixture(scope="module")
def judged(media, tmp_path_factory):
    return signers(media, tmp_path_factory.mktemp("signers"))


def test_clusters_are_the_five_people(judged):
    assert sum(name != STRANGER for name in judged.who) > 120 and judged.ari() >= 0.97
    assert all(len(people) == 1 for people in judged.owners.values()), "two people, or one and a stranger, merged"
    assert set().union(*judged.owners.values()) == set(judged.who) - {STRANGER}


def test_names_from_one_shot_are_right_in_the_others(judged):
    precision, recall = judged.naming()
    assert precision >= 0.99 and recall >= 0.95
    assert len(judged.faces) - len(judged.shown_before) > 90


def test_people_have_poses_and_the_skull_on_a_hoodie_has_none(judged):
    """They all look into the camera; one throws her head back."""
    table = judged.folder / "data/landmarks/signers/landmarks.parquet"
    posed = {row["detection_id"]: row for row in read_rows(table, "landmark")}
    of = [(name, row["box"], posed[row["detection_id"]]) for row, name in zip(judged.faces, judged.who, strict=True)]
    people = [row for name, _, row in of if name != STRANGER]
    held = [row for row in people if row["yaw"] is not None]
    assert len(held) > 0.97 * len(people)
    assert np.mean([abs(row["yaw"]) < 35 and abs(row["roll"]) < 40 for row in held]) > 0.97
    eyes = [np.reshape(row["points"], (68, 2))[[36, 45]] - np.reshape(row["five"], (5, 2))[:2] for row in held]
    assert np.abs(np.mean(eyes, axis=1)).max() < 6
    pitch = {who: [row["pitch"] for name, _, row in of if name == who and row["pitch"] is not None] for who, *_ in of}
    assert np.median(pitch["signer_c"]) > 10 + np.median(pitch["signer_b"])
    skulls = [row for name, box, row in of if name == STRANGER and box[1] > 200]  # in the lower half of 480 px
    assert all(row["yaw"] is None for row in skulls)


def test_faces_of_people_can_be_drawn_as_control_images_and_the_skull_cannot(judged):
    params = load_params("control", ControlParams, TOP / "params.yaml")
    params = params.model_copy(update=read_yaml(TOP / "presets/live-action.yaml")["control"])
    table = judged.folder / "data/landmarks/signers/landmarks.parquet"
    found = {row["detection_id"]: row for row in read_rows(table, "landmark")}
    why = []
    for face, name in zip(judged.faces, judged.who, strict=True):
        row = found[face["detection_id"]]
        points = np.reshape(row["points"], (68, 2))
        why.append((name, face["box"], why_unreliable(row, points, (640, 480), params)))
    people = [rule for name, _, rule in why if name != STRANGER]
    assert people.count(None) > 0.97 * len(people)
    skulls = [rule for name, box, rule in why if name == STRANGER and box[1] > 200]
    assert skulls and None not in skulls


def test_the_sheet_and_the_map_are_drawn(judged):
    for file in ("cast/sheet.png", "cluster/map.png"):
        assert read_image(judged.folder / "metrics" / "plots" / file).shape[0] > 400

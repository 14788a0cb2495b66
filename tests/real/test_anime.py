"""Frames to cast on a clip composed of anime sprites: three characters, two of them also together in one shot.

There are no weights of an anime embedder, so faces come from the cascade `lbp_anime` and vectors from
MobileFaceNet, a model of real faces, on the plain crop (in the layout of `ccip_onnx`). It tells these three sprites
apart at a threshold that was chosen on this clip: this shows that the stages work together on drawn faces, not how
well they know a new series. The clip is made of stills, so that stage `frames` keeps 27 faces. Measured: ARI 0.67,
since one character falls into two clusters (her two outfits) and two of her faces into none; nobody is merged.
Splitting is what a person can mend. References are the first face of each character that the cascade finds, and are
not scored themselves.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

sys.path.insert(0, str(Path(__file__).parent))
from pipeline import classes, faces, owners, run_stages, truth  # noqa: E402

from dramatis.core.boxes import expand  # noqa: E402
from dramatis.core.images import cut, decode, encode_png  # noqa: E402
from dramatis.core.tables import read_rows  # noqa: E402

THRESHOLD = 0.095
CHARACTERS = ("eileen", "lucy", "sylvie")


@pytest.fixture(scope="module")
def anime(media, tmp_path_factory):
    """The faces, who each shows (`none` for a false one), and the shot of each character's reference."""
    folder = tmp_path_factory.mktemp("anime")
    changes = {
        "videos": {"anime": {"source": str(media / "anime" / "anime_cast.mp4")}},
        "detect": {
            "backend": "lbp_anime",
            "weights": str(media / "weights" / "lbpcascade_animeface.xml"),
            "input_px": 480,
            "min_score": {"face": 0.5, "head": 0.5, "halfbody": 0.5, "person": 0.5},
        },
        "embed": {
            "backend": "ccip_onnx",
            "weights": str(media / "weights" / "MobileFaceNet.onnx"),
            "crop": "face",
            "expand": {"face": 1.25, "head": 1.0, "person": 1.0},
            "threshold": THRESHOLD,
        },
        "cast": {"references": "references"},
    }
    (folder / "references").mkdir()
    run_stages(folder, "anime", changes)
    shots, labels = truth(media / "anime" / "anime_shots.csv"), truth(media / "anime" / "anime_gt.csv")
    found = faces(folder, "anime")
    who = [shown(row, shots, labels) for row in found]
    first = {name: found[who.index(name)] for name in CHARACTERS}
    images = {row["frame_id"]: row["image"] for row in read_rows(folder / "data/frames/anime/frames.parquet", "frames")}
    for name, row in first.items():
        crop = cut(decode(images[row["frame_id"]]), expand(row["box"], 2.2))
        (folder / "references" / name).mkdir(parents=True)
        crop = cv2.resize(crop, (480, 480), interpolation=cv2.INTER_AREA)
        (folder / "references" / name / "00.png").write_bytes(encode_png(crop))
    run_stages(folder, "anime", changes, stages=("cast",))
    return folder, faces(folder, "anime"), who, {name: row["track_id"] for name, row in first.items()}


def shown(face, shots, labels):
    """The character whose labelled face in the same shot is nearest, if it lies within one face width."""

    def shot_at(second):
        return sum(float(row["start_s"]) <= second + 2e-3 for row in shots)

    middle = (face["box"][:2] + face["box"][2:]) / 2
    near = []
    for row in labels:
        if row["x"] and shot_at(float(row["time_s"])) == shot_at(face["pts_s"]):
            x, y, w, h = (float(row[key]) for key in "xywh")
            near.append((np.hypot(*(middle - [x + w / 2, y + h / 2])) / w, row["identity"]))
    return min(near, default=(9, "none"))[1] if min(near, default=(9, ""))[0] < 1 else "none"


def test_the_three_characters_are_found_and_not_mixed(anime):
    _, found, who, _ = anime
    assert len(found) >= 20 and who.count("none") <= 0.05 * len(who)
    assert adjusted_rand_score(who, classes(found)) >= 0.6
    assert set().union(*owners(found, who).values()) == set(CHARACTERS)
    assert all(len(people - {"none"}) == 1 for people in owners(found, who).values()), "two characters merged"


def test_names_from_one_reference_are_right(anime):
    _, found, who, first = anime
    asked = [n for n, row in enumerate(found) if row["track_id"] not in first.values()]
    named = [n for n in asked if found[n]["character"]]
    right = [n for n in named if found[n]["character"] == who[n]]
    assert len(right) >= 0.95 * len(named)
    assert len(right) >= 0.6 * len(asked)

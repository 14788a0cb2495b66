"""The stages detect to embed on a real clip: twenty shots, five people, one in each shot."""

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml
from shards import frames_of, sampled
from sklearn.metrics import roc_auc_score

from dramatis.core.tables import read_rows

TOP = Path(__file__).parents[2]
STAGES = ("detect", "landmark", "quality", "embed")


@pytest.fixture(scope="module")
def signers(media, tmp_path_factory):
    """A project folder in which the stage scripts ran, and the name of the person in each shot."""
    folder = tmp_path_factory.mktemp("signers")
    with (media / "videos" / "signers_shots.csv").open() as file:
        shots = list(csv.DictReader(file))
    images, seconds = sampled(media / "videos" / "signers_20shots.mp4", fps=2)
    starts = np.array([float(row["start_s"]) for row in shots])
    numbers = [int((starts <= second + 2e-3).sum()) - 1 for second in seconds]
    frames_of(images, folder / "data" / "frames" / "signers", "signers", numbers, seconds)
    sections = yaml.safe_load((TOP / "params.yaml").read_text())
    detect, landmark, quality, embed = (sections[name] for name in STAGES)
    detect |= {"backend": "yunet", "weights": str(media / "weights" / "yunet_s_640_640.onnx"), "max_iou": 0.3}
    detect["min_score"]["face"] = 0.7
    landmark |= {"backend": "openseeface", "weights": str(media / "weights" / "lm_model0_opt.onnx"), "template": "real"}
    quality["weights"] = str(TOP / quality["weights"])
    embed |= {"backend": "arcface_onnx", "weights": str(media / "weights" / "MobileFaceNet.onnx"), "threshold": 0.2625}
    own = dict(zip(STAGES, (detect, landmark, quality, embed), strict=True))
    (folder / "params.yaml").write_text(yaml.safe_dump(own))
    for stage in STAGES:
        subprocess.run(
            [sys.executable, TOP / "stages" / f"{stage}.py", "signers"],
            cwd=folder,
            check=True,
            env={"PYTHONPATH": str(TOP / "src"), "OMP_NUM_THREADS": "1"},
            capture_output=True,
        )
    return folder, [row["identities"] for row in shots]


def rows_of(folder, stage, name):
    return read_rows(folder / "data" / stage / "signers" / f"{name}.parquet", stage)


def test_one_track_follows_the_person_of_each_shot(signers):
    folder, people = signers
    rows = rows_of(folder, "detections", "detections")
    frames = {row["frame_id"]: row["shot"] for row in rows_of(folder, "frames", "frames")}
    tracks = Counter((row["shot"], row["track_id"]) for row in rows)
    for shot in range(len(people)):
        most = max(count for (number, _), count in tracks.items() if number == shot)
        assert most >= 0.8 * list(frames.values()).count(shot), f"shot {shot}: {tracks}"
    assert len(tracks) <= len(people) + 3 and all(row["landmarks"] for row in rows)


def test_the_faces_are_good_enough(signers):
    rows = rows_of(signers[0], "quality", "quality")
    assert np.mean([row["rejected_by"] is None for row in rows]) > 0.9


def test_tracks_of_one_person_are_nearer_than_those_of_two(signers):
    folder, people = signers
    vectors = {row["detection_id"]: row["vector"] for row in rows_of(folder, "embeddings", "embeddings")}
    of_track = {}
    for row in rows_of(folder, "detections", "detections"):
        of_track.setdefault((row["shot"], row["track_id"]), []).append(vectors[row["detection_id"]])
    kept = {key: np.mean(rows, axis=0) for key, rows in of_track.items() if len(rows) > 1}
    means = np.array([mean / np.linalg.norm(mean) for mean in kept.values()])
    who = np.array([people[shot] for shot, _ in kept])
    one, other = np.triu_indices(len(means), 1)
    cosine, same = (means @ means.T)[one, other], who[one] == who[other]
    assert len(set(who)) == 5 and roc_auc_score(same, cosine) >= 0.999
    assert cosine[~same].max() < 0.55 < np.quantile(cosine[same], 0.1), (cosine[~same].max(), cosine[same].min())

"""Outfits on real clips: anime sprites, one of them in two outfits, and five people who each wear one thing.

Who is who is taken from the labels, so that only the outfits are judged. There are no detectors of bodies among the
test media: bodies are worked out from faces, by the proportions of adults.
"""

import numpy as np
import pytest

from dramatis.bench.clips import read_labels, run_stages, shot_at
from dramatis.cast.schema import CAST
from dramatis.core.tables import box_of, read_rows, write_table

ADULTS = {"head": [0.3, 0.35, 0.1], "halfbody": [1.4, 0.35, 3.0], "person": [1.8, 0.35, 8.0]}
LEAST = {"face": 0.5, "head": 0.5, "halfbody": 0.5, "person": 0.5}


def dress(folder, video, source, detect, who, fps=4):
    """Runs the stages, names faces by `who(time, box)` (None for nobody), and gives the rows of stage outfit."""
    changes = {
        "videos": {video: {"source": str(source)}},
        "detect": detect,
        "frames": {"fps": fps},
        "crops": {"proportions": ADULTS},
    }
    (folder / "cast.yaml").write_text("outfits: {}\n")
    run_stages(folder, (video,), changes, stages=("frames", "detect", "body"))
    table = folder / f"data/frames/{video}/frames.parquet"
    seconds = {row["frame_id"]: row["pts_s"] for row in read_rows(table, "frames", ["frame_id", "pts_s"])}
    rows = []
    for face in read_rows(folder / f"data/detections/{video}/detections.parquet", "detect"):
        if face["kind"] == "face":
            name = who(seconds[face["frame_id"]], np.array(box_of(face["box"]), float))
            kept = {key: face[key] for key in ("detection_id", "figure_id", "track_id")}
            nothing = dict.fromkeys(("cluster_id", "similarity", "margin"))
            rows.append(kept | nothing | {"character": name, "origin": "reference", "moment": "v@0:0,0"})
    write_table(rows, CAST, folder / f"data/cast/{video}.parquet")
    run_stages(folder, (video,), changes, stages=("outfit",))
    found = read_rows(folder / f"data/outfits/{video}.parquet", "outfit")
    return [row | {"pts_s": seconds[row["figure_id"].rsplit("-", 1)[0]]} for row in found]


@pytest.fixture(scope="module")
def sprites(media, tmp_path_factory):
    """Rows of stage outfit with the outfit drawn: that of the labelled face in the same shot that is nearest."""
    shots, labels = read_labels(media / "anime/anime_shots.csv"), read_labels(media / "anime/anime_gt.csv")

    def label_at(second, box):
        middle = (box[:2] + box[2:]) / 2
        near = []
        for row in labels:
            if row["x"] and shot_at(shots, float(row["time_s"])) == shot_at(shots, second):
                x, y, w, h = (float(row[key]) for key in "xywh")
                near.append((np.hypot(*(middle - [x + w / 2, y + h / 2])) / w, row["identity"], row["sprite"]))
        return min(near, default=(9, "", ""))

    def who(second, box):
        away, name, _ = label_at(second, box)
        return name if away < 1 else None

    worn = {}
    for row in labels:
        if row["x"]:
            outfit = " ".join(row["sprite"].split()[:2]) if row["identity"] == "sylvie" else row["identity"]
            worn[row["identity"], shot_at(shots, float(row["time_s"]))] = outfit
    detect = {
        "backend": "lbp_anime",
        "weights": str(media / "weights/lbpcascade_animeface.xml"),
        "input_px": 480,
        "min_score": LEAST,
    }
    rows = dress(tmp_path_factory.mktemp("sprites"), "anime", media / "anime/anime_cast.mp4", detect, who)
    return [row | {"true": worn[row["character"], shot_at(shots, row["pts_s"])]} for row in rows]


def test_both_outfits_of_sylvie_and_one_of_each_other(sprites):
    """In a cave, by a sunny lake, close and far, over-exposed, and in two poses."""
    worn = [row for row in sprites if row["outfit_id"]]
    assert len(worn) >= 20
    assert all(row["difference"] is None for row in sprites if row not in worn), "no clothes are seen in a close-up"
    pairs = {(row["true"], row["outfit_id"]) for row in worn}
    assert len(pairs) == len({outfit for _, outfit in pairs}) == 4
    assert {true for true, _ in pairs} == {"sylvie green", "sylvie blue", "lucy", "eileen"}


def test_people_who_wear_one_thing_have_one_outfit(media, tmp_path):
    shots = read_labels(media / "videos/signers_shots.csv")
    eye = {
        shot_at(shots, float(row["time_s"])): row
        for row in read_labels(media / "videos/ground_truth_frames.csv")
        if row["video"] == "signers_20shots.mp4"
    }

    def who(second, box):
        row = eye[shot_at(shots, second)]
        x, y, w, h = (float(row[key]) for key in "xywh")
        inside = abs(box[[0, 2]].mean() - x - w / 2) < w and abs(box[[1, 3]].mean() - y - h / 2) < h
        return row["identity"].lower() if inside else None

    yunet = {
        "backend": "yunet",
        "weights": str(media / "weights/yunet_n_640_640.onnx"),
        "input_px": None,
        "min_score": LEAST | {"face": 0.7},
    }
    rows = dress(tmp_path, "signers", media / "videos/signers_20shots.mp4", yunet, who, fps=2)
    people = {row["character"] for row in rows}
    assert len(people) == 5 and len(rows) > 60
    for name in sorted(people):
        assert len({row["outfit_id"] for row in rows if row["character"] == name}) == 1, name

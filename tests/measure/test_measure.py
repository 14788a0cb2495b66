"""Scores against the truth, on examples small enough to check by hand."""

from pathlib import Path

import pytest
from sklearn.metrics import adjusted_rand_score

from dramatis.core.errors import ParameterError
from dramatis.core.tables import stored_box, write_table
from dramatis.film.schema import DRAWINGS, FIGURES, SHOTS
from dramatis.measure.figures import (
    cast_figures,
    cluster_figures,
    cut_figures,
    detect_figures,
    frame_figures,
    outfit_figures,
    quality_figures,
)
from dramatis.measure.idf1 import Sighting
from dramatis.measure.match import match
from dramatis.measure.params import MeasureParams
from dramatis.measure.run import run

PARAMS = MeasureParams(min_iou=0.5, min_face_px=10, max_occlusion=0.5, min_light=0.25)


def test_videos_that_are_no_episode_are_refused(tmp_path):
    truth = tmp_path / "film" / "sample" / "truth"
    truth.mkdir(parents=True)
    for name, schema in (("shots", SHOTS), ("figures", FIGURES), ("drawings", DRAWINGS)):
        write_table([], schema, truth / f"{name}.parquet")
    with pytest.raises(ParameterError, match=r"titles: no video is an episode of 'sample'. Set `film.titles: \[\]`"):
        run(PARAMS, "sample", {"e01": Path("raw/e01.mkv")}, {}, tmp_path, tmp_path / "metrics")


def figure(character, face, occlusion=0.0, luma=1.0, frame=0):
    return {
        "video": "v",
        "frame": frame,
        "shot": 0,
        "character": character,
        "face": face,
        "occlusion": occlusion,
        "luma": luma,
    }


def face(name, where, frame_id="v-000000", track="t"):
    return {"detection_id": name, "frame_id": frame_id, "track_id": track, "box": where}


def test_matching_knows_hits_misses_false_and_neutral_detections():
    true = [
        figure("ada", stored_box((0, 0, 20, 20))),
        figure("bela", stored_box((40, 0, 60, 20))),
        figure("poster", stored_box((80, 0, 100, 20))),
        figure("cyrus", stored_box((0, 40, 20, 60)), occlusion=0.9),
        figure("dora", None),
    ]
    found = [
        face("a", stored_box((1, 1, 20, 20))),
        face("p", stored_box((80, 0, 100, 20)), track="u"),
        face("c", stored_box((0, 40, 20, 60))),
        face("x", stored_box((200, 200, 220, 220))),
    ]
    matched = match(found, true, {"v-000000": ("v", 0)}, PARAMS)
    assert matched.shown == {"a": "ada", "p": "poster", "c": "cyrus"}
    assert (matched.asked, matched.found) == (2, 1) and matched.neutral == {"p", "c"}
    assert sorted(matched.sightings, key=str) == [
        Sighting(("v", 0, "ada"), "t"),
        Sighting(("v", 0, "bela"), None),
        Sighting(None, "t"),
    ]
    figures = detect_figures(matched, found)
    assert figures["idf1"] == 2 * 1 / 4 and figures["track_pairs"] == 1  # one face right of two faces, two detections
    assert figures["face_recall"] == 0.5 and figures["face_precision"] == 0.5  # a is right, x is false
    assert figures["track_purity"] == pytest.approx((1 / 2 + 1) / 2)


def test_each_face_is_used_once():
    found = [face("a", stored_box((0, 0, 20, 20))), face("b", stored_box((0, 0, 20, 19)))]
    matched = match(found, [figure("ada", stored_box((0, 0, 20, 20)))], {"v-000000": ("v", 0)}, PARAMS)
    assert matched.shown == {"a": "ada"}


def test_frames_kept():
    shots = [{"video": "v", "start_frame": 0, "end_frame": 4}, {"video": "v", "start_frame": 4, "end_frame": 8}]
    kept = [{"video": "v", "index": index} for index in (0, 1, 2)]
    figures = frame_figures(kept, shots, {("v", frame): frame // 2 for frame in range(8)})
    assert figures["shots_covered"] == 0.5 and figures["duplicates_kept"] == pytest.approx(1 / 3)


def test_cuts_within_the_slack():
    true = [{"video": "v", "start_frame": start} for start in (0, 10, 20)]
    found = [{"video": "v", "start_frame": start} for start in (0, 12, 30)]
    assert cut_figures(found, true) == {"cut_recall": 0.5, "cut_precision": 0.5}


def test_clusters():
    rows = [
        {"detection_id": name, "cluster_id": cluster}
        for name, cluster in (
            ("a1", "c1"),
            ("a2", "c1"),
            ("a3", "c1"),
            ("b1", "c2"),
            ("b2", "c2"),
            ("s1", "c1"),
            ("s2", None),
        )
    ]
    shown = {"a1": "ada", "a2": "ada", "a3": "ada", "b1": "bela", "b2": "bela", "s1": "extra-0", "s2": "extra-1"}
    figures = cluster_figures(rows, shown, ("ada", "bela"))
    assert figures["ari"] == 1 and figures["strangers_merged"] == 1 and figures["clusters"] == 2
    split = cluster_figures([row | {"cluster_id": None} for row in rows], shown, ("ada", "bela"))
    assert split["ari"] == 0 and split["strangers_merged"] == 0 and split["assigned"] == 0


def test_names():
    rows = [{"detection_id": str(n), "character": name} for n, name in enumerate(("ada", "ada", None, "bela"))]
    figures = cast_figures(rows, {"0": "ada", "1": "extra-0", "2": "ada", "3": "bela"}, ("ada", "bela"))
    assert figures["naming_precision"] == pytest.approx(2 / 3) and figures["naming_recall"] == pytest.approx(2 / 3)
    assert figures["recall_by_character"] == {"ada": 0.5, "bela": 1.0}


def test_sharpness_is_judged_by_blur():
    quality = [
        {"detection_id": str(n), "sharpness": value, "rejected_by": why}
        for n, (value, why) in enumerate(((9, None), (8, None), (1, "sharpness"), (7, "size")))
    ]
    figures = quality_figures(quality, {"0": 0, "1": 0, "2": 11, "3": 0})
    assert figures["blur_auc"] == 1 and figures["flagged_of_blurred"] == 1
    assert figures["flagged_of_sharp"] == pytest.approx(1 / 3)


def worn(figure_id, character, outfit_id):
    return {"figure_id": figure_id, "character": character, "outfit_id": outfit_id}


def test_outfits():
    """Of dora's two outfits one was found, in two parts; the name of x is wrong, so what it wears does not count."""
    shown = dict.fromkeys("abcd", ("dora", "red_robe")) | {"e": ("dora", "blue_dress"), "f": ("ada", "blue_dress")}
    shown["x"] = ("extra-1", "white_shirt")
    rows = [worn(name, "dora", outfit) for name, outfit in zip("abcde", ("o1", "o1", "o2", "o2", None), strict=True)]
    figures = outfit_figures([*rows, worn("f", "ada", "o3"), worn("x", "ada", "o3")], shown)
    assert (figures["outfits"], figures["found"], figures["false"], figures["figures"]) == (3, 2, 1, 6)
    assert figures["assigned"] == pytest.approx(5 / 6)
    assert figures["changers_ari"] == pytest.approx(adjusted_rand_score([0, 0, 0, 0, 1], [0, 0, 1, 1, 2]))


def test_outfits_that_are_all_right_or_all_one():
    shown = {"a": ("dora", "red_robe"), "b": ("dora", "red_robe"), "c": ("dora", "blue_dress"), "d": ("ada", "x_y")}
    right = [worn("a", "dora", "o1"), worn("b", "dora", "o1"), worn("c", "dora", "o2"), worn("d", "ada", "o3")]
    figures = outfit_figures(right, shown)
    assert (figures["ari"], figures["changers_ari"], figures["false"]) == (1, 1, 0)
    one = outfit_figures([row | {"outfit_id": row["character"]} for row in right], shown)
    assert (one["found"], one["changers_ari"]) == (2, 0)
    assert outfit_figures([right[3]], shown)["changers_ari"] is None

"""The figures that say how well each stage did, as pure functions of tables and truth."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.metrics import adjusted_rand_score, homogeneity_completeness_v_measure, roc_auc_score

from dramatis.measure.idf1 import idf1, track_pairs
from dramatis.measure.match import Matched, Row

Figures = dict[str, Any]


def frame_figures(frames: list[Row], shots: list[Row], drawing_of: Mapping[tuple[str, int], int]) -> Figures:
    """Of the kept frames: `shots_covered` [0..1], `duplicates_kept` (share that repeats a drawing kept), and counts."""
    kept = [(frame["video"], frame["index"]) for frame in frames]
    covered = [
        any(video == shot["video"] and shot["start_frame"] <= index < shot["end_frame"] for video, index in kept)
        for shot in shots
    ]
    drawings = Counter((video, drawing_of[video, index]) for video, index in kept)
    return {
        "shots_covered": float(np.mean(covered)),
        "duplicates_kept": 1 - len(drawings) / len(kept),
        "frames": len(kept),
        "shots": len(shots),
    }


def cut_figures(found: list[Row], true: list[Row], slack: int = 2) -> Figures:
    """Cuts found within `slack` frames of a true one: `cut_recall`, `cut_precision` [0..1]."""
    starts = [
        {(shot["video"], shot["start_frame"]) for shot in shots if shot["start_frame"]} for shots in (found, true)
    ]

    def near(cut: tuple[str, int], others: set[tuple[str, int]]) -> bool:
        return any((cut[0], cut[1] + step) in others for step in range(-slack, slack + 1))

    return {
        "cut_recall": share(near(cut, starts[0]) for cut in starts[1]),
        "cut_precision": share(near(cut, starts[1]) for cut in starts[0]),
    }


def detect_figures(matched: Matched, faces: list[Row]) -> Figures:
    """`face_recall`, `face_precision` (detections on faces that nobody asks for left out), and how good the tracks are.

    `track_purity` is the mean share of a track's faces that show its main person; `idf1` and `track_pairs` also see
    people who have several tracks, and a track that runs across a true cut [0..1].
    """
    judged = [face["detection_id"] for face in faces if face["detection_id"] not in matched.neutral]
    pure = [Counter(names).most_common(1)[0][1] / len(names) for names in matched.tracks.values()]
    return {
        "face_recall": matched.found / max(matched.asked, 1),
        "faces_asked": matched.asked,
        "face_precision": share(name in matched.shown for name in judged),
        "faces_found": len(faces),
        "track_purity": float(np.mean(pure)) if pure else 0.0,
        "idf1": idf1(matched.sightings),
        "track_pairs": track_pairs(matched.sightings),
        "tracks": len(pure),
    }


def quality_figures(quality: list[Row], blur_of: Mapping[str, float]) -> Figures:
    """How well `sharpness` tells blurred from sharp faces: AUC, and the share of each that was flagged."""
    rows = [row for row in quality if row["detection_id"] in blur_of]
    blurred = np.array([blur_of[row["detection_id"]] > 0 for row in rows])
    sharpness = np.array([row["sharpness"] for row in rows])
    flagged = np.array([row["rejected_by"] is not None for row in rows])
    both = blurred.any() and not blurred.all()
    return {
        "blur_auc": float(roc_auc_score(~blurred, sharpness)) if both else None,
        "flagged_of_blurred": float(flagged[blurred].mean()) if blurred.any() else None,
        "flagged_of_sharp": float(flagged[~blurred].mean()) if not blurred.all() else None,
        "faces": len(rows),
    }


def cluster_figures(clustered: list[Row], shown: Mapping[str, str], cast: tuple[str, ...]) -> Figures:
    """How clusters agree with the true cast.

    `ari` is over the faces of the cast, each unassigned one a cluster of its own; `strangers_merged` counts the
    strangers (extras, posters) one of whose faces lies in a cluster that is mostly somebody of the cast.
    """
    rows = [row for row in clustered if row["detection_id"] in shown]
    ours = [row for row in rows if shown[row["detection_id"]] in cast]
    true = [shown[row["detection_id"]] for row in ours]
    given = [row["cluster_id"] or row["detection_id"] for row in ours]
    members: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row["cluster_id"]:
            members[row["cluster_id"]][shown[row["detection_id"]]] += 1
    owner = {cluster: names.most_common(1)[0][0] for cluster, names in members.items()}
    strangers = {
        shown[row["detection_id"]]
        for row in rows
        if shown[row["detection_id"]] not in cast and owner.get(row["cluster_id"]) in cast
    }
    homogeneity, completeness, _ = homogeneity_completeness_v_measure(true, given)
    return {
        "ari": float(adjusted_rand_score(true, given)),
        "strangers_merged": len(strangers),
        "homogeneity": float(homogeneity),
        "completeness": float(completeness),
        "assigned": share(row["cluster_id"] is not None for row in ours),
        "clusters": len({row["cluster_id"] for row in clustered if row["cluster_id"]}),
        "faces": len(ours),
    }


def cast_figures(named: list[Row], shown: Mapping[str, str], cast: tuple[str, ...]) -> Figures:
    """`naming_precision`: named faces with the right name; `naming_recall`: faces of the cast named right [0..1]."""
    right = [row for row in named if row["character"] and shown.get(row["detection_id"]) == row["character"]]
    asked = Counter(shown[row["detection_id"]] for row in named if shown.get(row["detection_id"]) in cast)
    got = Counter(row["character"] for row in right)
    return {
        "naming_precision": len(right) / max(sum(row["character"] is not None for row in named), 1),
        "naming_recall": len(right) / max(sum(asked.values()), 1),
        "recall_by_character": {name: got[name] / asked[name] for name in sorted(asked)},
    }


def outfit_figures(worn: list[Row], shown: Mapping[str, tuple[str, str]]) -> Figures:
    """How outfits agree with what characters truly wear, over the rightly named figures.

    `ari` is over all of them, classes being an outfit of a character; a figure without an outfit is a class of its
    own. `changers_ari` is the least of those characters who change clothes, each by itself; null if nobody does.
    `found` counts the true outfits (`outfits`) that most figures of some group wear; `false` the groups beyond.

    Args:
        worn: rows of the table of stage `outfit`.
        shown: true character and outfit by figure.
    """
    rows = [row for row in worn if shown.get(row["figure_id"], ("",))[0] == row["character"]]
    true = [" ".join(shown[row["figure_id"]]) for row in rows]
    given = [row["outfit_id"] or row["figure_id"] for row in rows]
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for row, truth in zip(rows, true, strict=True):
        if row["outfit_id"]:
            groups[row["outfit_id"]][truth] += 1
    found = {counts.most_common(1)[0][0] for counts in groups.values()}
    outfits = set(true)
    wardrobes = Counter(outfit.split()[0] for outfit in outfits)
    by_changer = {}
    for name in sorted(name for name, count in wardrobes.items() if count > 1):
        own = [n for n, row in enumerate(rows) if row["character"] == name]
        by_changer[name] = float(adjusted_rand_score([true[n] for n in own], [given[n] for n in own]))
    return {
        "ari": float(adjusted_rand_score(true, given)),
        "changers_ari": min(by_changer.values(), default=None),
        "outfits": len(outfits),
        "found": len(found),
        "false": len(groups) - len(found),
        "assigned": share(row["outfit_id"] is not None for row in rows),
        "figures": len(rows),
    }


def share(flags: Any) -> float:
    """Share of true values [0..1]; 0 of none."""
    values = [bool(flag) for flag in flags]
    return float(np.mean(values)) if values else 0.0

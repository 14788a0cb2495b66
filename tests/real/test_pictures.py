"""Pictures to dataset: photos of five people, a folder each, go through every stage that a video goes through.

Three photos of each person are references, the others a zip; who is who is told by the folder they lay in.
"""

import shutil
from collections import Counter

import pytest
from tiny_sd import DRAWING

from dramatis.bench.clips import TO_CAPTION, TOP, read_faces, run_stages
from dramatis.bench.labelled import real_models
from dramatis.core.tables import read_rows

pytestmark = pytest.mark.slow
REFERENCES = 3


@pytest.fixture(scope="module")
def folder(media, tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for who in sorted((media / "faces" / "cc_by_faces").glob("signer_*")):
        for number, file in enumerate(sorted(who.glob("*.png"))):
            into = folder / ("references" if number < REFERENCES else "photos") / who.name.lower()
            into.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, into)
    shutil.make_archive(str(folder / "photos"), "zip", folder / "photos")
    (folder / "models").symlink_to(TOP / "models")
    shutil.copy(TOP / "cast.yaml", folder)
    run_stages(
        folder,
        ("photos",),
        {
            "videos": {"photos": {"source": "photos.zip"}},
            **real_models(media),
            "crops": {"min_side_px": 48, "min_root_area_px": 64},  # the photos have 160 px
            "tag": {"weights": "models/pocket/wd14"},
            "regularization": {"drawn": {"from": "base", "path": "models/pocket/sd", "count": 1, "multiplier": 1.0}},
            "regularize": {"prompts": ["1person, head"], "drawing": DRAWING},
        },
        preset="live-action",
        stages=(*TO_CAPTION, "augment", "control", "regularize", "dataset"),
    )
    return folder


def test_every_picture_is_a_shot_of_single_frame_tracks(folder):
    frames = read_rows(folder / "data/frames/photos/frames.parquet", "frames")
    assert len({row["shot"] for row in frames}) == len(frames) == len(list((folder / "photos").rglob("*.png")))
    per_track = Counter(row["track_id"] for row in read_faces(folder, "photos"))
    assert len(per_track) >= 0.9 * len(frames) and set(per_track.values()) == {1}


def test_people_are_told_apart_and_named(folder):
    files = {row["frame_id"]: row for row in read_rows(folder / "data/frames/photos/frames.parquet", "frames")}
    found = [row for row in read_faces(folder, "photos") if row["character"]]
    right = sum(row["character"] == files[row["frame_id"]]["folder"] for row in found)
    assert right == len(found) >= 0.8 * len(files)


def test_named_people_come_into_the_dataset(folder):
    """All but those of whom no crop passes the rules."""
    crops = read_rows(folder / "data/crops/photos/crops.parquet", "crops", ["crop_id", "character", "rejected_by"])
    kept = {row["crop_id"] for row in crops if not row["rejected_by"]}
    rows = [
        row
        for split in ("train", "validation")
        for file in sorted((folder / "data/dataset/characters" / split).glob("*.parquet"))
        for row in read_rows(file, "dataset", ["id", "origin", "character"])
        if row["origin"] == "crop"
    ]
    assert {row["id"] for row in rows} <= kept and len(rows) >= 0.9 * len(kept) >= 20
    assert len({row["character"] for row in rows}) >= 4

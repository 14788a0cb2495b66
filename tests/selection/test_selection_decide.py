"""What holds for the decision on any pictures."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.params import load_params
from dramatis.selection.choice import traits_of
from dramatis.selection.decide import Pictures, decide, id_of, wanted
from dramatis.selection.kinds import with_kinds
from dramatis.selection.params import Amounts, SelectionParams
from dramatis.selection.sizes import size_class
from dramatis.selection.split import Wanted

PARAMS = load_params("selection", SelectionParams)
AMOUNTS = Amounts(
    validation_share=0.2, validation_min=8, validation_pictures=None, max_pictures=None, max_per_shot=None
)


@pytest.mark.parametrize(
    ("changes", "pictures", "expected"),
    [
        ({}, 100, Wanted(20, 10)),
        ({}, 30, Wanted(8, 8)),
        ({"validation_pictures": 5}, 100, Wanted(5, 5)),
        ({"validation_min": 0}, 30, Wanted(6, 3)),
        ({"validation_min": 0, "validation_share": 0.1}, 30, Wanted(3, 2)),
        ({"validation_min": 0, "validation_share": 0}, 30, Wanted(0, 0)),
    ],
)
def test_how_many_are_wanted(changes, pictures, expected):
    assert wanted(AMOUNTS.model_copy(update=changes), pictures) == expected


crops = st.lists(
    st.tuples(
        st.sampled_from("ab"),  # video
        st.integers(0, 5),  # shot
        st.integers(0, 3),  # frame of the shot
        st.sampled_from(["ada", "bela", "cyrus"]),
        st.sampled_from(["head", "full"]),
        st.integers(0, 2**10 - 1),  # hash: many are near
        st.sampled_from([None, None, None, "quality:blur"]),
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda crop: crop[:5],
)


def pictures_of(found):
    rows, scenes = [], {}
    for video, shot, frame, name, stage, bits, rejected_by in found:
        place = {"frame_id": f"{video}-{10 * shot + frame:06d}", "video": video, "shot": shot}
        figure = f"{place['frame_id']}-{name}"
        looks = {"phash": f"{bits:016x}", "rejected_by": rejected_by}
        face = {"face": {"y0": 0, "y1": 20}, "height_px": 100, "cut_off": False, "others": []}
        own = {"figure_id": figure, "crop_id": f"{figure}-{stage}", "character": name, "stage": stage, "outfit": None}
        seen = {"sharpness": 0.5 + frame / 10, "luma": 0.4, "yaw": 10.0 * shot}
        rows.append(with_kinds({**place, **looks, **face, **own, **seen}, PARAMS))
        scene = f"{place['frame_id']}-scene"
        names = [name] if bits % 3 else []
        scenes[scene] = {"scene_id": scene, "characters": names, **place, **looks, "rejected_by": None}
    axis = {"ada": 0, "bela": 1, "cyrus": 2}
    vectors = np.array([np.eye(3)[axis[row["character"]]] for row in rows], np.float32)
    copy_of = {row["frame_id"]: f"a-{row['frame_id'][2:]}" for row in rows if row["video"] == "b" and row["shot"] == 0}
    return Pictures(rows, list(scenes.values()), traits_of(rows, vectors), 0.1, copy_of)


@given(
    crops,
    st.sampled_from(["shot", "video"]),
    st.sampled_from([None, 1, 3]),
    st.booleans(),
    st.sampled_from([{}, PARAMS.classes]),
)
def test_invariants(found, by, most, skip_copies, classes):
    changes = {"validation_by": by, "max_pictures": most, "max_per_shot": most, "validation_pictures": most}
    params = PARAMS.model_copy(update=changes | {"skip_copies": skip_copies, "classes": classes, "validation_min": 2})
    pictures = pictures_of(found)
    got = decide(params, pictures)
    every = {id_of(row): row for row in (*pictures.crops, *pictures.scenes)}
    assert got.split.keys() | got.left_out.keys() == every.keys()
    assert not got.split.keys() & got.left_out.keys()
    places = defaultdict(set)
    for key, split in got.split.items():
        row = every[key]
        places[(row["video"], row["shot"]) if by == "shot" else row["video"]].add(split)
        assert not row["rejected_by"]
    assert all(len(splits) == 1 for splits in places.values())
    held = [row for key, row in every.items() if got.split.get(key) == "validation"]
    train = [row for key, row in every.items() if got.split.get(key) == "train"]
    for row in train:
        for other in held:
            near = (int(row["phash"], 16) ^ int(other["phash"], 16)).bit_count()
            same = row.get("character") == other.get("character") and "crop_id" in row
            assert near > (params.leak_same_distance if same else params.leak_distance)
            originals = {pictures.copy_of.get(frame, frame) for frame in (row["frame_id"], other["frame_id"])}
            assert len(originals) == 2
    for name, count in got.figures.items():
        splits = Counter(got.split.get(row["crop_id"]) for row in pictures.crops if row["character"] == name)
        if most:
            assert splits["train"] <= most and splits["validation"] <= most
        if size_class(count) == "few_shot" and classes:
            assert not splits["validation"]

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.buckets import bucket_sizes, holds, nearest_bucket
from dramatis.core.tables import stored_box
from dramatis.dataset.params import Multipliers
from dramatis.dataset.plan import bucket_words, buckets_of, filled_buckets, per_epoch, plan_rows, whole_people
from dramatis.dataset.rows import in_bucket

SIZES = bucket_sizes(256, 64, (64, 1024))
SETS = {"characters": 1.0, "scenes": 0.5, "composites": 2.0, "control": 1.0}


def multipliers(**changes):
    return Multipliers.model_validate(
        {
            "scheme": "balanced",
            "stages": {"head": 1.0, "full": 1.0},
            "characters": {},
            "sets": SETS,
            "per_subject": {3: 6, 1: 2},
            "largest": 99.0,
            **changes,
        }
    )


def row(n, config="characters", size=(100, 100), character="ada", stage="head", **changes):
    found = {
        "id": f"{config}-{n:03d}",
        "config": config,
        "shard": "v",
        "character": character if config in ("characters", "control") else None,
        "stage": stage if config in ("characters", "control") else config,
        "origin": "crop",
        "caption": "x",
        "width_px": size[0],
        "height_px": size[1],
        "keep": None,
        **changes,
    }
    return in_bucket(found, SIZES)


def test_sets_multiply_what_the_scheme_says():
    rows = [row(0), row(1), row(2, character="bela"), row(3, "scenes"), row(4, "composites"), row(5, "control")]
    rows.append(row(6, "regularization", shard="drawn"))
    found = per_epoch(rows, {"drawn": 0.25}, multipliers())
    assert found == pytest.approx([0.75, 0.75, 1.5, 0.5, 2, 1, 0.25])
    found = per_epoch(rows, {"drawn": 0.25}, multipliers(characters={"ada": 2.0}))
    assert found[:3] == pytest.approx([1.5, 1.5, 1.5])
    found = per_epoch(rows, {"drawn": 0.25}, multipliers(scheme="per_subject"))
    assert found == pytest.approx([1, 1, 2, 0.5, 2, 1, 0.25])


def test_the_tree_has_the_sets_at_its_root():
    """Weights 1, 0.5 and 2: composites are seen four times as often as scenes, of which there is one each."""
    rows = [row(0), row(1), row(2, character="bela"), row(3, "scenes"), row(4, "composites"), row(5, "control")]
    found = per_epoch(rows, {}, multipliers(scheme="hierarchical"))
    assert found == pytest.approx([1, 1, 2, 2, 8, 1])
    unnamed = [*rows, row(6, stage="upper")]
    assert per_epoch(unnamed, {}, multipliers(scheme="hierarchical"))[-1] == 0  # a stage that is not named


def test_small_buckets_give_their_pictures_away():
    rows = [row(n) for n in range(5)] + [row(5, size=(100, 300)), row(6, size=(100, 290))]
    trained = buckets_of(rows, [1.0] * 7, SIZES, 4)
    assert set(trained) == {(256, 256)}
    assert bucket_words(rows, [1.0] * 7, trained, 4) == [
        "128x384: 2 pictures, fewer than 4 (`dataset.min_bucket`): they go elsewhere"
    ]
    assert buckets_of(rows, [1.0] * 7, SIZES, 2).count((128, 384)) == 2
    assert bucket_words(rows, [1.0] * 7, buckets_of(rows, [1.0] * 7, SIZES, 2), 2) == []


def test_two_small_ones_may_make_a_large_one():
    rows = [row(n) for n in range(5)] + [row(5, size=(100, 300)), row(6, size=(100, 400)), row(7, size=(100, 400))]
    assert buckets_of(rows, [1.0] * 8, SIZES, 3)[5:] == [(128, 512)] * 3


def test_the_last_bucket_stays_and_says_that_it_is_small():
    rows = [row(0), row(1), row(2, "control")]
    trained = buckets_of(rows, [1.0] * 3, SIZES, 8)
    assert bucket_words(rows, [1.0] * 3, trained, 8) == [
        "256x256: 2 pictures, fewer than 8 (`dataset.min_bucket`), and there is no other",
        "control images in 256x256: 1 picture, fewer than 8 (`dataset.min_bucket`), and there is no other",
    ]
    assert bucket_words([], [], [], 8) == []


def test_class_pictures_join_the_buckets_of_the_others():
    rows = [row(n) for n in range(4)] + [row(9, "regularization", size=(100, 400))]
    assert buckets_of(rows, [1.0] * 5, SIZES, 1)[-1] == (256, 256)
    assert buckets_of(rows[-1:], [1.0], SIZES, 1) == [(128, 512)]  # nobody else is there


def test_a_picture_that_is_never_seen_fills_no_bucket():
    rows = [row(0), row(1), row(2, size=(100, 400))]
    assert buckets_of(rows, [1.0, 1.0, 0.0], SIZES, 1) == [(256, 256)] * 3


def test_scenes_and_composites_that_would_lose_somebody_are_never_seen():
    wide = {"size": (400, 100), "keep": stored_box((10, 20, 390, 60))}
    rows = [row(0, **wide), row(1, "scenes", **wide), row(2, "composites", **wide), row(3, "scenes", size=(400, 100))]
    assert whole_people(rows, [1.0] * 4, [(256, 256)] * 4) == [1, 0, 0, 1]
    assert whole_people(rows, [1.0] * 4, [(512, 128)] * 4) == [1, 1, 1, 1]


def test_a_row_of_the_plan():
    one = row(7, size=(100, 200), keep=stored_box((0, 0, 100, 40)))
    (planned,) = plan_rows([one], [1.5], [(256, 256)])
    assert planned == {
        "key": "characters/characters-007",
        "config": "characters",
        "id": "characters-007",
        "character": "ada",
        "bucket": "256x256",
        "cut_share": 0.5,
        "per_epoch": 1.5,
        "caption": "x",
    }


shapes = st.lists(st.tuples(st.tuples(st.integers(20, 400), st.integers(20, 400)), st.none()), max_size=40)


@given(shapes, st.integers(0, 12))
def test_buckets_have_enough_or_stand_alone(shapes, least):
    found = filled_buckets(shapes, SIZES, least)
    assert sum(found.values()) == len(shapes)
    assert len(found) == 1 or all(count >= least for count in found.values())
    if least <= 1:
        assert found == Counter(nearest_bucket(size, SIZES) for size, _ in shapes)


@given(shapes, st.integers(0, 12), st.randoms(use_true_random=False))
def test_the_order_of_pictures_changes_no_bucket(shapes, least, random):
    mixed = random.sample(shapes, len(shapes))
    assert filled_buckets(shapes, SIZES, least) == filled_buckets(mixed, SIZES, least)


@given(st.lists(st.tuples(st.integers(40, 400), st.integers(40, 400), st.floats(0, 0.7)), min_size=1, max_size=30))
def test_faces_stay_whole_wherever_a_picture_is_moved_as_long_as_a_bucket_can(drawn):
    rows = []
    for n, (width, height, along) in enumerate(drawn):
        face = stored_box((along * width, along * height, (along + 0.2) * width, (along + 0.2) * height))
        rows.append(row(n, size=(width, height), keep=face))
    used = buckets_of(rows, [1.0] * len(rows), SIZES, 4)
    for one, bucket in zip(rows, used, strict=True):
        size, face = (one["width_px"], one["height_px"]), [one["keep"][side] for side in ("x0", "y0", "x1", "y1")]
        assert holds(size, bucket, face) or not any(holds(size, other, face) for other in set(used))

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.selection.advice import advice
from dramatis.selection.kinds import DISTANCES, LIGHTS, TURNS

GOALS = {"close": 0.3, "medium": 0.3, "full": 0.25, "profile": 0.15}


def row(**changes):
    """Forty pictures of which nothing is missing."""
    return {
        "size_class": "small",
        "figures": 40,
        "train": 40,
        "validation": 8,
        "left_out": 0,
        "refused_most_by": None,
        "shots": 12,
        "outfits": 3,
        "most_worn": 20,
        "close": 14,
        "medium": 14,
        "full": 12,
        "front": 16,
        "three_quarter": 16,
        "profile": 8,
        "unsure": 0,
        "dark": 8,
        "normal": 24,
        "bright": 8,
        **changes,
    }


def test_nothing_is_said_where_nothing_is_missing():
    assert advice(row(), GOALS) == []


@pytest.mark.parametrize(
    ("changes", "phrases"),
    [
        ({"close": 26, "full": 0}, ["no full body"]),
        ({"close": 25, "full": 1}, ["1 of 40 is a full body (goal 25%)"]),
        ({"medium": 23, "full": 3}, ["3 of 40 are full bodies (goal 25%)"]),
        ({"medium": 5, "full": 21}, ["5 of 40 are medium shots (goal 30%)"]),
        ({"front": 24, "profile": 0}, ["no profile"]),
        ({"profile": 1, "front": 0, "three_quarter": 9, "unsure": 30},
         ["how the head is turned is not known in 30 of 40"]),  # 1 of 10 is more than half of 15 %
        ({"profile": 0, "front": 0, "three_quarter": 0, "unsure": 40},
         ["how the head is turned is not known in 40 of 40"]),
        ({"dark": 38, "normal": 2, "bright": 0}, ["38 of 40 are dark"]),
        ({"dark": 0, "normal": 40, "bright": 0}, ["all 40 are in the same middling light"]),
        ({"most_worn": 36}, ["36 of 40 wear the same outfit, which the name will come to mean"]),
        ({"outfits": 0, "most_worn": 0}, []),
        ({"shots": 2}, ["40 pictures from 2 shots: backgrounds may be learned too"]),
        ({"shots": 1, "validation": 0},
         ["nothing is held out, so a run of it cannot be scored: there is a single shot",
          "40 pictures from 1 shot: backgrounds may be learned too"]),
        ({"validation": 0}, ["nothing is held out, so a run of it cannot be scored: no shot could be spared"]),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(changes, phrases):
    assert advice(row(**changes), GOALS) == phrases


def test_what_to_expect_of_few_pictures():
    said = advice(row(size_class="few_shot", figures=4, validation=0), GOALS)
    assert said[0].startswith("4 pictures are a few-shot set: expect the looks and poses of these very pictures")
    assert said[1] == "nothing is held out, so a run of it cannot be scored: few-shot sets need every picture"
    assert advice(row(size_class="few_shot", figures=1), GOALS)[0].startswith("1 picture is a few-shot set")
    assert advice(row(size_class="tiny", figures=20), GOALS)[0].startswith("20 pictures are a tiny set")


@pytest.mark.parametrize(
    ("changes", "phrase"),
    [
        ({"left_out": 0, "validation": 0}, "no picture at all"),
        ({"left_out": 9, "validation": 0, "refused_most_by": "quality:blur"},
         "no picture to train with: 9 left out, most of them as quality:blur"),
        ({"left_out": 1, "validation": 0, "refused_most_by": "copy"},
         "no picture to train with: 1 left out as copy"),
        ({"left_out": 3, "validation": 6, "refused_most_by": "near_validation"},
         "no picture to train with: 3 left out, most of them as near_validation, 6 held out"),
        ({"left_out": 0, "validation": 6}, "no picture to train with: 0 left out, 6 held out"),
    ],
)  # fmt: skip
def test_nobody_to_train_with(changes, phrase):
    assert advice(row(train=0, **changes), GOALS) == [phrase]


def parts(kinds):
    return st.lists(st.integers(0, 50), min_size=len(kinds), max_size=len(kinds)).map(
        lambda counts: dict(zip(kinds, counts, strict=True))
    )


@given(parts(DISTANCES), parts(TURNS), parts(LIGHTS), st.integers(0, 5))
def test_any_counts_make_sentences(distances, turns, lights, shots):
    total = sum(distances.values())
    said = advice(row(train=total, shots=shots, refused_most_by="copy", **distances, **turns, **lights), GOALS)
    assert all(phrase and phrase == phrase.strip() and "None" not in phrase for phrase in said)
    for kind, goal in GOALS.items():
        if total and kind != "profile":
            missing = any("full bod" in phrase for phrase in said)
            assert kind != "full" or missing == (distances["full"] < goal / 2 * total)

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_sd import TRAIN, merged

from dramatis.train.params import TrainParams
from dramatis.train.plan import Plan, plan_of, steps_per_epoch


def row(index, often=1.0, bucket="64x64", config="characters"):
    return {"config": config, "id": f"r{index:03d}", "bucket": bucket, "per_epoch": often, "names": []}


def plan(rows, **changes):
    changes = {"prior": {"share": None}, **changes}
    return plan_of(rows, TrainParams.model_validate(merged(TRAIN, changes)), "solo/all")


def epochs(found: Plan, count: int):
    """Steps of the first epochs."""
    stream = found.stream()
    return [[next(stream) for _ in range(found.steps(epoch))] for epoch in range(count)]


def seen(steps):
    return Counter(draw.row for step in steps for batch in step.batches for draw in batch)


def test_an_epoch_by_hand():
    """Five pictures of one bucket and three of another in batches of four: 4, 1 and 3."""
    found = plan([row(i) for i in range(5)] + [row(i, bucket="96x64") for i in range(5, 8)])
    (steps,) = epochs(found, 1)
    assert found.steps(0) == len(steps) == 3
    assert sorted(len(batch) for step in steps for batch in step.batches) == [1, 3, 4]
    assert seen(steps) == dict.fromkeys(range(8), 1)
    for step in steps:
        assert len({found.buckets[draw.row] for draw in step.batches[0]}) == 1


def test_a_half_is_seen_every_other_epoch_and_not_all_halves_in_the_same():
    found = plan([row(i, 0.5) for i in range(40)])
    first, second = (seen(steps) for steps in epochs(found, 2))
    assert first | second == dict.fromkeys(range(40), 1) and not first & second
    assert 15 <= len(first) <= 25


def test_what_is_seen_often_is_spread_over_the_epoch():
    found = plan([row(0, 4.0), *(row(i) for i in range(1, 13))])
    (steps,) = epochs(found, 1)
    batches = [batch for step in steps for batch in step.batches]
    assert seen(steps)[0] == 4
    assert max(sum(draw.row == 0 for draw in batch) for batch in batches) <= 2


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.01, 4), st.sampled_from(["64x64", "96x64", "64x96"])), min_size=1, max_size=25),
    st.integers(1, 6),
    st.integers(1, 3),
    st.integers(1, 9),
)
def test_each_picture_as_often_as_the_plan_says(rows, batch_size, accumulation, count):
    found = plan(
        [row(i, often, bucket) for i, (often, bucket) in enumerate(rows)],
        batch_size=batch_size,
        accumulation=accumulation,
    )
    total = Counter()
    for epoch, steps in enumerate(epochs(found, count), 1):
        total += seen(steps)
        for i, (often, _) in enumerate(rows):
            assert np.floor(often * epoch - 1e-9) <= total[i] <= np.ceil(often * epoch + 1e-9)
        sizes = Counter(found.buckets[batch[0].row] for step in steps for batch in step.batches)
        per_bucket = Counter()
        for index, times in seen(steps).items():
            per_bucket[found.buckets[index]] += times
        assert sizes == {
            name: -(-times // batch_size) for name, times in per_bucket.items()
        }  # only a last one is small
        assert all(1 <= len(step.batches) <= accumulation for step in steps)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.2, 3), min_size=1, max_size=20), st.integers(1, 7), st.integers(2, 8), st.floats(0.1, 0.8))
def test_class_pictures_take_turns(often, guests, batch_size, share):
    if not 0 < round(batch_size * share) < batch_size:
        return
    rows = [row(i, value) for i, value in enumerate(often)]
    rows += [row(100 + i, 0.3 * (i + 1), config="regularization") for i in range(guests)]
    found = plan(rows, batch_size=batch_size, prior={"share": share})
    steps = [step for some in epochs(found, 4) for step in some]
    counts = seen(steps)
    turns = [counts[len(often) + i] for i in range(guests)]
    assert max(turns) - min(turns) <= 1
    room = batch_size - round(batch_size * share)
    for batch in (batch for step in steps for batch in step.batches):
        own = sum(draw.row < len(often) for draw in batch)
        assert own <= room and len(batch) - own == round(own * (batch_size - room) / room)


def test_class_pictures_of_another_bucket_invite_nobody():
    rows = [row(0), row(1), row(2, bucket="96x64", config="regularization")]
    (steps,) = epochs(plan(rows, prior={"share": 0.5}), 1)
    assert seen(steps) == {0: 1, 1: 1} and len(steps) == 1


def test_without_a_share_class_pictures_are_seen_as_the_plan_says_and_with_0_not_at_all():
    rows = [row(0), row(1, 2.0, config="regularization")]
    assert seen(epochs(plan(rows), 1)[0]) == {0: 1, 1: 2}
    assert seen(epochs(plan(rows, prior={"share": 0.0}), 1)[0]) == {0: 1}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 40), st.sampled_from([None, 0.25]), st.integers(1, 3))
def test_a_stream_goes_on_anywhere(done, share, accumulation):
    rows = [row(i, 0.3 + i / 7, "64x64" if i % 3 else "96x64") for i in range(9)]
    rows += [row(20 + i, 1, config="regularization") for i in range(3)]
    whole = plan(rows, prior={"share": share}, accumulation=accumulation).stream()
    late = plan(rows, prior={"share": share}, accumulation=accumulation).stream(done)
    for _ in range(done):
        next(whole)
    assert [next(whole) for _ in range(12)] == [next(late) for _ in range(12)]


def test_epochs_and_phases_differ_and_the_seed_decides():
    rows = [row(i) for i in range(12)]
    a, b = epochs(plan(rows), 2)
    assert [step.batches for step in a] != [step.batches for step in b]
    assert epochs(plan(rows), 1) == epochs(plan(rows), 1) != epochs(plan(rows, seed=8), 1)


def test_epochs_are_about_as_long_as_each_other():
    found = plan([row(i, 0.3) for i in range(200)], batch_size=1)
    assert all(55 <= found.steps(epoch) <= 65 for epoch in range(20))


def test_steps_of_an_epoch():
    found = plan([row(i, 0.5) for i in range(8)], batch_size=1)
    assert steps_per_epoch(found, None, 2.0) == 4
    assert found.steps(0) + found.steps(1) == 8
    assert steps_per_epoch(plan([row(i) for i in range(8)]), 3, None) == 2  # 3 steps reach into the second epoch


def test_a_picture_that_is_never_seen_has_no_batch():
    found = plan([row(0), row(1, 0.0)])
    assert seen(epochs(found, 1)[0]) == {0: 1}

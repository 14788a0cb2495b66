"""Who may start next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.running.schedule import Outcome, Schedule
from dramatis.running.tasks import Task, chosen, levels


def task(address, *needs, stale="changed", gpu=False):
    return Task(address, frozenset(needs), stale, gpu)


DIAMOND = [task("a"), task("b", "a"), task("c", "a"), task("d", "b", "c"), task("e")]


def drain(schedule):
    """Starts all that may start."""
    found = []
    while one := schedule.startable():
        schedule.start(one)
        found.append(one.address)
    return found


def test_a_task_starts_when_all_that_it_needs_is_done():
    schedule = Schedule(DIAMOND, jobs=4)
    assert drain(schedule) == ["a", "e"]
    schedule.end("a", Outcome.RAN)
    assert drain(schedule) == ["b", "c"]
    schedule.end("b", Outcome.RAN)
    schedule.end("e", Outcome.RAN)
    assert drain(schedule) == []
    schedule.end("c", Outcome.RAN)
    assert drain(schedule) == ["d"]


def test_the_longest_way_goes_first():
    tasks = [task("short"), task("long"), task("next", "long"), task("last", "next")]
    assert drain(Schedule(tasks, jobs=1)) == ["long"]


def test_what_stands_needs_no_process():
    tasks = [task("a", stale=None), task("b", "a", stale=None), task("c", "b")]
    schedule = Schedule(tasks, jobs=2)
    assert schedule.outcomes == {"a": Outcome.STANDS, "b": Outcome.STANDS}
    assert drain(schedule) == ["c"]


def test_equal_outputs_stop_the_cascade():
    tasks = [task("a"), task("b", "a", stale=None), task("c", "b", stale=None)]
    for changed in (False, True):
        schedule = Schedule(tasks, jobs=2)
        drain(schedule)
        schedule.end("a", Outcome.RAN, changed)
        assert drain(schedule) == (["b"] if changed else [])
        assert (schedule.outcomes.get("c") is Outcome.STANDS) == (not changed)


@pytest.mark.parametrize("keep_going", [False, True])
def test_a_failure_stops_what_depends_on_it(keep_going):
    schedule = Schedule([*DIAMOND, task("f", "e")], jobs=1, keep_going=keep_going)
    assert drain(schedule) == ["a"]
    schedule.end("a", Outcome.FAILED)
    assert schedule.failed == ["a"] and all(schedule.outcomes[x] is Outcome.BLOCKED for x in "bcd")
    assert drain(schedule) == (["e"] if keep_going else [])


def test_gpu_slots():
    tasks = [task(name, gpu=True) for name in "abc"] + [task("cpu")]
    schedule = Schedule(tasks, jobs=4, gpus=["3", "5"])
    assert drain(schedule) == ["a", "b", "cpu"] and schedule.running == {"a": "3", "b": "5", "cpu": None}
    schedule.end("a", Outcome.RAN)
    assert drain(schedule) == ["c"] and schedule.running["c"] == "3"


@st.composite
def graphs(draw):
    count = draw(st.integers(1, 9))
    tasks = []
    for number in range(count):
        needs = draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else set()
        stale = draw(st.sampled_from([None, "changed"]))
        tasks.append(task(f"t{number}", *(f"t{n}" for n in needs), stale=stale, gpu=draw(st.booleans())))
    return tasks


@given(graphs(), st.integers(1, 4), st.integers(1, 2), st.booleans(), st.data())
def test_any_graph_comes_to_its_end(tasks, jobs, gpus, keep_going, data):
    """In an order that its edges allow, within the slots, and with an outcome for all that could run."""
    schedule = Schedule(tasks, jobs, list(map(str, range(gpus))), keep_going)
    ran = []
    while drain(schedule) or schedule.running:
        assert len(schedule.running) <= jobs
        slots = [slot for slot in schedule.running.values() if slot is not None]
        assert len(slots) == len(set(slots)) <= gpus
        done = {name for name, outcome in schedule.outcomes.items() if outcome not in (Outcome.FAILED, Outcome.BLOCKED)}
        assert all(schedule.tasks[name].needs <= done for name in schedule.running)
        name = data.draw(st.sampled_from(sorted(schedule.running)))
        outcome = data.draw(st.sampled_from([Outcome.RAN, Outcome.SAME, Outcome.FAILED]))
        schedule.end(name, outcome, changed=outcome is Outcome.RAN)
        ran.append(name)
    assert len(ran) == len(set(ran))
    if keep_going or not schedule.failed:
        assert schedule.outcomes.keys() == schedule.tasks.keys()
    for one in tasks:
        if schedule.outcomes.get(one.address) is Outcome.STANDS:
            assert one.stale is None


def test_levels_by_hand():
    assert [[one.address for one in level] for level in levels(DIAMOND)] == [["a", "e"], ["b", "c"], ["d"]]
    assert levels([]) == []


def test_what_a_target_stands_for():
    there = ["train@solo", "train@twins", "pipelines/dataset/dvc.yaml:cast", "raw/e01.mkv.dvc"]
    assert chosen([], there) == there[:3]
    assert chosen(["train"], there) == there[:2] and chosen(["train@twins"], there) == there[1:2]
    assert chosen(["cast"], there) == chosen(["pipelines/dataset/dvc.yaml"], there) == there[2:3]
    assert chosen(["dvc.yaml"], there) == chosen(["dvc.yaml:train"], there) == there[:2]
    assert chosen(["raw/e01.mkv.dvc"], there) == there[3:]
    with pytest.raises(Exception, match="trian: there is no such stage. Name one such as train"):
        chosen(["trian"], there)

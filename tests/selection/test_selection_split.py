from hypothesis import given
from hypothesis import strategies as st

from dramatis.selection.split import MOST, OVERSHOOT, Wanted, held_out

shots = st.dictionaries(st.tuples(st.sampled_from(["e1", "e2"]), st.integers(0, 6)), st.integers(1, 30), min_size=1)
casts = st.dictionaries(st.sampled_from("abcd"), shots, min_size=1)


def pictures(shots, held):
    return sum(count for shot, count in shots.items() if shot in held)


def everybody(counts, share=0.2, least=4):
    return {name: Wanted(max(least, round(share * sum(own.values()))), least) for name, own in counts.items()}


def test_worked_example():
    ada = {("e1", n): 10 for n in range(10)}
    held = held_out({"ada": ada, "once": {("e1", 3): 40}}, {"ada": Wanted(20, 20)}, seed=7)
    assert pictures(ada, held) == 20
    assert ("e1", 3) not in held  # the only shot of somebody else


def test_a_single_shot_is_for_training():
    assert held_out({"ada": {("e1", 0): 50}}, {"ada": Wanted(10, 4)}, seed=7) == set()


def test_those_who_are_spared_lose_nothing():
    counts = {"ada": {("e1", n): 10 for n in range(6)}, "few": {("e1", n): 1 for n in range(4)}}
    held = held_out(counts, {"ada": Wanted(20, 20)}, seed=7, spared=["few"])
    assert held == {("e1", 4), ("e1", 5)}


def test_what_is_fixed_is_held_out_and_counts():
    ada = {("e1", n): 10 for n in range(6)} | {("e2", n): 10 for n in range(2)}
    assert held_out({"ada": ada}, {"ada": Wanted(20, 16)}, seed=7, fixed=[("e2", 0), ("e2", 1)]) == {
        ("e2", 0),
        ("e2", 1),
    }
    assert held_out({"ada": ada}, {}, seed=7, fixed=[("e9", 0)]) == {("e9", 0)}


def test_whole_videos():
    counts = {"ada": {"e1": 30, "e2": 30, "e3": 30}, "bela": {"e2": 9}}
    held = held_out(counts, everybody(counts), seed=7)
    assert len(held) == 1 and held < {"e1", "e3"}  # e2 is all there is of bela


def test_others_lose_no_more_than_half_unless_somebody_has_nothing_else():
    shared, own = ("e1", 0), ("e1", 1)
    counts = {"ada": {shared: 5, own: 5}, "bela": {shared: 8, ("e1", 2): 2}}
    assert shared not in held_out(counts, {"ada": Wanted(5, 5)}, seed=7)
    forced = {"ada": {shared: 5, own: 5}, "bela": {shared: 8, ("e1", 2): 2}, "cyrus": {own: 3}}
    assert shared in held_out(forced, {"ada": Wanted(5, 5)}, seed=7)  # `own` is all there is of cyrus


def test_what_returns_in_many_shots_is_held_out_only_where_there_is_nothing_else():
    ada = {("e1", n): 10 for n in range(8)}
    echoes = {shot: 30 + shot[1] for shot in ada if shot[1] != 5}
    assert held_out({"ada": ada}, {"ada": Wanted(10, 10)}, seed=7, echoes=echoes) == {("e1", 5)}
    assert held_out({"ada": ada}, {"ada": Wanted(20, 20)}, seed=7, echoes=echoes) == {("e1", 5), ("e1", 0)}
    few = dict.fromkeys(ada, 5)  # half of what they have themselves
    held = held_out({"ada": ada}, {"ada": Wanted(20, 20)}, seed=7, echoes=few)
    assert held == held_out({"ada": ada}, {"ada": Wanted(20, 20)}, seed=7)


def test_another_episode_changes_little():
    def show(episodes):
        return {
            name: {(f"e{e}", shot): 4 for e in range(episodes) for shot in range(30) if (shot * 7 + e) % every == 0}
            for name, every in (("ada", 1), ("bela", 2), ("cyrus", 7), ("dora", 29))
        }

    before, after = show(12), show(13)
    old, new = (held_out(counts, everybody(counts), seed=7) for counts in (before, after))
    assert len(old ^ {shot for shot in new if shot[0] != "e12"}) <= 2  # of 360


@given(casts, st.floats(0, 0.5), st.integers(0, 10), st.integers(0, 99))
def test_everybody_keeps_a_shot_and_those_who_can_spare_one_have_validation(counts, share, least, seed):
    wanted = everybody(counts, share, least)
    held = held_out(counts, wanted, seed)
    for character, shots in counts.items():
        assert any(shot not in held for shot in shots)
        alone = all(set(shots).isdisjoint(other) for name, other in counts.items() if name != character)
        if alone and len(shots) > 1 and least > 0:
            assert any(shot in held for shot in shots)
        if alone and len([shot for shot in shots if shot in held]) > 1:
            assert pictures(shots, held) <= MOST * sum(shots.values())
    shuffled = {name: dict(reversed(own.items())) for name, own in reversed(counts.items())}
    assert held == held_out(shuffled, wanted, seed)


@given(st.integers(30, 200), st.integers(0, 99))
def test_about_the_share_is_held_out(count, seed):
    counts = {"ada": {("e1", n): 3 for n in range(count)}}
    taken = pictures(counts["ada"], held_out(counts, {"ada": Wanted(round(0.6 * count), round(0.3 * count))}, seed))
    assert round(0.3 * count) <= taken <= OVERSHOOT * round(0.6 * count)

from hypothesis import given
from hypothesis import strategies as st

from dramatis.dataset.split import held_out, leaks

shots = st.dictionaries(st.tuples(st.sampled_from(["e1", "e2"]), st.integers(0, 6)), st.integers(1, 30), min_size=1)
casts = st.dictionaries(st.sampled_from("abcd"), shots, min_size=1)


def pictures(shots, held):
    return sum(count for shot, count in shots.items() if shot in held)


def test_worked_example():
    ada = {("e1", n): 10 for n in range(10)}
    held = held_out({"ada": ada, "once": {("e1", 3): 40}}, share=0.2, minimum=4, seed=7)
    assert pictures(ada, held) == 20
    assert ("e1", 3) not in held  # the only shot of somebody else


def test_the_minimum_counts_where_the_share_is_less():
    ada = {("e1", n): 3 for n in range(6)}
    assert pictures(ada, held_out({"ada": ada}, share=0.1, minimum=6, seed=7)) == 6


def test_a_single_shot_is_for_training():
    assert held_out({"ada": {("e1", 0): 50}}, share=0.2, minimum=4, seed=7) == set()


def test_another_episode_changes_little():
    first = {("e1", n): 10 for n in range(10)}
    more = first | {("e2", n): 10 for n in range(10)}
    before, after = held_out({"ada": first}, 0.2, 0, 7), held_out({"ada": more}, 0.5, 0, 7)
    assert before <= after  # the order in which shots are tried is the same


@given(casts, st.floats(0, 0.5), st.integers(0, 10), st.integers(0, 99))
def test_everybody_keeps_a_shot_and_those_who_can_spare_one_have_validation(counts, share, minimum, seed):
    held = held_out(counts, share, minimum, seed)
    for character, shots in counts.items():
        assert any(shot not in held for shot in shots)
        alone = all(set(shots).isdisjoint(other) for name, other in counts.items() if name != character)
        if alone and len(shots) > 1 and max(minimum, share) > 0:
            assert any(shot in held for shot in shots)
    assert held == held_out(dict(reversed(counts.items())), share, minimum, seed)


def test_leaks():
    assert leaks([0b0, 0b1111], [0b1], distance=1) == [True, False]
    assert leaks([0b0], [], distance=1) == [False]

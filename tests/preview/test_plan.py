"""What a run is asked to draw."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from preview_settings import control_row as row
from preview_settings import settings
from trainings import trained

from dramatis.core.trained import trained_of
from dramatis.preview.plan import wanted_of

DUO = trained(triggers={"ada": "ada", "bela": "b3la"})
CAPTIONS = {
    "ada": [("ada", "ada, head, forest")] * 12,
    "bela": [("bela", "bela, head, forest")] * 6 + [("bela", "bela, full body, sea")] * 6,
}


def record(**changes):
    people = {"ada": {"trigger": "ada", "pictures": 3}}
    return {"method": "lora", "characters": people, "params": {"captions": {"tokens": 75}}, **changes}


def test_what_a_record_says():
    assert trained_of(record()) == trained(triggers={"ada": "ada"})
    long = {"captions": {"tokens": 225}, "objective": {"zero_terminal_snr": True}}
    assert trained_of(record(params=long)) == trained(triggers={"ada": "ada"}, tokens=225, zero_terminal_snr=True)
    assert trained_of(record(style="<show>", method="textual_inversion")).style == "<show>"


def test_the_last_phase_counts():
    phases = [{"name": "one", "captions": {"tokens": 225}}, {"name": "two", "objective": {"zero_terminal_snr": True}}]
    params = {"captions": {"tokens": 150, "keep": 1}, "objective": {"zero_terminal_snr": False}}
    both = trained_of(record(params={**params, "phases": phases}))
    assert (both.tokens, both.zero_terminal_snr) == (150, True)
    one = trained_of(record(params={**params, "phases": phases[:1]}))
    assert (one.tokens, one.zero_terminal_snr) == (225, False)
    assert trained_of(record(params={**params, "phases": []})).tokens == 150


def test_kinds_of_a_run_of_two():
    made = wanted_of(DUO, settings(), CAPTIONS, [])
    assert Counter(one.purpose for one in made) == {"tags": 3, "fixed": 8, "pair": 2, "forget": 1}
    prompts = {one.prompt for one in made if one.purpose == "tags"}
    assert prompts == {"ada, head, forest", "b3la, head, forest", "b3la, full body, sea"}, "the run's own trigger words"
    pair = [one for one in made if one.purpose == "pair"]
    assert [one.prompt for one in pair] == ["ada, b3la, lake", "b3la, ada, lake"] and pair[0].size == (96, 64)
    assert made[-1].characters == () and made[-1].prompt == "1person, castle"
    guarded = wanted_of(DUO, settings(guard={"images": 1}), CAPTIONS, [])
    assert Counter(one.negative for one in guarded if one.purpose == "guard") == {"COMPOSITE": 4}


def test_a_style_is_in_all_prompts_but_those_of_nobody():
    made = wanted_of(DUO.model_copy(update={"style": "<show>"}), settings(), CAPTIONS, [])
    assert all(one.prompt.endswith(", <show>") == (one.purpose != "forget") for one in made)


def test_a_style_of_nobody_is_drawn_without_names():
    style = trained(method="textual_inversion", style="<show>")
    made = wanted_of(style, settings(), {}, [])
    fixed = {(one.prompt, one.characters, tuple(one.wanted)) for one in made if one.purpose == "fixed"}
    tags = ("1person", "head", "red robe", "forest")
    assert fixed == {(f"{', '.join(tags)}, <show>", (), tags), ("1person, beach, <show>", (), ("1person", "beach"))}
    assert {one.purpose for one in made} == {"fixed", "forget"}
    assert made[0].key == "fixed-nobody-00-00"


def test_a_controlnet_draws_after_control_images_only():
    controls = [row(number, who) for number in range(3) for who in ("ada", "bela", "fay")]
    duo = DUO.model_copy(update={"method": "controlnet"})
    made = wanted_of(duo, settings(), {}, controls)
    assert Counter(one.purpose for one in made) == {"control": 4, "forget": 1}
    assert all(one.control is not None for one in made)
    assert {one.characters for one in made} == {("ada",), ("bela",), ()}
    assert wanted_of(duo, settings(control={"images": 0}), {}, controls) == []


@given(st.permutations(["ada", "bela"]), st.integers(0, 3), st.integers(0, 3), st.integers(0, 2))
def test_keys_are_unique_and_seeds_of_a_prompt_stay(order, tags, pair, forget):
    duo = DUO.model_copy(update={"triggers": {name: DUO.triggers[name] for name in order}})
    params = settings(tags={"images": tags}, pair={"images": pair}, forget={"images": forget})
    made = wanted_of(duo, params, CAPTIONS, [])
    assert len({one.key for one in made}) == len(made)
    whole = {(one.prompt, one.key[-2:]): one.seed for one in wanted_of(DUO, settings(), CAPTIONS, [])}
    for one in made:
        known = whole.get((one.prompt, one.key[-2:]))
        assert known is None or known == one.seed

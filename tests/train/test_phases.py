import pytest
from tiny_sd import TRAIN, merged

from dramatis.core.errors import ParameterError
from dramatis.core.runs import Run
from dramatis.train.legs import begins_at, legs_of, starts_of
from dramatis.train.params import TrainParams
from dramatis.train.phases import params_of, parts_of, phases_of

ROWS = [
    {"config": "characters", "id": f"r{i}", "bucket": "64x64", "per_epoch": 1.0, "names": [], "character": "ada"}
    for i in range(8)
]


def settings(**changes):
    return TrainParams.model_validate(merged(TRAIN, changes))


def spec(method="lora", **train):
    return Run.model_validate({"method": method, "characters": ["ada"], "base": "x", "train": train or None})


def phases(*said, method="lora", **train):
    return phases_of(settings(), spec(method, phases=list(said), **train), "solo")


def test_the_run_overrides_the_section():
    changed = params_of(settings(), spec(steps=9, adapter={"rank": 2}), "solo")
    assert changed == settings(steps=9, adapter={"rank": 2})
    with pytest.raises(ParameterError, match=r"runs.solo.train: adapter.rnk: unknown key"):
        params_of(settings(), spec(adapter={"rnk": 2}), "solo")


def test_a_run_without_phases_has_one():
    (only,) = phases_of(settings(), spec(steps=9), "solo")
    assert only.name == "all" and only.params == settings(steps=9) and only.start == {}


def test_a_phase_inherits_from_the_run_and_not_from_the_phase_before():
    te, core = phases(
        {"name": "te", "batch_size": 6, "learning_rate": {"unet": 1.0e-4}},
        {"name": "core", "from": {"text_encoder": "te", "unet": "base"}, "steps": 3},
        batch_size=3,
        learning_rate={"text_encoder": 5.0e-4},
    )
    assert te.params.batch_size == 6 and core.params.batch_size == 3
    assert te.params.learning_rate.unet == 1.0e-4 and te.params.learning_rate.text_encoder == 5.0e-4
    assert core.params.learning_rate.unet == TRAIN["learning_rate"]["unet"]
    assert core.start == {"text_encoder": "te", "unet": "base"} and te.start == {}


def test_from_a_phase_is_from_all_of_it():
    _, core = phases({"name": "te"}, {"name": "core", "from": "te"})
    assert set(core.start.values()) == {"te"} and {"unet", "text_encoder", "embedding", "controlnet"} == set(core.start)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": "te"}, r"runs.solo.train.phases\[1\]: name = 'te': must differ from te, base"),
        ({"name": "base"}, "must differ from te, base"),
        ({}, r"phases\[1\]: name = None"),
        ({"name": "b", "stepz": 3}, r"phases\[1\]: stepz: unknown key, allowed are seed, steps"),
        ({"name": "b", "schedule": {"nme": 3}}, r"phases\[1\]: schedule.nme: unknown key"),
        ({"name": "b", "seed": 8}, r"phases\[1\]: seed: must not differ between the phases"),
        ({"name": "b", "adapter": {"rank": 9}}, "adapter: must not differ"),
        ({"name": "b", "objective": {"zero_terminal_snr": True}}, "objective.zero_terminal_snr: must not differ"),
        ({"name": "b", "phases": [{"name": "c"}]}, "phases: must not differ"),
        ({"name": "b", "from": "later"}, r"from = 'later': must be an earlier phase \(te\)"),
        ({"name": "b", "from": "base@3"}, "from = 'base@3': must be"),
        ({"name": "b", "from": "te@x"}, "from = 'te@x': must be"),
        ({"name": "b", "from": 3}, "from = 3: must be a phase"),
        ({"name": "b", "from": {"vae": "te"}}, "from.vae: unknown part, allowed are unet, text_encoder"),
        ({"name": "b", "parts": ["controlnet"]}, "trains nothing, as lora trains unet, text_encoder"),
        ({"name": "b", "parts": ["text_encoder"], "text_encoder_steps": 2}, "only the text encoder learns"),
        ({"name": "b", "sets": {"characters": 0.0}}, "trains on nobody"),
        ({"name": "b", "per_subject": {1: 0}}, "shows nobody"),
        ({"name": "b", "epochs": 2.0}, "say either steps or epochs"),
        ({"name": "b", "steps": None}, "say either steps or epochs"),
        ({"name": "b", "save_epochs": 2.0}, "say either save_every or save_epochs"),
        ({"name": "b", "schedule": {"name": "pulsing_cosine"}}, "pulsing_cosine needs cycle_epochs"),
        ({"name": "b", "prior": {"share": 0.1}}, "prior.share = 0.1 of 4 pictures is none"),
    ],
)
def test_what_a_phase_may_not_say(said, words):
    with pytest.raises(ParameterError, match=words):
        phases({"name": "te"}, said)


def test_the_place_of_phases_of_the_section():
    section = settings(phases=[{"name": "te"}, {"name": "te"}])
    with pytest.raises(ParameterError, match=r"params.yaml: train.phases\[1\]"):
        phases_of(section, spec(), "solo")


def test_a_method_has_its_parts():
    assert parts_of(settings(), "lora") == ["unet", "text_encoder"]
    assert parts_of(settings(adapter={"text_rank": 0}), "lora") == ["unet"]
    assert parts_of(settings(adapter={"text_rank": 0}, parts=["text_encoder"]), "dreambooth") == ["text_encoder"]
    assert parts_of(settings(), "textual_inversion") == ["embedding"]
    with pytest.raises(ParameterError, match="runs.solo.train: parts = .*trains nothing, as lora trains unet. "):
        phases_of(settings(adapter={"text_rank": 0}, parts=["text_encoder"]), spec(), "solo")
    with pytest.raises(ParameterError, match="sets.control = 0: controlnet learns from these"):
        phases_of(settings(), spec("controlnet"), "solo")
    control = {"sets": {"control": 1.0}, "validation": {"every": 5}}
    assert phases_of(settings(**control), spec("controlnet"), "solo")


def legs(*said, **train):
    found = phases(*said, prior={"share": 0.0}, **train)
    return legs_of(found, [ROWS] * len(found), "solo")


def test_legs_lie_end_to_end():
    """Eight pictures in batches of four: two steps an epoch."""
    a, b = legs(
        {"name": "a", "steps": 3, "save_every": 2},
        {"name": "b", "steps": None, "epochs": 1.5, "save_every": None, "save_epochs": 0.5, "from": "a@2"},
    )
    assert (a.first, a.last, a.saves) == (0, 3, [2, 3])
    assert (b.first, b.last, b.saves, b.per_epoch) == (3, 6, [4, 5, 6], 2)
    assert [a.rate(step) for step in (1, 2, 3)] == pytest.approx([0.5, 1, 2 / 3])
    assert starts_of(b, [a, b], ["unet", "text_encoder_2"]) == {"unet": 2, "text_encoder_2": 2}
    assert begins_at("a", [a, b]) == 3 and begins_at("base", [a, b]) == 0


def test_a_step_of_another_phase_is_refused():
    with pytest.raises(ParameterError, match=r"from = 'a@7': phase a has the steps 1 to 3"):
        legs({"name": "a", "steps": 3}, {"name": "b", "from": "a@7"})


def test_at_least_so_many_steps():
    (leg,) = legs({"name": "a", "steps": None, "epochs": 3.0, "min_steps": 50})
    assert leg.steps == 50 and leg.per_epoch == 2


def test_epochs_that_show_no_picture_are_refused():
    rare = [row | {"per_epoch": 0.01} for row in ROWS]
    found = phases({"name": "a", "steps": None, "epochs": 1.0}, prior={"share": 0.0})
    with pytest.raises(ParameterError, match="phase a: epochs = 1.0: in so few the plan shows no picture"):
        legs_of(found, [rare[:1]], "solo")


def test_a_cycle_is_counted_in_epochs():
    said = {"name": "pulsing_cosine", "cycle_epochs": 2.0, "warmup_steps": 0}
    (leg,) = legs({"name": "a", "steps": 9, "schedule": said})
    assert [leg.rate(step) for step in range(1, 10)] == pytest.approx([1, 0.5, 0, 0.5, 1, 0.5, 0, 0.5, 1])

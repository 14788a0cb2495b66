"""Combinations that cannot work, each with the line that it gives; and the usual ones, which pass."""

import pytest
from tiny_sd import TRAIN, merged

from dramatis.core.errors import ParameterError
from dramatis.core.runs import Run
from dramatis.train.methods import names
from dramatis.train.params import TrainParams
from dramatis.train.phases import PARTS, Phase
from dramatis.train.refuse import Base, base_of, refuse

EPSILON = Base("base", prediction_type="epsilon", window=77, layers=12, halvings=3)
STYLE = {"embedding": {"style": "ink"}}


def check(method, changes=None, base=EPSILON, characters=("ada",), own=None, **run):
    """Refuses a run of one phase with these parameters; `own` are the keys that the run itself gives."""
    params = TrainParams.model_validate(merged(TRAIN, changes or {}))
    spec = Run.model_construct(
        method=method, characters=list(characters), base="base", clip_skip=run.get("clip_skip"), train=own
    )
    refuse("solo", spec, [Phase("all", params, {})], base)


@pytest.mark.parametrize("method", names())
def test_usual_parameters_pass_for_every_method(method):
    check(method)
    assert method in PARTS


def test_what_looks_odd_but_works():
    check("lora", {"adapter": {"dora": True}})
    check("lora", {"adapter": {"text_rank": 0}, "parts": ["unet"]})
    check("textual_inversion", STYLE, characters=())
    check("lokr", own={"adapter": {"factor": 8}, "learning_rate": {"text_encoder": 1e-4}, "text_encoder_steps": 3})
    check("controlnet", {"captions": {"dropout": 1.0}})
    check("lora", {"device": "cuda", "precision": "fp16", "optimizer": {"name": "adamw8bit"}})
    check("lora", {"objective": {"zero_terminal_snr": True}}, Base("base", prediction_type="v_prediction"))
    check("lora", {"objective": {"zero_terminal_snr": True}}, Base("org/hub"))


@pytest.mark.parametrize(
    ("method", "changes", "line"),
    [
        ("loha", {"adapter": {"dora": True}}, "adapter.dora = true: only for lora, not for loha"),
        ("lokr", {"adapter": {"dora": True}}, "adapter.dora = true: only for lora, not for lokr"),
        ("lora", {"adapter": {"targets": "attn", "conv_rank": 2}}, "adapter.conv_rank = 2: with targets = attn no"),
        ("lora", {"adapter": {"targets": "attn", "conv_alpha": 2}}, "adapter.conv_alpha = 2.0: with targets = attn"),
        ("lora", {"adapter": {"text_rank": 0}, "parts": ["text_encoder"]}, "but adapter.text_rank is 0"),
        ("lora", {"parts": ["unet", "embedding"]}, "lora has no embedding, allowed are unet, text_encoder"),
        ("controlnet", {"parts": ["unet"]}, "controlnet has no unet, allowed are controlnet"),
        ("textual_inversion", {"parts": ["text_encoder"]}, "textual_inversion has no text_encoder"),
        ("lora", {"precision": "fp16"}, "precision = fp16 needs a GPU, and device is cpu. Say fp32"),
        ("lora", {"optimizer": {"name": "adamw8bit"}}, "adamw8bit needs a GPU, and device is cpu"),
        ("lora", {"objective": {"zero_terminal_snr": True}}, "zero_terminal_snr = true: base predicts epsilon"),
        ("lora", {"validation": {"timesteps": [0.5, 1.5]}}, "validation.timesteps has 1.5: must lie in 0..1"),
        ("lora", {"captions": {"dropout": 1.0}}, "captions.dropout = 1: no caption is ever read"),
        ("textual_inversion", {"embedding": {"vectors": 75}}, None),
        ("magic", {}, "must be one of controlnet, dreambooth"),
    ],
)
def test_parameters_that_cannot_work(method, changes, line):
    if line is None:
        check(method, changes)
        with pytest.raises(ParameterError, match="embedding.vectors = 75: the base's text encoder reads 46 tokens"):
            check(method, changes, EPSILON._replace(window=48))
        return
    with pytest.raises(ParameterError, match=line):
        check(method, changes)


@pytest.mark.parametrize(
    ("method", "own", "line"),
    [
        ("dreambooth", {"adapter": {"rank": 4}}, "runs.solo.train: adapter: dreambooth does not read it, lora, loha"),
        ("lora", {"embedding": {"vectors": 4}}, "embedding: lora does not read it, textual_inversion do"),
        ("lora", {"learning_rate": {"controlnet": 1e-4}}, "learning_rate.controlnet: lora trains only unet and text"),
        ("controlnet", {"text_encoder_steps": 9}, "text_encoder_steps: controlnet trains only controlnet"),
        ("lora", {"adapter": {"factor": 4}}, "adapter.factor: lora does not read it, lokr does"),
        (
            "lora",
            {"phases": [{"name": "one"}, {"name": "two", "learning_rate": {"embedding": 1.0}}]},
            r"runs.solo.train.phases\[1\]: learning_rate.embedding: lora trains only",
        ),
        ("lora", {"phases": [{"name": "one"}, {"name": "two", "from": {"embedding": "one"}}]}, "from.embedding: lora"),
    ],
)
def test_keys_of_the_run_that_nobody_reads(method, own, line):
    with pytest.raises(ParameterError, match=line):
        check(method, own=own)


def test_runs_that_learn_nobody():
    for method in ("lora", "dreambooth"):
        with pytest.raises(ParameterError, match=rf"characters = \[\]: {method} needs somebody to learn"):
            check(method, characters=())
    with pytest.raises(ParameterError, match=r"characters = \[\] and embedding.style = null"):
        check("textual_inversion", characters=())


def test_what_the_base_cannot():
    with pytest.raises(ParameterError, match="clip_skip = 12: the base's text encoder has 2 layers"):
        check("lora", base=EPSILON._replace(layers=2), clip_skip=12)
    with pytest.raises(ParameterError, match="its VAE halves pictures 5 times, a ControlNet up to 4"):
        check("controlnet", base=EPSILON._replace(halvings=5))


def test_the_phase_at_fault_is_named():
    good, bad = (TrainParams.model_validate(merged(TRAIN, change)) for change in ({}, {"parts": ["controlnet"]}))
    spec = Run(method="lora", characters=["ada"], base="base")
    with pytest.raises(ParameterError, match="runs.solo, phase late: parts = "):
        refuse("solo", spec, [Phase("early", good, {}), Phase("late", bad, {})], EPSILON)


def test_facts_of_a_folder_come_from_its_configurations(bases, tmp_path):
    assert base_of(str(bases["tiny"])) == Base(
        str(bases["tiny"]), prediction_type="v_prediction", window=77, layers=2, halvings=2
    )
    assert base_of(str(bases["sdxl"]))[1:] == ("epsilon", 77, 3, 3)
    assert base_of("org/hub") == Base("org/hub")
    (tmp_path / "scheduler").mkdir()
    (tmp_path / "scheduler" / "scheduler_config.json").write_text("{not json")
    assert base_of(str(tmp_path)) == Base(str(tmp_path))

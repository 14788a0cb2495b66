"""The score against what is known to be true, on the pocket base: a character with horns, learned from few pictures.

Half trained, she must not score as if she were learned (the horns alone are not her); trained for too long, her steps
must be seen to copy, and an earlier one be chosen where that is not allowed.
"""

import dataclasses
import json

import pytest
from conftest import TOP
from previewed import preview, write_previews
from tiny_sd import dataset_row, merged, write_dataset

from dramatis.backends.detect import DetectChoice
from dramatis.backends.embed import EmbedChoice
from dramatis.backends.landmarks import LandmarkChoice
from dramatis.backends.tag import TagChoice
from dramatis.core import seeds
from dramatis.core.images import encode_png
from dramatis.core.params import PARAMS, load_params, read_yaml
from dramatis.core.runs import Run
from dramatis.core.tables import stored_box
from dramatis.diffusion.apply import apply
from dramatis.diffusion.model import load_model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.sample import sample
from dramatis.film.character import draw_character, draw_outfit
from dramatis.pocket.pictures import identity_tags, picture
from dramatis.score.params import ScoreParams
from dramatis.score.run import Choices, run
from dramatis.train.params import TrainParams
from dramatis.train.run import run as train

pytestmark = pytest.mark.slow

STEPS, EVERY = 300, 20
JUDGED = (20, 100, 200, 300)
PROMPTS = (
    ("1person", "head", "front view", "red clothes", "robe", "forest"),
    ("1person", "head", "turned", "blue clothes", "shirt", "beach"),
    ("1person", "head", "front view", "green clothes", "hoodie", "city"),
    ("1person", "upper body", "turned", "purple clothes", "hoodie", "snow"),
)
SEEDS = 3
CAST = ("cyrus", "dora", "emil", "fay")


def heads(name, count, first):
    """Heads of one of the cast in any clothes and places, as rows of the dataset."""
    somebody = draw_character(seeds.rng(7, "score", name))
    somebody = dataclasses.replace(somebody, headgear="horns" if name == "cyrus" else "none")
    rows = []
    for index in range(first, first + count):
        rng = seeds.rng(7, "score", name, index)
        drawn = picture(rng, 64, somebody.wearing(draw_outfit(rng)), "head")
        said = [tag.replace("_", " ") for tag in drawn.tags if tag not in identity_tags(somebody)]
        boxes = dict(drawn.boxes)
        face = boxes.get("face", boxes["head"])
        box = stored_box(min(max(round(side), 0), 64) for side in face)
        about = {"caption": ", ".join([name, *said]), "face": box, "keep": None}
        rows.append(dataset_row(index, name, image={"bytes": encode_png(drawn.image), "path": None}, **about))
        rows[-1]["id"] = f"{name}-{index:03d}"
    return rows


@pytest.fixture(scope="module")
def horns(tmp_path_factory):
    """The folder with dataset, checkpoints and previews."""
    top = tmp_path_factory.mktemp("horns")
    write_dataset(
        top / "dataset",
        train=[row for name in CAST for row in heads(name, 6, 0)],
        validation=[row for name in CAST for row in heads(name, 8, 100)],
    )
    base = str(TOP / "models/pocket/sd")
    few = {
        "steps": STEPS,
        "save_every": EVERY,
        "batch_size": 6,
        "sets": {"regularization": 0.0},
        "prior": {"share": 0.0},
        "captions": {"tag_dropout": 0.0, "dropout": 0.0},
        "schedule": {"name": "constant"},
        "learning_rate": {"unet": 1.0e-3, "text_encoder": 3.0e-3},
    }
    section = TrainParams.model_validate(merged(read_yaml(TOP / PARAMS)["train"], few))
    spec = Run.model_validate({"method": "lora", "characters": ["cyrus"], "base": base})
    train("horns", spec, section, dataset=top / "dataset", out=top / "models", work=top / "work")
    write_previews(list(drawn_by(base, top / "models")), top / "previews")
    return top


@pytest.fixture(scope="module")
def verdict(horns):
    return judged(horns)


def judged(top, **changes):
    """What stage score says, its parameters those of the project but for these."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(TOP)
        run(
            "horns",
            ["cyrus"],
            load_params("score", ScoreParams).model_copy(update=changes),
            Choices(
                load_params("detect", DetectChoice),
                load_params("embed", EmbedChoice),
                load_params("tag", TagChoice),
                load_params("landmark", LandmarkChoice),
            ),
            dataset=top / "dataset",
            previews=top / "previews",
            out=top / "scores",
            metrics=top / "score.json",
            plots=top / "plots",
        )
    return json.loads((top / "scores/verdict.json").read_text())


def drawn_by(base, models):
    """The same prompts and seeds by the base and by some steps."""
    drawing = DrawingParams.model_validate(read_yaml(TOP / PARAMS)["preview"]["drawing"])
    asked = [(wanted, seed) for wanted in PROMPTS for seed in range(SEEDS)]
    for step in (0, *JUDGED):
        model = load_model(base)
        if step:
            apply(model, models / f"step-{step:06d}")
        prompts = [", ".join(["cyrus", *wanted]) for wanted, _ in asked]
        for number, image in enumerate(sample(model, prompts, [seed for _, seed in asked], drawing)):
            wanted, seed = asked[number]
            yield preview(step, number, image, "cyrus", prompt=prompts[number], wanted=list(wanted), seed=seed)


def test_half_trained_is_far_from_learned(verdict):
    steps = {step: verdict["by_step"][f"step-{step:06d}"] for step in (0, *JUDGED)}
    learned = max(steps.values(), key=lambda step: step["recscore"])
    assert verdict["base_recscore"] <= 0.2 <= 0.6 <= learned["recscore"]
    assert steps[20]["recscore"] <= learned["recscore"] - 0.3
    assert steps[20]["recscore_interval"][1] < learned["recscore_interval"][0]
    assert steps[20]["attributes"] < learned["attributes"]


def test_too_long_on_few_pictures_is_seen_and_can_be_forbidden(horns, verdict):
    """The last step copies; under a limit below what it has, an earlier one is chosen, and the reason says why."""
    last = verdict["by_step"][f"step-{STEPS:06d}"]
    assert last["copy_risk"] > last["base_copy_risk"] + 0.3
    assert last["diversity"] < 0.7 * last["base_diversity"]
    strict = judged(horns, max_copy_risk=last["copy_risk"] - 0.01)
    assert strict["best_step"] < STEPS and f"step {STEPS} (" in strict["reason"]


def test_an_embedder_trained_apart_ranks_the_steps_alike(verdict):
    assert verdict["oracle_spearman"] >= 0.8

"""A person's vote: which step is released, and what the card says of it; a small run of two files."""

import pytest
import torch
from builders import picture

from dramatis.core.images import encode_png
from dramatis.core.tables import write_json, write_table
from dramatis.core.votes import checkpoint_digest
from dramatis.diffusion.files import EMBEDDING
from dramatis.diffusion.weights import read_weights, write_weights
from dramatis.preview.schema import PREVIEWS
from dramatis.release.params import ReleaseParams
from dramatis.release.run import run
from dramatis.score.schema import STEPS

LOW, HIGH = (
    {"recscore": value, **dict.fromkeys(("interval", "recscore_interval"), [value - 0.1, value + 0.1])}
    for value in (0.4, 0.8)
)


@pytest.fixture
def project(tmp_path):
    for step in (2, 4):
        write_weights({"<ada>": torch.full((2, 32), float(step))}, tmp_path / f"models/duo/step-{step:06d}" / EMBEDDING)
    trained = {"run": "duo", "method": "textual_inversion", "base": "base", "family": "sd", "params": {"steps": 4}}
    write_json(
        trained | {"characters": {"ada": {"trigger": "<ada>", "pictures": 40}}}, tmp_path / "models/duo/run.json"
    )
    by_step = {"step-000002": LOW, "step-000004": HIGH}
    verdict = HIGH | {"run": "duo", "best_step": 4, "reason": "Step 4 is the highest.", "by_step": by_step}
    write_json(verdict | {"by_character": {"ada": HIGH | {"best_step": 4}}}, tmp_path / "verdict.json")
    same = {"measure": "recscore", "change": 0.0, "change_low": 0.0, "change_high": 0.0}
    rows = [
        {"key": f"{step:06d}-ada-recscore", "step": step, "of": "ada", "value": value, "low": value, "high": value}
        | same
        for step, value in ((0, 0.0), (2, 0.31), (4, 0.8))
    ]
    write_table(rows, STEPS, tmp_path / "steps.parquet")
    about = {"run": "duo", "purpose": "fixed", "character": "ada", "characters": ["ada"], "prompt": "<ada>", "seed": 1}
    previews = [
        {
            "preview_id": f"duo-{step:06d}",
            "step": step,
            "negative": "",
            "wanted": [],
            "image": encode_png(picture(step)),
        }
        for step in (0, 2, 4)
    ]
    rows = [dict.fromkeys(PREVIEWS.names) | about | row for row in previews]
    write_table(rows, PREVIEWS, tmp_path / "previews/previews.parquet")
    return tmp_path


def released(project, vote):
    """The step that is released, and its card."""
    write_json(vote, project / "vote.json")
    out = project / "release"
    run("duo", ReleaseParams(license=None), models=project / "models/duo", score=project / "verdict.json", out=out,
        previews=project / "previews", vote=project / "vote.json")  # fmt: skip
    (weights,) = (read_weights(file) for file in out.glob("*.safetensors"))
    return int(next(iter(weights.values())).flatten()[0]), (out / "README.md").read_text()


def test_without_a_vote_the_score_chooses(project):
    step, card = released(project, None)
    assert step == 4 and "step 4 of 4" in card and "Step 4 is the highest." in card and "person" not in card


def test_a_vote_counts_for_more_and_the_card_tells_its_figures(project):
    digest = checkpoint_digest(project / "models/duo/step-000002")
    step, card = released(project, {"step": 2, "checkpoint": digest, "why": "her hair"})
    assert step == 2 and "step 2 of 4" in card
    assert "A person chose it: her hair. The score would take step 4." in card
    assert "Recscore 0.40 [0.30, 0.50]" in card
    assert "| `ada` | 0.31 | 0.31 to 0.31 | 0.00 |" in card and "0.80" not in card


def test_a_vote_for_the_same_step_is_told(project):
    digest = checkpoint_digest(project / "models/duo/step-000004")
    step, card = released(project, {"step": 4, "checkpoint": digest})
    assert step == 4 and "A person chose it too." in card and "| `ada` | 0.80 |" in card


def test_a_vote_for_weights_that_are_gone_is_told_and_does_not_count(project):
    step, card = released(project, {"step": 2, "checkpoint": "0" * 16})
    assert step == 4 and "A person chose step 2, whose weights have changed." in card

import pytest
from conftest import TOP

from dramatis.caption.params import CaptionParams, Template


@pytest.fixture
def params():
    """Every key, so that a test changes only what it is about."""
    return CaptionParams(
        seed=7,
        template=Template(crop="dramatis", scene="dramatis", composite="dramatis"),
        style="toon",
        outfit=False,
        min_score={"general": 0.35},
        mcut=(),
        max_tags=4,
        order="score",
        drop_overlaps=True,
        stage_words={"full": "full body", "upper": "upper body", "head": "head"},
        people_words={1: "1person", 2: "2people"},
        exclude=(),
        weights={},
        escape=False,
        prune_core=None,
        tokenizer=TOP / "models/pocket/sd/tokenizer",
        token_limits=(),
    )


@pytest.fixture
def changed(params):
    """The parameters with some of them changed; of `template` the kinds that are named."""

    def change(**values):
        template = params.template.model_copy(update=values.pop("template", {}))
        return params.model_copy(update={"template": template, **values})

    return change

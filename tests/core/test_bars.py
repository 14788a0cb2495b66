"""Progress bars: a stage that runs for many items says which one each bar is of."""

import ast

import pytest
from conftest import TOP

from dramatis.core.params import PARAMS, read_yaml
from dramatis.pipeline.graph import filled, load_stages

PER_ITEM = sorted(
    {stage.name.split("@")[0] for stage in filled(list(load_stages(TOP)), read_yaml(TOP / PARAMS)) if "@" in stage.name}
)


@pytest.mark.parametrize("stage", PER_ITEM)
def test_a_bar_names_its_item(stage):
    file = TOP / "src/dramatis" / stage / "run.py"
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    bars = [call for call in calls if getattr(call.func, "id", "") in ("tqdm", "trange")]
    for bar in bars:
        (said,) = [keyword.value for keyword in bar.keywords if keyword.arg == "desc"]
        assert not isinstance(said, ast.Constant), f"{file}:{bar.lineno}: which {stage} is it?"

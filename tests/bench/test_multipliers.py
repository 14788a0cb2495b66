import pytest
from conftest import TOP

from dramatis.bench.multipliers import OUT, counts, page, seen
from dramatis.core.params import load_params
from dramatis.dataset.params import DatasetParams

PARAMS = load_params("dataset", DatasetParams, TOP / "params.yaml").multipliers


def test_the_page_is_up_to_date():
    assert (TOP / OUT).read_text() == page(PARAMS), "run `python -m dramatis.bench.multipliers`"


def test_the_show_has_50_characters_of_all_sizes():
    sizes = counts()
    assert len(sizes) == 50 and sizes[0] == 900 and sizes == sorted(sizes, reverse=True) and sizes[-1] > 0


def test_steps_of_a_small_show():
    params = PARAMS.model_copy(update={"scheme": "per_subject", "per_subject": {10: 8, 1: 2}})
    assert seen([20, 5], params) == pytest.approx([8, 2])

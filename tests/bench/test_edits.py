"""The edits of the benchmark, and how they are counted."""

import numpy as np
import pytest

from dramatis.attention.edit import Edited
from dramatis.bench.edits import BASE, cases, figures, measured
from dramatis.pocket.pictures import GROUPS


def test_a_hundred_edits_that_are_always_the_same():
    found = cases()
    assert len(found) == 100 and found == cases()
    assert len({case.seed for case in found}) == 100 and {case.model for case in found} == {"base", "twins", "solo"}
    for case in found:
        assert case.tag in GROUPS[case.group] and case.edit.by == case.tag.replace("_", " ")
        assert case.edit.by not in case.prompt
        assert case.edit.kind == "refine" or f", {case.edit.word}" in case.prompt
    assert BASE.name == "sd"


class Reads:
    """A judge for whom a bright picture shows the tag, and equally bright ones show one person."""

    def reads(self, image, group, tag):
        return bool(image[0, 0, 0] > 100)

    def same(self, first, second):
        return bool(abs(int(first[0, 0, 0]) - int(second[0, 0, 0])) < 100)


def grey(level):
    return np.full((2, 2, 3), level, np.uint8)


def test_figures_by_hand():
    case = next(case for case in cases() if case.group == "background")
    mask = np.array([[1, 1], [1, 0]], np.float32)
    source, target = Edited(grey(0), np.ones((2, 2), np.float32), ""), Edited(grey(110), mask, "")
    row = measured(case, [source, target], grey(220), Reads())
    assert row["mask"] == 0.75 and row["edit"] and row["plain"] and not row["same"]
    assert (row["rmse"], row["plain_rmse"]) == (110, 220)
    already = measured(case, [source._replace(image=grey(120)), target], grey(220), Reads())
    assert not already["edit"] and not already["plain"] and already["same"]
    told = figures([row, already])
    assert told["edits"] == 2 and told["edit_success"] == 0.5 and told["edit_identity"] == 0.5
    assert told["edit_rmse_ratio"] == pytest.approx((110 + 10) / (220 + 100))

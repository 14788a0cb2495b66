"""The benchmark of the dataset: its page is the one of the committed figures, and marks what misses its bar."""

import json

from conftest import TOP

from dramatis.bench.dataset_page import BARS, SHOWN, page, sheet_name

FOUND = json.loads((TOP / "metrics/bench/dataset.json").read_text())


def test_the_page_is_the_one_of_the_committed_figures():
    assert (TOP / "docs/dataset.md").read_text() == page(FOUND)
    assert all((TOP / "docs" / sheet_name(config)).is_file() for config in SHOWN)


def test_a_figure_that_misses_its_bar_is_marked():
    lines = page(FOUND | {"leaks": 1, "tag_f1": 0.849, "name_order": 1.0}).splitlines()
    marked = {line.split("`")[1] for line in lines if "**missed**" in line}
    assert {"leaks", "tag_f1"} <= marked and "name_order" not in marked
    assert marked == {name for name in BARS if name in marked or not BARS[name].met(FOUND[name])}


def test_every_figure_stands_on_the_page():
    text = page(FOUND)
    assert all(f"| `{name}` |" in text for name in FOUND if name != "formats_opened")
    assert all(f"`{name}`" in text for name in FOUND["formats_opened"])

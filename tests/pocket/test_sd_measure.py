from pathlib import Path

import numpy as np
import pytest

from dramatis.core.params import read_yaml
from dramatis.pocket.agreement import agreement
from dramatis.pocket.pictures import GROUPS
from dramatis.pocket.readme import table, tables
from dramatis.pocket.text_to_image_score import grid_tags, prompt_of, sheet, swapped
from dramatis.programs.closure import closure

TOP = Path(__file__).parents[2]
STAGES = read_yaml(TOP / "models/pocket/dvc.yaml")["stages"]
BACKENDS = {"tag": ["wd14"], "detect": ["yolo_onnx"], "embed": ["ccip_onnx"]}


def test_agreement_by_hand():
    names = ["red_hair", "blue_hair", "forest", "city", "1person"]
    groups = {"hair": ("red_hair", "blue_hair"), "place": ("forest", "city"), "count": ("1person",)}
    scores = np.array([[0.9, 0.1, 0.2, 0.3, 1], [0.6, 0.4, 0.1, 0.2, 1]])
    prompted = [("1person", "red_hair", "city"), ("1person", "blue_hair")]
    assert agreement(scores, names, prompted, groups) == {"hair": 0.5, "place": 1.0}


def test_swapped_tags_stay_in_the_order_of_captions():
    tags = ("1person", "head", "pink_hair", "forest")
    assert swapped(tags, "red_hair", "city") == ("1person", "head", "red_hair", "city")
    assert swapped(tags, "horns") == ("1person", "head", "pink_hair", "horns", "forest")


def test_the_grid_asks_for_each_hair_colour_in_each_place():
    tags = grid_tags(3)
    assert len(tags) == 64
    for row, hair in enumerate(GROUPS["hair_colour"][:8]):
        for column, place in enumerate(GROUPS["background"][:8]):
            assert {hair, place} <= set(tags[8 * row + column])
    assert "hair, " in prompt_of(tags[0])
    assert "_" not in prompt_of(tags[0])


def test_a_sheet_holds_all_pictures():
    assert sheet([np.zeros((64, 64, 3), np.uint8)] * 6, columns=3).shape == (192, 288, 3)


def test_tables_by_hand():
    assert table("f1", {"all": {"red_hair": 0.5, "n": 3}}).splitlines() == [
        "| f1 | all |",
        "|---|---|",
        "| red hair | 0.500 |",
        "| n | 3 |",
    ]
    parts = tables({"n": 2, "agreement": {"drawn": {"hair": 1.0}, "generated": {"hair": 0.5, "eyes": None}}})
    assert [part.splitlines()[0] for part in parts] == ["| measure | value |", "| agreement | drawn | generated |"]
    assert "| eyes | – | – |" in parts[1]


@pytest.mark.parametrize("name", STAGES)
def test_every_imported_file_is_a_dependency(name):
    deps = [Path(dep) for dep in STAGES[name]["deps"]]
    scripts = [Path(command.split()[1]) for command in STAGES[name]["cmd"]]
    used = set().union(*(closure(script, BACKENDS, TOP) for script in scripts))
    missing = [file for file in sorted(used) if not any(dep == file or dep in file.parents for dep in deps)]
    assert not missing, f"models/pocket/dvc.yaml: add to the deps of {name}: {', '.join(map(str, missing))}"
    assert all((TOP / dep).exists() for dep in deps if dep.parts[0] == "src")

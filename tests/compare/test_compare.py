"""The page of `dramatis compare`, from runs made by hand."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from previewed import preview, write_previews

from dramatis.cli.compare import compare_runs
from dramatis.compare.curves import Point, curves
from dramatis.compare.load import differing, flattened, load_run
from dramatis.compare.page import distance, page, shown_places
from dramatis.core.errors import InputError, MissingError
from dramatis.core.tables import write_json, write_table
from dramatis.core.votes import checkpoint_digest
from dramatis.score.schema import STEPS


def flat(level):
    return np.full((16, 16, 3), level, np.uint8)


def score(value):
    return {"recscore": value, "recscore_interval": [value - 0.1, value + 0.1], "base_recscore": 0.0}


def write_run(top, name, rank, best, level, prompt="ada, red robe"):
    verdict = {
        "best_step": best,
        "reason": f"Step {best} is <good>.",
        "by_step": {"step-000000": score(0.0), f"step-{best:06d}": score(0.8)},
        "oracle_spearman": 1.0,
        "pair": {"both_found": 0.5, "both_found_interval": [0.25, 0.75], "base_both_found": 0.0},
        **score(0.8),
    }
    folder = top / "data/scores" / name
    folder.mkdir(parents=True)
    (folder / "verdict.json").write_text(json.dumps(verdict))
    (top / "models" / name).mkdir(parents=True)
    about = {"run": name, "base": "models/base", "base_sha256": "0f", "params": {"adapter": {"rank": rank}, "seed": 7}}
    (top / "models" / name / "run.json").write_text(json.dumps(about))
    rows = [
        preview(step, n, flat(level if step else 10), run=name, prompt=prompt, preview_id=f"{name}-{step:06d}-{n}")
        for step in (0, best)
        for n in range(2)
    ]
    write_previews(rows, top / "data/previews" / name)


@pytest.fixture
def top(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path, "solo", 4, 80, 100)
    write_run(tmp_path, "wide", 16, 120, 104)
    return tmp_path


def test_settings_by_their_path_and_those_that_differ():
    nested = {"a": {"b": 1, "c": [1, 2]}, "d": [{"e": 3}], "f": {}}
    assert flattened(nested) == {"a.b": 1, "a.c": [1, 2], "d.0.e": 3, "f": {}}
    assert differing({"x": {"a": 1, "b": [1]}, "y": {"a": 2, "b": [1], "c": 0}}) == {
        "a": {"x": 1, "y": 2},
        "c": {"x": None, "y": 0},
    }


def test_pictures_of_one_prompt_and_seed_are_compared(top):
    solo, wide = load_run("solo"), load_run("wide")
    assert distance(solo, wide) == (4.0, 2)
    assert len(shown_places([solo, wide])) == 1  # one prompt, its first seed
    assert solo.settings == {"base": "models/base", "base_sha256": "0f", "params.adapter.rank": 4, "params.seed": 7}
    write_run(top, "other", 4, 80, 100, prompt="ada, blue robe")
    assert distance(solo, load_run("other")) is None and len(shown_places([solo, load_run("other")])) == 2


def test_the_step_that_a_person_chose_is_compared(top):
    """With pictures and figures of that step; of the pair those measures that the score tells."""
    scores = top / "data/scores/solo"
    verdict = json.loads((scores / "verdict.json").read_text())
    verdict["by_step"]["step-000040"] = score(0.3)
    (scores / "verdict.json").write_text(json.dumps(verdict))
    row = dict.fromkeys(STEPS.names, 0.1) | {"step": 40, "of": "pair", "value": 0.25}
    measures = ("both_found", "diversity")
    write_table([row | {"key": name, "measure": name} for name in measures], STEPS, scores / "steps.parquet")
    rows = [preview(step, 0, flat(level), run="solo", preview_id=f"solo-{step}") for step, level in ((0, 10), (40, 60))]
    write_previews(rows, top / "data/previews/solo")
    checkpoint = top / "models/solo/step-000040"
    checkpoint.mkdir()
    (checkpoint / "weights").write_bytes(b"w")
    vote = {"step": 40, "checkpoint": checkpoint_digest(checkpoint), "why": "her eyes"}
    write_json(vote, top / "data/votes/solo.json")
    found = load_run("solo")
    assert found.verdict["best_step"] == 40 and found.verdict["recscore"] == 0.3 and len(found.chosen) == 1
    text = page([found, load_run("wide")])
    assert "A person chose it: her eyes. The score would take step 80." in text
    assert "pair: both found" in text and "pair: interval" not in text and "pair: diversity" not in text


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.images, self.links = [], 0, []

    def handle_starttag(self, tag, attributes):
        self.images += tag == "img"
        self.links += [value for key, value in attributes if key in ("src", "href")]
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_holds_everything_and_asks_for_nothing(top):
    text = compare_runs(["solo", "wide"], None).read_text()
    tags = Tags()
    tags.feed(text)
    assert not tags.open and tags.images == 3 and all(link.startswith("data:image/png") for link in tags.links)
    assert "Step 80 is &lt;good&gt;." in text and "params.adapter.rank" in text and "params.seed" not in text
    assert "4.0 levels of 255, 2 pictures" in text and "pair: both found" in text
    assert "0.800 <small>[0.700, 0.900]</small> <small>base 0.000</small>" in text
    assert len(re.findall("<svg", text)) == 1 and "step 120: 0.800 [0.700, 0.900]" in text


def test_the_same_runs_give_the_same_page(top):
    runs = [load_run("solo"), load_run("wide")]
    assert page(runs) == page(runs)


def test_one_run_alone_is_a_page_too(top):
    file = compare_runs(["solo"], top / "pages/one.html")
    assert file == top / "pages/one.html" and "RMSE" not in file.read_text()


def test_curves_stay_inside():
    text = curves("recscore", {"solo": [Point(0, 0.0, 0.0, 0.0), Point(80, 0.8, 0.7, 1.2)]})
    heights = [float(y) for y in re.findall(r'cy="([\d.]+)"', text)]
    assert heights[0] > heights[1] and 0 <= min(heights) and max(heights) <= 240


def test_user_errors(top):
    with pytest.raises(MissingError, match=r"data/scores/none/verdict.json: .*stage score@none makes it"):
        compare_runs(["solo", "none"], None)
    with pytest.raises(InputError, match="solo, solo: one of them twice"):
        compare_runs(["solo", "solo"], None)
    (top / "data/previews/solo/previews.parquet").unlink()
    with pytest.raises(MissingError, match="stage preview@solo makes it"):
        compare_runs(["solo"], None)

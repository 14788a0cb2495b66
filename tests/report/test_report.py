"""The page as a file: what is on it, however far the project has come."""

import json
import re
from html.parser import HTMLParser

import pytest
from conftest import TOP
from reported import report

from dramatis.cli.report import write_report
from dramatis.core.errors import InputError
from dramatis.report.html import table, tag
from dramatis.report.quality import histogram
from dramatis.report.videos import clock

VOID = {"meta", "img", "br", "link", "line", "rect", "circle", "polygon", "polyline"}


class Page(HTMLParser):
    """Elements, open ones, links and texts."""

    def __init__(self, html):
        super().__init__()
        self.open, self.seen, self.sources, self.texts, self.buttons, self.ids = [], [], [], [], [], []
        self.feed(html)

    def handle_starttag(self, name, attributes):
        said = dict(attributes)
        self.seen.append(name)
        self.sources += [said[key] for key in ("src", "href") if key in said]
        self.ids += [said["id"]] if "id" in said else []
        if "data-from" in said:
            self.buttons.append(said["data-from"])
        if name == "img":
            assert said.get("alt") is not None
        if name not in VOID:
            self.open.append(name)

    def handle_endtag(self, name):
        if name not in VOID:
            assert self.open.pop() == name

    def handle_data(self, text):
        self.texts.append(text)


def shown(html):
    return json.loads(re.search(r'id="shown">(.*?)</script>', html, re.S)[1])


def test_a_whole_page(whole):
    made = report(whole)
    page = Page(made.html)
    assert page.open == [] and len(page.ids) == len(set(page.ids))
    assert {"cast", "timeline", "coverage", "dataset", "runs", "comparison", "quality", "pipeline"} <= set(page.ids)
    assert all(source.startswith(("data:image/jpeg;base64,", "#")) for source in page.sources)
    origins = shown(made.html)
    assert set(page.buttons) <= set(origins["trees"]) and len(page.buttons) == 5 + 4 + 2 + 4
    assert set(origins["pictures"]) <= set(origins["trees"])
    assert made.data["runs"]["solo"]["best_step"] == 80 and made.data["comparison"] == ["solo", "wide"]
    assert made.data["timeline"]["v"][0]["who"] == {"ada": 2, "bela": 2}
    assert made.data["coverage"][0]["words"] == {"forest": 2, "robe": 2}
    assert {row["character"]: row["seconds"] for row in made.data["cast"]["characters"]} == {"ada": 7.5, "bela": 5.0}
    json.dumps(made.data)


def test_every_text_is_escaped(whole):
    html = report(whole).html
    assert html.count("raw/&lt;v&gt;{{style}}.mkv") == 1  # and is no placeholder
    assert html.count("<script") == 2 and "<good>" not in html and "raw/<v>" not in html
    assert html.count("&lt;script&gt;alert(&#x27;ada&#x27;)&lt;/script&gt;") >= 5
    assert Page(html).seen.count("script") == 2


def test_the_same_bytes_each_time(whole):
    assert report(whole) == report(whole)


def test_only_the_cast(cast_only):
    made = report(cast_only, runs=("solo",))
    assert made.data["cast"] and made.data["timeline"]
    assert made.data["coverage"] is made.data["dataset"] is made.data["comparison"] is None
    assert made.data["runs"] == {"solo": None}
    text = "".join(Page(made.html).texts)
    for stage in ("selection", "dataset", "score@solo", "preview@solo"):
        assert f"Stage {stage} has not run yet" in text


def test_nothing_has_run(tmp_path):
    made = report(tmp_path)
    assert Page(made.html).open == []
    assert [made.data[part] for part in ("cast", "timeline", "coverage", "dataset", "quality")] == [None] * 5


def test_pieces():
    assert (
        tag("a", "b & c".replace("&", "&amp;"), href='"x"', class_="k", title=None)
        == '<a href="&quot;x&quot;" class="k">b &amp; c</a>'
    )
    assert '<th scope="row">a</th><td>b</td>' in table(["x", "y"], [["a", "b"]], "t")
    assert [clock(seconds) for seconds in (0, 65.25, 59.96, 3725.5)] == ["0:00.0", "1:05.2", "1:00.0", "1:02:05.5"]


def test_a_histogram_counts_what_is_dropped():
    svg = histogram("blur", [(0.0, False), (0.5, False), (1.0, True)], [0.8, 9.0])
    assert "blur: 1 of 3 faces dropped" in svg and svg.count('class="limit"') == 1
    assert svg.count('class="in"') == 2 and svg.count('class="out"') == 1


@pytest.mark.slow
@pytest.mark.skipif(not (TOP / "data/dataset").is_dir(), reason="the sample film has not run here")
def test_the_sample_film_fits_and_stays_the_same(monkeypatch, tmp_path):
    monkeypatch.chdir(TOP)
    for name in ("a", "b"):
        write_report(tmp_path / f"{name}.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert (tmp_path / "a.html").stat().st_size < 5_000_000


def test_a_table_of_another_version_is_one_line(whole, monkeypatch):
    monkeypatch.chdir(whole)
    for name in ("pipelines", "dvc.yaml", "params.yaml"):
        (whole / name).symlink_to(TOP / name)
    (whole / "data/frames/e01").mkdir()
    for name in ("frames", "shots"):
        (whole / f"data/frames/e01/{name}.parquet").write_bytes((whole / "data/cast/characters.parquet").read_bytes())
    monkeypatch.setattr("dramatis.cli.report.find_changes", lambda *_: {})
    with pytest.raises(InputError, match="it has no column frame_id.*stage frames@e01 makes it again"):
        write_report(whole / "report.html")

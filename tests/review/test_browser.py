"""The page in a real browser, on the sample film: from what a person does to what `dvc repro` makes of it."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from browser_desk import MARKS, Page, browsing, served
from conftest import TOP
from test_whole import copy, repro, succeed

from dramatis.cast.decisions import read_decisions
from dramatis.core.params import PARAMS, read_yaml

pytestmark = MARKS
CAST_STAGE = "pipelines/dataset/dvc.yaml:cast"
CAPTION_STAGE = "pipelines/dataset/dvc.yaml:caption"


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """A copy of this project, run up to stage `cast`."""
    top = copy(tmp_path_factory.mktemp("review") / "project", read_yaml(TOP / PARAMS)["film"]["seed"])
    shutil.copy(TOP / "cast.yaml", top / "cast.yaml")
    succeed(repro(top, CAST_STAGE))
    return top


@pytest.fixture
def page(film, tmp_path):
    """The page of that project with the decisions of this project, in a browser of its own."""
    shutil.copy(TOP / "cast.yaml", film / "cast.yaml")
    succeed(repro(film, CAST_STAGE))
    with served(film, tmp_path / "server.log") as address, browsing() as browser:
        yield Wall(browser, film, address)


class Wall(Page):
    """What a person sees of the cast, and does."""

    def __init__(self, browser, top: Path, address: str):
        super().__init__(browser, top, address)
        self.until(lambda: self.cards())

    def cards(self):
        """Names of the cards that can be seen, in order."""
        return self.js("return [...document.querySelectorAll('.card')].map(c => c.dataset.id)")

    def filter(self, label):
        self.js(
            "[...document.querySelectorAll('.filters .chip')].find(c => c.innerText.startsWith(arguments[0])).click()",
            label,
        )

    def click(self, name, inside=""):
        """Clicks a card, or something in it; found and clicked at once, since cards are drawn anew."""
        self.until(lambda: name in self.cards())
        self.js(f"document.querySelector(`.card[data-id='${{arguments[0]}}'] {inside}`).click()", name)

    def open(self, name):
        self.click(name)
        self.until(lambda: self.opened() == name)

    def opened(self):
        return self.js("return document.querySelector('.group')?.dataset.id")

    def back(self):
        """To the wall."""
        from selenium.webdriver.common.keys import Keys

        self.until(lambda: not self.js("return document.querySelector('.q-dialog')"))
        self.until(lambda: not self.opened() or self.keys(Keys.ESCAPE))  # the first one may only clear what is picked

    def tracks(self):
        return self.js("return [...document.querySelectorAll('.track')].map(t => t.dataset.id)")

    def type_name(self, name):
        from selenium.webdriver.common.keys import Keys

        self.until(
            lambda: self.js("return document.activeElement.tagName === 'INPUT' && document.querySelector('.q-dialog')")
        )
        self.keys(name, Keys.ENTER)
        self.until(lambda: not self.js("return document.querySelector('.q-dialog form')"))

    @property
    def decided(self):
        return read_decisions(self.top / "cast.yaml")

    def cast(self):
        """What stage `cast` says of each track now."""
        rows = [
            row
            for video in ("e01", "e02")
            for row in pq.read_table(self.top / f"data/cast/{video}.parquet").to_pylist()
        ]
        return {row["track_id"]: row["character"] for row in rows}


def poster(top: Path) -> str:
    """Track of the poster on a wall: the face that lies on the true one in the first frame that shows both."""
    truth = pq.read_table(top / "data/film/sample/truth/figures.parquet").to_pylist()
    true = {f"{row['video']}-{row['frame']:06d}": row["face"] for row in truth if row["character"] == "poster"}
    for video in ("e01", "e02"):
        for row in pq.read_table(top / f"data/detections/{video}/detections.parquet").to_pylist():
            spot = true.get(row["frame_id"])
            if (
                spot
                and row["kind"] == "face"
                and abs(spot["x0"] - row["box"]["x0"]) + abs(spot["y0"] - row["box"]["y0"]) < 20
            ):
                return row["track_id"]
    raise AssertionError("no detector has seen the poster")


def test_a_review_of_the_sample_film(page, film):
    """Name a cluster, merge two, split one track out, reject the poster, undo, reload, and `dvc repro` of the names."""
    from selenium.webdriver.common.keys import Keys

    unnamed = next(name for name in page.cards() if name.startswith("c:"))
    page.open(unnamed)
    own = page.tracks()
    page.keys("n")
    page.type_name("Zo\u00eb Blue")
    page.until(lambda: page.opened() == "n:zoe-blue")
    assert page.decided.characters["zoe-blue"].display == "Zo\u00eb Blue" and len(page.decided.pins) == 1

    page.back()
    for name in ("n:emil", "n:fay"):
        page.click(name, ".tick")
    page.keys("m")
    page.until(lambda: page.decided.merge == {"fay": "emil"})
    page.until(lambda: "n:fay" not in page.cards())

    page.open("n:ada")
    lost = page.tracks()[0]
    page.keys(Keys.ARROW_DOWN, " ")
    page.until(lambda: page.js("return document.querySelectorAll('.track.picked').length") == 1)
    page.keys("n")
    page.type_name("ann")
    page.until(lambda: "ann" in page.decided.pins.values())
    page.back()

    page.filter("Single tracks")
    wanted = poster(film)
    page.open(f"t:{wanted}")
    page.keys("x")
    page.until(lambda: len(page.decided.reject) == 1)
    page.back()
    page.filter("Rejected")
    page.until(lambda: page.cards() == [f"r:{wanted}"])

    page.filter("Named")
    before = page.decided
    page.open("n:dora")
    page.keys("x")
    page.until(lambda: page.decided != before)
    page.keys("z")
    page.until(lambda: page.decided == before)
    page.back()

    page.browser.refresh()
    page.until(lambda: "n:ann" in page.cards() and "n:dora" in page.cards())
    assert page.js("return document.querySelector('#apply').innerText").startswith("Apply ")

    succeed(repro(film, CAST_STAGE))
    cast = page.cast()
    assert {cast[track] for track in own} == {"zoe-blue"}
    assert cast[lost] == "ann" and "ada" in cast.values() and "dora" in cast.values()
    assert "fay" not in cast.values() and cast[wanted] is None


def test_two_tabs_see_each_other(page):
    """What one tab decides the other shows, and neither loses what the other wrote."""
    first = page.browser.current_window_handle
    page.browser.switch_to.new_window("tab")
    page.browser.get(page.address)
    second = page.browser.current_window_handle
    page.open("n:ada")
    page.keys("x")
    page.until(lambda: list(page.decided.pins.values()) == ["not_a_character"])
    page.browser.switch_to.window(first)
    page.until(lambda: "n:ada" not in page.cards())
    page.open("n:dora")
    page.keys("p")
    page.until(lambda: "dora" in page.decided.pins.values())
    page.browser.switch_to.window(second)
    page.until(lambda: page.js("return document.body.innerText.includes('Apply')"))
    assert {"not_a_character", "dora"} == set(page.decided.pins.values())


def test_a_card_dropped_on_another(page):
    """Drag and drop is the same as `m`."""
    page.until(lambda: {"n:emil", "n:fay"} <= set(page.cards()))
    page.js(
        """const data = new DataTransfer();
        const [from, to] = ["n:fay", "n:emil"].map((id) => document.querySelector(`.card[data-id='${id}']`));
        from.dispatchEvent(new DragEvent("dragstart", { dataTransfer: data, bubbles: true }));
        to.dispatchEvent(new DragEvent("dragover", { dataTransfer: data, bubbles: true, cancelable: true }));
        to.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));"""
    )
    page.until(lambda: page.decided.merge == {"fay": "emil"})


def test_frame_and_clip_of_a_face(page):
    from selenium.webdriver.common.keys import Keys

    page.open("n:ada")
    page.keys(Keys.ARROW_DOWN, Keys.ENTER)
    page.until(lambda: page.js("const i = document.querySelector('.frame img'); return i && i.naturalWidth") == 480)
    page.until(lambda: "e0" in page.js("return document.querySelector('.look-head').innerText"))
    page.keys("v")
    page.until(
        lambda: (
            page.js("const v = document.querySelector('video'); return v && v.readyState >= 2 && v.videoWidth") == 480
        )
    )


def test_apply_runs_the_names_and_reads_them_again(page):
    unnamed = next(name for name in page.cards() if name.startswith("c:"))
    page.open(unnamed)
    own = page.tracks()
    page.keys("n")
    page.type_name("zed")
    page.until(lambda: "Apply " in page.js("return document.querySelector('#apply').innerText"))
    page.keys("g")
    page.until(lambda: page.js("return !!document.querySelector('#apply-cast')?.offsetParent"))
    page.js("document.querySelector('#apply-cast').click()")
    page.until(lambda: "Done" in page.js("return document.querySelector('.dialog.apply').innerText"), 180)
    assert {page.cast()[track] for track in own} == {"zed"}
    page.until(lambda: "waiting" not in page.js("return document.querySelector('#apply').className"))


def test_apply_runs_the_captions_and_reads_them_again(page):
    """A tag for one picture on the other tab, and what stage `caption` makes of it."""
    from selenium.webdriver.common.keys import Keys

    succeed(repro(page.top, CAPTION_STAGE))
    page.browser.get(page.address + "captions")
    page.until(lambda: page.js("return document.querySelectorAll('.shot').length"))
    name = page.js("const c = document.querySelector('.shot'); c.click(); return c.dataset.id")
    page.until(lambda: page.js("return document.querySelector('.panel').innerText").startswith("1 selected"))
    page.keys("n")
    page.until(lambda: page.js("return document.activeElement.tagName === 'INPUT'"))
    page.keys("red scarf", Keys.ENTER)
    page.until(lambda: "Apply 1" in page.js("return document.querySelector('#apply').innerText"))
    page.keys("g")
    page.until(lambda: page.js("return !!document.querySelector('#apply-captions')?.offsetParent"))
    page.js("document.querySelector('#apply-captions').click()")
    page.until(lambda: "Done" in page.js("return document.querySelector('.dialog.apply').innerText"), 300)
    rows = pq.read_table(page.top / f"data/captions/{name[:3]}.parquet").to_pylist()
    (said,) = [row for row in rows if row["id"] == name]
    assert said["origin"] == "human" and said["caption"].endswith(", red scarf")
    page.until(lambda: "waiting" not in page.js("return document.querySelector('#apply').className"))

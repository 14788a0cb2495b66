"""The caption tab in a real browser: from what a person does to the lines of `captions.yaml`."""

import pytest
from browser_desk import MARKS, Page, browsing, served
from gallery_desk import CAPTIONS, write_gallery
from review_desk import write_project

from dramatis.caption.human import read_captions

pytestmark = MARKS
IDS = list(CAPTIONS)
SCRIPT = "<script>document.title='caught'</script><img src=x onerror=document.title='caught'>"


@pytest.fixture(scope="module")
def browser():
    with browsing() as made:
        yield made


@pytest.fixture
def page(browser, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_project(tmp_path, "ada", "cyrus")
    hashes = write_gallery(tmp_path)
    with served(tmp_path, tmp_path / "server.log") as address:
        yield Captions(browser, tmp_path, address, hashes)


class Captions(Page):
    """What a person sees of captions, and does."""

    def __init__(self, browser, top, address, hashes):
        super().__init__(browser, top, address)
        self.until(lambda: self.js("return document.querySelector('#tab-captions')"))
        self.js("document.querySelector('#tab-captions').click()")
        self.hashes = hashes
        self.until(lambda: self.shown() == IDS)

    def shown(self):
        return self.js("return [...document.querySelectorAll('.shot')].map(c => c.dataset.id)")

    def picked(self):
        return self.js("return [...document.querySelectorAll('.shot.picked')].map(c => c.dataset.id)")

    def click(self, css, **held):
        self.until(lambda: self.js("return document.querySelector(arguments[0])", css))
        self.js("document.querySelector(arguments[0]).dispatchEvent(new MouseEvent('click', "
                "{bubbles: true, ...arguments[1]}))", css, held)  # fmt: skip

    def select(self, *ids):
        for each in ids:
            self.click(f".shot[data-id='{each}']")
        self.until(lambda: set(ids) <= set(self.picked()))
        self.until(lambda: self.panel().startswith(f"{len(self.picked())} selected"))

    def panel(self):
        return self.js("return document.querySelector('.panel').innerText")

    def search(self, text):
        self.js(
            "const box = document.querySelector('.captions .search'); box.value = arguments[0];"
            "box.dispatchEvent(new Event('input'))",
            text,
        )

    def choose(self, label, value):
        self.js(
            "const box = document.querySelector(`.facet[aria-label='${arguments[0]}']`); box.value = arguments[1];"
            "box.dispatchEvent(new Event('change'))",
            label, value,
        )  # fmt: skip

    def type_in(self, key, *texts):
        """Into the field that a key leads to."""
        self.keys(key)
        self.until(lambda: self.js("return ['INPUT', 'TEXTAREA'].includes(document.activeElement.tagName)"))
        self.keys(*texts)

    def preview(self):
        return self.js(
            "return [...document.querySelectorAll('.preview-row')].map(r => r.innerText.replace('✓', '').trim())"
        )

    @property
    def said(self):
        """Captions by id, as the file has them."""
        held = read_captions(self.top / "captions.yaml")
        return {name: held[picture] for name, picture in self.hashes.items() if picture in held}


def test_search_select_change_and_undo(page):
    """Find by tag, give a tag to several after a preview, replace a tag, leave one out, take it all back."""
    from selenium.webdriver.common.keys import Keys

    before = (page.top / "captions.yaml").read_bytes()
    page.search("+red hair")
    page.until(lambda: page.shown() == IDS[:2])
    page.keys("a")
    page.until(lambda: page.picked() == IDS[:2])
    page.type_in("n", "hat", Keys.ENTER)
    page.until(lambda: len(page.preview()) == 2)
    assert page.said == {}, "nothing is written before it was looked at"
    page.keys(Keys.ENTER)
    page.until(lambda: page.said == {each: CAPTIONS[each] + ", hat" for each in IDS[:2]})
    page.until(lambda: "2 of 7 captions by people" in page.js("return document.querySelector('.told').innerText"))

    page.search("")
    page.until(lambda: page.shown() == IDS)
    page.keys(Keys.ESCAPE)
    page.until(lambda: "Nothing selected" in page.panel())
    page.type_in("f", "smile", Keys.TAB, "grin", Keys.ENTER)
    page.until(lambda: len(page.preview()) == 2)
    assert page.js("return document.querySelector('.preview-row del').innerText") == "smile"
    page.click(f".preview-row[data-picture='{page.hashes[IDS[6]]}']")
    page.until(lambda: page.js("return document.querySelectorAll('.preview-row.out').length") == 1)
    page.keys(Keys.ENTER)
    page.until(lambda: page.said.get(IDS[0]) == "ada, head, grin, red hair, hat")
    assert IDS[6] not in page.said

    page.keys("z")
    page.until(lambda: page.said == {each: CAPTIONS[each] + ", hat" for each in IDS[:2]})
    page.keys("z")
    page.until(lambda: (page.top / "captions.yaml").read_bytes() == before)
    page.keys("Z")
    page.until(lambda: len(page.said) == 2)


def test_one_caption_labels_and_automatic_again(page):
    from selenium.webdriver.common.keys import Keys

    page.select(IDS[3])
    page.type_in("e", ', worn: "blue" #1', Keys.ENTER)
    page.until(lambda: page.said == {IDS[3]: CAPTIONS[IDS[3]] + ', worn: "blue" #1'})
    page.click(".free-label")
    page.until(lambda: page.js("return document.activeElement.tagName === 'INPUT'"))
    page.keys("night", Keys.ENTER)
    page.until(lambda: page.js("return !!document.querySelector('.label .tag-name')?.innerText.endsWith('night')"))
    page.select(IDS[4])
    page.keys("1")
    page.until(lambda: all(page.said.get(each, "").endswith(", night") for each in IDS[3:5]))
    page.keys("1")
    page.until(lambda: page.said == {IDS[3]: CAPTIONS[IDS[3]] + ', worn: "blue" #1'})
    page.keys("p")
    page.until(lambda: page.said.get(IDS[4]) == CAPTIONS[IDS[4]])
    page.keys("x")
    page.until(lambda: page.said == {})
    page.click(".tag-box[data-tag='bela'] .take")
    page.until(lambda: len(page.preview()) == 2)
    page.keys(Keys.ESCAPE)
    page.until(lambda: not page.preview() and page.said == {})


def test_several_by_shift_and_by_what_they_are(page):
    page.click(f".shot[data-id='{IDS[1]}']")
    page.click(f".shot[data-id='{IDS[4]}']", shiftKey=True)
    page.until(lambda: page.picked() == IDS[1:5])
    page.choose("Everybody", "bela")
    page.until(lambda: page.shown() == IDS[2:])
    page.until(lambda: page.picked() == IDS[2:5] and page.panel().startswith("3 selected"))
    page.choose("All stages", "composite")
    page.until(lambda: page.shown() == IDS[5:] and "Nothing selected" in page.panel())


def test_the_file_changed_outside_and_text_is_never_a_page(page):
    """What an editor writes shows by itself; markup in it is text, wherever the page shows it."""
    from selenium.webdriver.common.keys import Keys

    file = page.top / "captions.yaml"
    file.write_text(file.read_text() + f'{page.hashes[IDS[0]]}: "ada, {SCRIPT}"\n00000000000000aa: "{SCRIPT}"\n')
    page.until(lambda: SCRIPT in page.js("return document.querySelector('.shot-caption').innerText"))
    page.select(IDS[0])
    page.until(lambda: SCRIPT in page.panel())
    page.listen()
    page.type_in("n", SCRIPT + " again", Keys.ENTER)
    page.until(lambda: page.said[IDS[0]].endswith("again"))
    page.until(lambda: page.heard("again"))
    page.type_in("f", SCRIPT, Keys.TAB, SCRIPT * 2, Keys.ENTER)
    page.until(lambda: len(page.preview()) == 1)
    page.keys(Keys.ESCAPE)
    page.click(".act.warn")
    page.until(lambda: SCRIPT in page.js("return document.querySelector('.q-dialog .line')?.innerText || ''"))
    page.keys(Keys.ESCAPE)
    page.until(lambda: not page.js("return document.querySelector('.q-dialog')"))
    page.browser.refresh()
    page.until(lambda: page.shown() == IDS)
    page.until(lambda: page.js("return document.querySelector('#undo').title").startswith("Add <script>"))
    assert page.browser.title == "Dramatis review: captions" and not page.js(
        "return document.querySelector('main script')"
    )
    file.write_text("nonsense: [\n")
    page.until(lambda: "captions.yaml:" in page.js("return document.querySelector('.fault').innerText"))


def test_before_the_stages_ran_the_tab_says_so(browser, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_project(tmp_path, "ada")
    with served(tmp_path, tmp_path / "server.log") as address:
        page = Page(browser, tmp_path, address + "captions")
        page.until(lambda: "stage crops@v makes it" in page.js("return document.body.innerText"))

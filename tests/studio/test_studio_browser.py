"""The studio in a real browser, with the pocket base: from a word that is typed to a picture and a line in a file."""

import pytest
import yaml
from adapters import random_adapter
from browser_desk import MARKS, Page, browsing, served
from studio_desk import settings, write_story, write_studio

from dramatis.attention.picture import recipe_in
from dramatis.core.votes import read_votes
from dramatis.diffusion.files import ADAPTER

pytestmark = MARKS
DRAW_S = 180


@pytest.fixture(scope="module")
def browser():
    with browsing() as made:
        yield made


@pytest.fixture(scope="module")
def top(tmp_path_factory):
    """The project, its runs with adapters of random numbers."""
    from dramatis.diffusion.formats import kohya
    from dramatis.diffusion.model import load_model
    from dramatis.diffusion.weights import write_weights

    made = tmp_path_factory.mktemp("studio")
    write_studio(made)
    parts = load_model(str(made / "models/pocket/sd")).parts()
    for run in ("solo", "twins"):
        for folder in (made / "models" / run).glob("step-*"):
            write_weights(kohya.write(random_adapter(parts), "sd"), folder / ADAPTER)
    write_story(made)  # recipes name the checkpoints as they are now
    return made


@pytest.fixture(scope="module")
def address(top):
    with served(top, top / "log", "studio") as made:
        yield made


@pytest.fixture
def studio(browser, top, address):
    return Studio(browser, top, address)


class Studio(Page):
    """What a person sees and does."""

    def tab(self, name, css):
        self.browser.get(self.address + name)
        self.until(lambda: self.there(css))

    def there(self, css):
        return self.js("return document.querySelectorAll(arguments[0]).length", css)

    def click(self, css):
        self.until(lambda: self.there(css))
        self.js("document.querySelector(arguments[0]).click()", css)

    def text(self, css):
        return self.js("return document.querySelector(arguments[0])?.innerText ?? ''", css)

    def put(self, css, value):
        self.js(
            "const box = document.querySelector(arguments[0]); box.value = arguments[1];"
            "for (const kind of ['input', 'change', 'blur']) box.dispatchEvent(new Event(kind, {bubbles: true}))",
            css, value,
        )  # fmt: skip


def test_a_vote_by_hand(studio, top):
    studio.tab("runs", ".run")
    assert studio.there(".curve svg") and "Step 4 chosen by the score" in studio.text("[data-run=solo]")
    studio.click("[data-run=solo] .vote[data-step='2']")
    studio.until(lambda: studio.js("return document.activeElement.ariaLabel") == "Why step 2")
    studio.keys("her <hair>", "\n")
    studio.until(lambda: "Step 2 chosen by a person: her <hair>" in studio.text("[data-run=solo]"))
    assert read_votes(top / "votes.yaml")["solo"].why == "her <hair>"
    studio.click("[data-run=solo] .take-back")
    studio.until(lambda: "by the score" in studio.text("[data-run=solo]"))
    assert read_votes(top / "votes.yaml") == {}


def test_a_picture_from_a_word_that_is_completed(studio, top):
    studio.tab("generate", "#prompt")
    studio.js("document.querySelector('#prompt').focus()")
    studio.keys("be")
    studio.until(lambda: studio.there(".offers li"))
    studio.keys("\n", "he")
    assert studio.js("return document.querySelector('#prompt').value") == "bela, he"
    assert studio.js("return document.querySelector('[aria-label=Run]').value") == "twins"
    studio.put("[aria-label=Seed]", "41")
    studio.click("#draw")
    studio.until(lambda: studio.there(".drawn[data-name='000001.png']"), DRAW_S)
    recipe = recipe_in(top / "work/studio/pictures/000001.png")
    assert (recipe.prompt, recipe.seed, recipe.figures[0].run) == ("bela, he", 41, "twins")
    studio.put("#prompt", "other")
    studio.click(".drawn .use")
    studio.until(lambda: studio.js("return document.querySelector('#prompt').value") == "bela, he")
    studio.click("#draw")
    studio.until(lambda: studio.there(".drawn[data-name='000002.png']"), DRAW_S)
    pictures = [(top / f"work/studio/pictures/00000{n}.png").read_bytes() for n in (1, 2)]
    assert pictures[0] == pictures[1]  # the same recipe gives the same bytes


def test_faults_stand_below_the_form(studio):
    studio.tab("generate", "#prompt")
    for css, value, said in [
        ("#prompt", "", "prompt: it is empty"),
        ("#prompt", "ada <b>", "`ada`: run solo has not"),
        ("#prompt", "cyrus", ""),
        ("[aria-label=Width]", "65", "must be a multiple of 8"),
    ]:
        studio.put(css, value)
        if said:
            studio.click("#draw")
            studio.until(lambda said=said: said in studio.text(".said-fault"))


def test_cancelling_ends_a_drawing_at_its_next_step(studio):
    studio.tab("generate", "#prompt")
    studio.put("#prompt", "cyrus")
    studio.put("[aria-label='Sampler steps']", "1000")
    studio.click("#draw")
    studio.until(lambda: studio.there(".queue .drawing .progress"), DRAW_S)
    studio.click(".cancel")
    studio.until(lambda: studio.there(".queue .stopped"), DRAW_S)


def test_a_panel_is_drawn_anew_changed_and_taken(studio, top):
    studio.tab("stories", ".panel-card img")
    studio.click("[data-scene='1'] .another")
    studio.until(lambda: studio.there("[data-scene='1'] .try.done img"), DRAW_S)
    studio.click("[data-scene='1'] .take")
    studio.until(lambda: settings(top).get("picked"))
    studio.until(lambda: "not yet drawn as decided" in studio.text("[data-scene='1']"))
    studio.click("[data-scene='2'] .change")
    studio.until(lambda: studio.there("[data-scene='2'] .edit-form"))
    studio.put("[data-scene='2'] [aria-label=Word]", "forest")
    studio.put("[data-scene='2'] [aria-label=By]", "beach")
    studio.click("[data-scene='2'] .try-edit")
    studio.until(lambda: studio.there("[data-scene='2'] .try.done img"), DRAW_S)
    studio.click("[data-scene='2'] .take")
    studio.until(lambda: settings(top).get("edits"))
    said = settings(top)
    assert said["edits"] == {2: [{"kind": "replace", "word": "forest", "by": "beach"}]} and said["picked"][2] == 7


def test_what_is_typed_stays_while_a_picture_is_drawn(studio):
    studio.tab("stories", ".panel-card img")
    studio.js("document.querySelector(\"[data-scene='1'] textarea.prompt\").focus()")
    studio.keys("typed ")
    studio.click("[data-scene='2'] .another")
    studio.until(lambda: studio.there("[data-scene='2'] .try.done img"), DRAW_S)
    assert "typed " in studio.js("return document.querySelector(\"[data-scene='1'] textarea.prompt\").value")
    studio.listen()
    studio.put("[data-scene='1'] textarea.prompt", "")  # refused: it stays as it was typed, to be mended
    studio.until(lambda: studio.heard("scene 1.prompt"))
    assert studio.js("return document.querySelector(\"[data-scene='1'] textarea.prompt.unsaved\").value") == ""


def test_texts_order_and_a_new_story(studio, top):
    studio.tab("stories", ".panel-card img")
    studio.put("[data-scene='1'] textarea.caption", "Ada sings.")
    studio.until((top / "stories/lost.yaml").is_file)
    assert yaml.safe_load((top / "stories/lost.yaml").read_text())["scenes"][0]["caption"] == "Ada sings."
    studio.click("[data-scene='1'] .move[title=Later]")
    studio.until(lambda: settings(top).get("order") == [2, 1])
    studio.click("#new-story")
    studio.until(lambda: studio.there("[aria-label=Name]"))
    studio.click(".chip.person")
    studio.listen()
    studio.click("#save-story")
    studio.until(lambda: studio.heard("name: it is empty"))
    studio.put("[aria-label=Name]", "night")  # what was typed before the fault is still there
    studio.click("#save-story")
    studio.until(lambda: studio.there("[data-story=night]"))
    made = yaml.safe_load((top / "params.yaml").read_text())["stories"]["night"]
    assert made["line"] == "`cyrus`" and made["runs"] == ["solo"]


@pytest.mark.parametrize("size", [(1400, 900), (480, 900)])
def test_nothing_is_wider_than_the_window_and_nothing_fails(studio, size):
    studio.browser.set_window_size(*size)
    studio.browser.get_log("browser")  # of the tests before
    for tab, css in (("runs", ".run"), ("generate", "#prompt"), ("stories", ".story-form")):
        studio.tab(tab, css)
        wide = studio.js("const s = document.querySelector('.stage'); return s.scrollWidth - s.clientWidth")
        assert wide <= 0, tab
    wrong = [line["message"] for line in studio.browser.get_log("browser") if line["level"] == "SEVERE"]
    assert wrong == []

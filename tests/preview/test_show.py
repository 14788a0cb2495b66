"""The grid and the page as files, and the page in a real browser."""

import json
from collections import Counter

import numpy as np
from browser_desk import MARKS, browsing
from preview_settings import control_row, settings
from trainings import trained

from dramatis.core.images import encode_png, read_image
from dramatis.preview.plan import wanted_of
from dramatis.preview.show import COLUMNS, ROWS, by_prompt, write_grids, write_page

HOSTILE = '</script><b>"&\\u003c'


def shade(step, request):
    """A colour of its own for each step and picture."""
    return (step // 2 % 256, int(request.key[-2:]) * 90 + 10, 200 if request.purpose == "fixed" else 40)


def project(folder, steps=(0, 100, 200), people=("ada", "bela"), method="lora", **changes):
    """Requests, and a flat picture of each at every step."""
    duo = trained(method=method, triggers={name: name for name in people})
    captions = {name: [(name, f"{name}, head, forest")] * 3 for name in people}
    wanted = wanted_of(duo, settings(**changes), captions, [control_row(n, "ada") for n in range(2)])
    drawn = {step: folder / str(step) for step in steps}
    for step, inside in drawn.items():
        inside.mkdir(parents=True)
        for one in wanted:
            wide, high = one.size or (64, 64)
            (inside / f"{one.key}.png").write_bytes(encode_png(np.full((high, wide, 3), shade(step, one), np.uint8)))
    (folder / "out").mkdir()
    return drawn, wanted, folder / "out"


def about(people=("ada", "bela")):
    return {"run": "duo", "method": "lora", "base": HOSTILE, "triggers": {name: name for name in people}}


def shown_by(page):
    return json.loads(page.split('id="shown">')[1].split("</script>")[0])


def test_a_sheet_has_a_row_for_each_number_and_a_column_for_each_step(tmp_path):
    drawn, wanted, out = project(tmp_path)
    write_page(drawn, wanted, about(), "", out)
    sheet = read_image(out / "sheets" / "fixed-ada-00.jpg").astype(int)
    assert sheet.shape == (2 * 64, 3 * 64, 3)
    for column, step in enumerate(drawn):
        for number in range(2):
            found = sheet[64 * number + 32, 64 * column + 32]
            assert np.abs(found - (step // 2, number * 90 + 10, 200)).max() <= 6  # JPEG
    assert {file.stem for file in (out / "sheets").iterdir()} == {*by_prompt(wanted)}


def test_words_of_people_stay_words(tmp_path):
    drawn, wanted, out = project(tmp_path)
    write_page(drawn, wanted, about(), HOSTILE, out)
    page = (out / "page.html").read_text()
    assert page.count("</script>") == 2 and shown_by(page)["base"] == HOSTILE
    assert {prompt["negative"] for prompt in shown_by(page)["prompts"]} == {HOSTILE}


def test_the_page_says_what_was_asked_for(tmp_path):
    drawn, wanted, out = project(tmp_path)
    write_page(drawn, wanted, about(), "", out)
    shown = shown_by((out / "page.html").read_text())
    assert list(shown["purposes"])[:2] == ["tags", "fixed"] and shown["steps"] == [0, 100, 200]
    assert Counter(prompt["purpose"] for prompt in shown["prompts"]) == {"tags": 2, "fixed": 4, "pair": 2, "forget": 1}
    fixed = next(prompt for prompt in shown["prompts"] if prompt["key"] == "fixed-ada-00")
    assert fixed["seeds"] == [str(one.seed) for one in wanted if one.key.startswith("fixed-ada-00")]
    pair = next(prompt for prompt in shown["prompts"] if prompt["key"] == "pair-bela+ada-00")
    assert pair["characters"] == ["bela", "ada"] and pair["size"] == [96, 64]


def test_large_pictures_are_reduced_on_the_page(tmp_path):
    drawn, wanted, out = project(tmp_path, steps=(0, 2), pair={"size_px": [768, 512]})
    write_page(drawn, wanted, about(), "", out)
    assert read_image(out / "sheets" / "pair-ada+bela-00.jpg").shape == (213, 640, 3)


def test_a_large_cast_is_cut_into_pages(tmp_path):
    people = tuple(f"c{number:02d}" for number in range(20))
    off = {"images": 0}
    drawn, wanted, out = project(tmp_path, (0, 2), people, tags=off, pair=off, forget=off, fixed={"images": 1})
    write_grids(drawn, wanted, out)
    assert len(wanted) == 40 > ROWS
    assert sorted(file.name for file in out.iterdir()) == ["grid-02.png", "grid.png"]
    first, second = (read_image(out / name) for name in ("grid.png", "grid-02.png"))
    assert first.shape[1] == second.shape[1] and first.shape[0] > 8 * second.shape[0]


def test_many_steps_are_cut_too(tmp_path):
    off = {"images": 0}
    few = {"tags": off, "pair": off, "forget": off, "fixed": {"images": 1, "prompts": ["{trigger}"]}}
    many, wanted, out = project(tmp_path / "many", range(0, 300, 10), ("ada",), **few)
    write_grids(many, wanted, out)
    wide = read_image(out / "grid.png").shape[1]
    drawn, wanted, out = project(tmp_path / "few", range(COLUMNS), ("ada",), **few)
    write_grids(drawn, wanted, out)
    assert wide == read_image(out / "grid.png").shape[1]


class TestInABrowser:
    """What a person sees and does."""

    pytestmark = MARKS

    def test_the_page(self, tmp_path):
        drawn, wanted, out = project(tmp_path)
        write_page(drawn, wanted, about(), "", out)
        with browsing() as browser:
            browser.get(f"file://{out}/page.html")

            def js(code):
                return browser.execute_script(f"return {code}")

            def cells():
                return js("document.querySelectorAll('.cell').length")

            def press(group, number):
                js(f"document.querySelectorAll('#{group} button')[{number}].click()")

            def key(name):
                js(f"document.dispatchEvent(new KeyboardEvent('keydown', {{key: '{name}', cancelable: true}}))")

            assert js("document.title") == "Previews of duo" and cells() == 9 * 3
            assert js("document.querySelector('#about').textContent") == f"lora · base {HOSTILE} · 2 checkpoints"
            press("numbers", 2)  # all
            assert cells() == (2 + 8 + 2 + 1) * 3
            press("numbers", 1)
            assert cells() == 9 * 3
            press("kinds", 1)  # without fixed
            assert cells() == 5 * 3
            js("(s => { s.value = 'ada'; s.onchange(); })(document.querySelector('#who select'))")
            assert cells() == 3 * 3
            for number in (0, 2, 3):
                press("kinds", number)
            assert cells() == 0 and "No prompt" in js("document.querySelector('main').textContent")
            press("kinds", 1)
            js("document.querySelectorAll('.cell')[2].click()")
            said = js("document.querySelector('.said').textContent")
            assert "duo-000200-fixed-ada-00-01" in said and "picture 2 of 2" in said
            assert js("document.querySelectorAll('.big').length") == 2, "the base beside it"
            key("ArrowLeft"), key("ArrowUp")
            assert "duo-000100-fixed-ada-00-00" in js("document.querySelector('.said').textContent")
            key("ArrowDown"), key("ArrowDown")
            assert "duo-000100-fixed-ada-01-00" in js("document.querySelector('.said').textContent")
            loaded = "getComputedStyle(document.querySelector('.big')).backgroundImage"
            assert js(loaded).endswith('sheets/fixed-ada-01.jpg")')
            assert browser.get_log("browser") == []

    def test_control_images_are_shown(self, tmp_path):
        drawn, wanted, out = project(tmp_path, method="controlnet")
        write_page(drawn, wanted, about(), "", out)
        with browsing() as browser:
            browser.get(f"file://{out}/page.html")
            image = "document.querySelector('img.control')"
            wide = f"return {image}.decode().then(() => {image}.naturalWidth)"
            assert browser.execute_script(wide) == 64
            browser.execute_script("document.querySelectorAll('.cell')[1].click()")
            assert browser.execute_script("return document.querySelectorAll('.big').length") == 3
            assert browser.get_log("browser") == []

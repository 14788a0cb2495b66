import numpy as np
import pytest
from pydantic import ValidationError
from rendered import comic, params, picture, width_of

from dramatis.core.errors import InputError
from dramatis.render.lettering import lettered
from dramatis.render.params import StripParams
from dramatis.render.strip import INK, PAPER, drawn, planned

LONG = ("It was a dark and stormy night; " * 20)[:600]
ODD = [picture(0, 16, 512), picture(1, 512, 16), picture(2, 80, 48), picture(3, 8, 8), picture(4, 333, 222)]


def plan(top, settings=None, **story):
    settings = settings or params()
    made = comic(top, settings, **story)
    return planned(made, lettered(made, settings), settings.strip), settings.strip


def check(strip, settings):
    """All boxes lie in the strip, none over another, and every line in the column of its panel."""
    filled = np.zeros((strip.height_px, strip.width_px), bool)
    gutter = settings.gutter_px
    boxes = [(gutter, gutter, gutter + width_of(strip.title), gutter + strip.title.height_px)]
    for _, (left, top, right, bottom), caption in strip.panels:
        assert width_of(caption) <= right - left
        words = bottom + settings.text_px // 2
        boxes += [(left, top, right, bottom), (left, words, left + width_of(caption), words + caption.height_px)]
    for left, top, right, bottom in boxes:
        assert 0 <= left and right <= strip.width_px - gutter + 1 and 0 <= top and bottom <= strip.height_px
        place = filled[round(top) : round(bottom), round(left) : round(right)]
        assert not place.any()
        place[:] = True


@pytest.mark.parametrize(
    "story",
    [
        {},
        {"captions": ["Only one."]},
        {"captions": [f"Number {number}." for number in range(24)]},
        {"captions": ["", LONG, "short", ""]},
        {"captions": ["x" * 600, "Donaudampfschifffahrtsgesellschaftskapitän " * 9, "Щ" * 300]},
        {"captions": ["a"] * 5, "images": ODD},
        {"title": ("A title that is long. " * 28)[:600]},
        {"captions": ["", ""]},
    ],
)
def test_everything_fits_whatever_the_story(tmp_path, story):
    strip, settings = plan(tmp_path, **story)
    check(strip, settings)
    image = drawn(strip, settings)
    assert image.shape == (strip.height_px, strip.width_px, 3) and strip.width_px == 480
    assert (image[:, : settings.gutter_px - 2] == PAPER).all() and (image[:, 2 - settings.gutter_px :] == PAPER).all()


def test_letters_are_drawn_inside_their_boxes(tmp_path):
    """Nothing but paper between a caption's box and the next row: measured boxes hold what is drawn."""
    strip, settings = plan(tmp_path, captions=["Größe, jäh gepflügt (ÄÖÜ)", LONG, "{b} ", "Ёлка у воды"])
    image = drawn(strip, settings)
    gap = image[strip.panels[2].box[1] - settings.gutter_px // 2 : strip.panels[2].box[1], :]
    assert (gap == PAPER).all()
    ink = (abs(image.astype(int) - INK).sum(axis=2) < 40).nonzero()
    assert ink[1].min() >= settings.gutter_px and ink[1].max() < strip.width_px - settings.gutter_px


def test_long_captions_shrink_before_they_grow(tmp_path):
    strip, settings = plan(tmp_path, captions=["short", LONG])
    short, long = (one.caption for one in strip.panels)
    assert short.size_px == settings.text_px > long.size_px == round(settings.text_px * 0.7)


def test_a_text_to_the_left_ends_at_the_right_edge(tmp_path):
    strip, settings = plan(tmp_path, captions=["שלום עולם"])
    left, _, right, bottom = strip.panels[0].box
    columns = (drawn(strip, settings)[bottom + 2 :] != PAPER).any(axis=(0, 2)).nonzero()[0]
    assert right - 4 <= columns.max() < right and columns.min() > (left + right) / 2


def test_too_high_a_strip_is_one_line(tmp_path):
    settings = params(strip={"width_px": 8192, "columns": 1})
    with pytest.raises(InputError, match=r"at most 65500.*strip\.columns"):
        plan(tmp_path, settings, captions=["a"] * 24, images=[picture(0, 16, 64)] * 24)


def test_gutters_that_leave_no_room_are_refused():
    with pytest.raises(ValidationError, match="gutters take 540 of 240 px"):
        StripParams(width_px=240, columns=8, gutter_px=60)


def test_equal_stories_give_equal_strips(tmp_path):
    one, settings = plan(tmp_path)
    two, _ = plan(tmp_path)
    first, second = drawn(one, settings), drawn(two, settings)
    assert (first == second).all()

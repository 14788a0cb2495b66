import logging

import numpy as np
import pytest
from rendered import comic, params, picture, write_story

from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.render.comic import fitted, read_comic

FLAGS = {2: "1 face that nobody asked for"}


def scenes(made):
    return [panel.scene for panel in made.panels]


def test_panels_come_in_order_or_as_asked(tmp_path):
    assert scenes(comic(tmp_path)) == [1, 2, 3, 4]
    assert scenes(comic(tmp_path, order=[3, 1])) == [3, 1]  # those that are not named are left out
    panel = comic(tmp_path).panels[0]
    assert panel.image.shape == (64, 64, 3) and panel.said == "Ada runs." and panel.prompt == "street"


def test_flagged_panels_are_told_and_kept_or_left_out(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        assert scenes(comic(tmp_path, flags=FLAGS)) == [1, 2, 3, 4]
        assert scenes(comic(tmp_path, params(flagged="skip"), flags=FLAGS)) == [1, 3, 4]
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "panel lost-02 is flagged and kept",
        "panel lost-02 is flagged and left out",
    ]
    with pytest.raises(InputError, match="all of its 1 panels have a flag"):
        comic(tmp_path, params(flagged="skip"), captions=["a"], flags={1: "nobody found"})


@pytest.mark.parametrize(
    ("order", "said"),
    [([9], "no panel of scene 9, but of .1, 2, 3, 4."), ([1, 1], "none twice"), ([], "at least one scene")],
)
def test_an_order_that_cannot_be_is_one_line(tmp_path, order, said):
    with pytest.raises(ParameterError, match=f"stories.lost.order: .*{said}"):
        comic(tmp_path, order=order)


def test_what_is_missing_or_damaged_is_one_line(tmp_path):
    board, panels = write_story(tmp_path, captions=[], images=[])
    with pytest.raises(InputError, match="it has no panels"):
        read_comic("lost", params(), board, panels)
    with pytest.raises(MissingError, match="panels@lost makes it"):
        read_comic("lost", params(), board, tmp_path / "none.parquet")
    with pytest.raises(MissingError, match="story@lost makes it"):
        read_comic("lost", params(), tmp_path / "none.json", panels)
    panels.write_bytes(panels.read_bytes()[:100])
    with pytest.raises(InputError, match="cannot be read"):
        read_comic("lost", params(), board, panels)
    with pytest.raises(InputError, match="lost-01: 2 bytes that are no readable picture"):
        comic(tmp_path, captions=["a"], images=[b"no"])


def test_accents_are_one_letter_with_theirs(tmp_path):
    assert comic(tmp_path, title="E\u0301te\u0301", captions=["a\u0308"]).panels[0].caption == "ä"


def test_pictures_are_never_cropped():
    paper = (1, 2, 3)
    wide = fitted(picture(1, 200, 50), 100, 100, paper)
    assert wide.shape == (100, 100, 3) and (wide[:37] == paper).all() and (wide[63:] == paper).all()
    assert (wide[38:62] != paper).any(axis=2).all()
    assert (fitted(picture(1, 30, 30), 30, 30, paper) == picture(1, 30, 30)).all()
    assert fitted(picture(1, 64, 64), 101, 100, paper)[0, 0].tolist() != list(paper)  # less than a hundredth is filled


def test_what_grows_much_shows_no_lattice_of_pixels():
    edge = np.zeros((8, 8, 3), np.uint8)
    edge[:, 4:] = 200
    steps = np.diff(fitted(edge, 160, 160, (0, 0, 0))[80, :, 0].astype(int))
    assert steps.min() >= -2 and steps.max() < 20  # next to no ringing, no step

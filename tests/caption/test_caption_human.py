import logging

import pytest

from dramatis.caption.human import captions_of
from dramatis.core.errors import ParameterError

CROPS = {"e01-000120-00-head": None, "e01-000120-00-full": "min_side_px"}


def test_worked_example():
    captions = {"e01-000120-00-head": " ada smiles ", "e02-000001-00-head": "somebody else's"}
    assert captions_of("e01", captions, CROPS) == {"e01-000120-00-head": "ada smiles"}


def test_a_video_s_name_may_hold_dashes():
    captions = {"e01-b-000120-00-head": "x", "e01-000120-00-head": "y"}
    assert captions_of("e01-b", captions, {"e01-b-000120-00-head": None}) == {"e01-b-000120-00-head": "x"}


@pytest.mark.parametrize(
    "crop, text, said",
    [
        ("e01-999999-00-head", "x", "video e01 has no such crop"),
        ("e01-000120-00-feet", "x", "this is no crop id"),
        ("nonsense", "x", "this is no crop id"),
        ("e01-000120-00-head", " ", "the caption is empty"),
    ],
)
def test_a_fault_is_one_clear_line(crop, text, said):
    with pytest.raises(ParameterError, match=said) as error:
        captions_of("e01", {crop: text}, CROPS)
    assert str(error.value).startswith(f"cast.yaml: captions.{crop}: ")
    assert "\n" not in str(error.value)


def test_a_caption_of_a_crop_that_was_left_out_waits(caplog):
    with caplog.at_level(logging.WARNING):
        assert captions_of("e01", {"e01-000120-00-full": "x"}, CROPS) == {}
    assert "min_side_px" in caplog.text

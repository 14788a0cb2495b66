"""Control images as they are asked for."""

import numpy as np
from preview_settings import control_row as row
from preview_settings import settings

from dramatis.core.tables import stored_box
from dramatis.preview.control import chosen, control_of, control_requests, with_controls
from dramatis.preview.params import ControlPrompts
from dramatis.preview.prompts import Request

KINDS = ("canny", "landmarks", "pose")


def asked(**changes):
    return ControlPrompts.model_validate({**settings().control.model_dump(), **changes})


def test_a_control_image_is_cut_as_in_training_and_its_points_with_it():
    control = control_of(row(1), (64, 64))  # the middle 64 of 128 columns
    assert control.image.shape == (64, 64, 3)
    assert control.image[:, 31].max() == 0 and control.image[:, 32].min() == 255
    assert np.allclose(control.landmarks.reshape(-1, 2), (0.5, 0.25))
    kept = control_of(row(1, keep=stored_box((100, 0, 128, 64))), (64, 64))  # the right 64
    assert np.allclose(kept.landmarks.reshape(-1, 2), (0.0, 0.25)) and kept.image.min() == 255
    half = control_of(row(1), (32, 16))  # all of it, in half the size
    assert np.allclose(half.landmarks.reshape(-1, 2), (0.5, 0.25))
    assert control_of(row(1, landmarks=None), (64, 64)).landmarks is None


def test_some_of_each_character_and_kind_whatever_else_there_is():
    rows = [row(number, who, kind) for number in range(9) for who in ("ada", "bela") for kind in KINDS]
    found = chosen(rows, ["ada"], asked(kinds=None), 7)
    assert [one["origin"] for one in found] == ["canny"] * 2 + ["landmarks"] * 2 + ["pose"] * 2
    assert {one["character"] for one in found} == {"ada"}
    some = chosen(rows, ["ada", "bela"], asked(), 7)
    assert [one["character"] for one in some] == ["ada", "ada", "bela", "bela"]
    fewer = [one for one in rows if one not in some or one in some[:1]]
    assert chosen(fewer, ["ada"], asked(), 7)[0] == some[0]


def test_requests():
    made = control_requests([row(1), row(2)], {"ada": "<ada>"}, asked(images=2), 7)
    assert [one.key for one in made] == [f"control-ada-{number:02d}-{n:02d}" for number in (0, 1) for n in (0, 1)]
    assert made[0].prompt == "<ada>, head, forest" and made[0].wanted == ["head", "forest"]
    assert made[0].size == (64, 64) and len({one.seed for one in made}) == 4
    other = control_requests([row(2)], {"ada": "ada"}, asked(size_px=(96, 48)), 7)
    assert other[0].size == (96, 48) and other[0].seed == made[2].seed
    nobody = [Request(f"forget-nobody-{n:02d}-00", "forget", (), "castle", None, ["castle"], n) for n in range(3)]
    drawn = with_controls(nobody, [one.control for one in (made[0], other[0])])
    assert [one.size for one in drawn] == [(64, 64), (96, 48), (64, 64)]
    assert [one.seed for one in drawn] == [0, 1, 2]

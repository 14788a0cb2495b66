import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.augment.exposure import curve, light_word, to_linear, to_srgb

evs, contrasts = st.floats(-4, 4), st.floats(0.1, 3)


def test_worked_example():
    assert to_linear(np.array([0.5]))[0] == pytest.approx(0.2140, abs=1e-4)  # sRGB mid-scale
    assert curve(1, 1)[128] == round(255 * to_srgb(np.array([2 * 0.21586]))[0])
    assert curve(0, 2)[118] == pytest.approx(118, abs=1)  # 118 is mid-grey and stays


def test_contrast_cuts_no_shadow_off():
    dark = curve(0, 1.2)[1:40]
    assert dark[20:].min() > 0 and (np.diff(dark[10:].astype(int)) >= 0).all()
    assert curve(0, 1.2)[30] > 30 / 2


def test_no_change_is_no_change():
    assert (curve(0, 1) == np.arange(256)).all()


def test_words():
    dark, bright = (-1.0, "dark"), (0.7, "bright")
    assert [light_word(ev, dark, bright) for ev in (-1.5, -1, 0, 0.7)] == ["dark", "dark", None, "bright"]


@given(st.floats(0, 1))
def test_there_and_back(value):
    assert to_srgb(to_linear(np.array([value])))[0] == pytest.approx(value, abs=1e-6)


@given(evs, contrasts)
def test_a_curve_never_turns(ev, contrast):
    assert (np.diff(curve(ev, contrast).astype(int)) >= 0).all()


@given(evs, evs)
def test_more_light_is_never_darker(a, b):
    low, high = sorted((a, b))
    assert (curve(low, 1) <= curve(high, 1)).all()

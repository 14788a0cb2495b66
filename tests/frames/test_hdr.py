"""HDR clips against the ordinary film they were made of: does it look the same, and is it still the same face?"""

import numpy as np
import pytest

from dramatis.bench.hdr import CLIPS, FIRST, ORDINARY, cosines, models, pictures


@pytest.fixture(scope="module")
def ordinary(media):
    return [shown for shown, _ in pictures(media / ORDINARY, FIRST)]


@pytest.mark.parametrize("clip, least, gain", [("hdr10", 0.94, 0.05), ("hlg", 0.96, 0.005)])
def test_faces_stay_themselves(media, ordinary, clip, least, gain):
    look = models(media)
    mapped, washed_out = zip(*pictures(media / CLIPS[clip]), strict=True)
    after, before = cosines(look, ordinary, mapped), cosines(look, ordinary, washed_out)
    assert len(after) >= 10 and np.mean(after) >= least and min(after) >= 0.86
    assert np.mean(before) < np.mean(after) - gain


@pytest.mark.parametrize("clip", CLIPS.values())
def test_pictures_look_alike(media, ordinary, clip):
    for (shown, _), true in zip(pictures(media / clip), ordinary, strict=True):
        assert np.abs(shown.mean((0, 1)) - true.mean((0, 1))).max() < 8
        assert np.abs(shown.astype(int) - true).mean() < 10
        assert 0.85 < shown.std() / true.std() < 1.15  # washed out, it would be about half

"""Clips of shots: their span by a property, their pictures by real videos."""

import av
import numpy as np
import pytest
from clips import scene, write_clip
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.errors import InputError
from dramatis.review.clips import LONGEST_S, Clips, cut_clip, span


@given(st.floats(0, 1e4), st.floats(0.04, 1e3), st.floats(0, 1))
def test_a_clip_lies_in_its_shot_and_holds_the_face(start, length, where):
    end, time = start + length, start + where * length
    a, b = span(start, end, time)
    assert start - 1e-6 <= a <= time + 1e-6 and time - 1e-6 <= b <= end + 1e-6 and b - a <= LONGEST_S + 1e-6


def test_the_pictures_of_the_clip_are_those_of_the_shot(tmp_path):
    """Two shots of a second each: the clip of the second shows only it, in H.264 with even sides."""
    images = [scene(1, 91, 161)[:90, :160]] * 24 + [scene(2, 91, 161)[:90, :160]] * 24
    source = write_clip(tmp_path / "a - b:c.mp4", images)
    clips = Clips()
    made = clips.clip(source, 1.0, 2.0)
    with av.open(str(made)) as container:
        shown = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        assert container.streams.video[0].codec_context.name == "h264" and 22 <= len(shown) <= 25
    assert all(np.abs(image.astype(int) - images[-1]).mean() < 12 for image in shown)
    assert clips.clip(source, 1.0, 2.0) == made, "cut once"
    clips.close()
    assert not made.exists()


def test_hdr_becomes_sdr(media, tmp_path):
    cut_clip(media / "broken" / "am_hdr10-av1.mp4", 0.0, 0.5, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        frame = next(container.decode(video=0))
    assert frame.color_trc == 1 and frame.format.name == "yuv420p"


def test_what_cannot_be_cut_is_one_line(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(InputError, match="a.mp4"):
        cut_clip(tmp_path / "a.mp4", 0, 1, tmp_path / "out.mp4")
    assert not list(tmp_path.glob("out*"))

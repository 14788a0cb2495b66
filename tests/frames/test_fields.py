from fractions import Fraction

import numpy as np
import pytest
from clips import ffmpeg, flat

from dramatis.frames.fields import whole_pictures
from dramatis.frames.luma import plane
from dramatis.frames.video import open_video, read_pictures

MOVING = "testsrc2=s=320x240:r=50:d=0.8,scroll=horizontal=0.012,format=yuv420p"
INTERLACED = "tinterlace=interleave_top"


def brightness(file, mode="auto"):
    """The Y plane of each picture of a file as if of 8 bits, and its times."""
    pictures, times = [], []
    with open_video(file) as video:
        for picture in read_pictures(video, False, mode):
            luma = plane(picture.frame)[0].astype(np.float32)
            pictures.append(luma / 2 ** (picture.frame.format.components[0].bits - 8))
            times.append(picture.time_s)
    return pictures, times


def decibels(a, b):
    return 10 * np.log10(255**2 / max(float(((a - b) ** 2).mean()), 1e-3))


def likeness(shown, true):
    """Mean and least over pictures of the peak signal-to-noise ratio to the best of some true ones [dB]."""
    best = [max(decibels(picture, other) for other in others) for picture, others in zip(shown, true, strict=True)]
    return np.mean(best), min(best)


@pytest.fixture(scope="module")
def progressive(tmp_path_factory):
    file = tmp_path_factory.mktemp("fields") / "progressive.mkv"
    ffmpeg("-f", "lavfi", "-i", MOVING, "-c:v", "ffv1", file)
    return file


@pytest.mark.parametrize(
    "name, filters, codec, mode",
    [
        ("tff.mp4", INTERLACED, ["libx264", "-crf", "12", "-x264-params", "tff=1"], "auto"),
        ("bff.mpg", "tinterlace=interleave_bottom", ["mpeg2video", "-q:v", "2"], "auto"),
        ("deep.mov", f"{INTERLACED},format=yuv422p10le", ["prores_ks"], "auto"),
        ("unsaid.mp4", f"{INTERLACED},setfield=prog", ["libx264", "-crf", "12"], "always"),
    ],
)
def test_interlaced_motion_has_no_combs(progressive, tmp_path, name, filters, codec, mode):
    flags = [] if mode == "always" else ["-flags", "+ilme+ildct"]
    ffmpeg("-i", progressive, "-vf", filters, "-c:v", *codec, *flags, tmp_path / name)
    (combed, times), (whole, same), (true, _) = (
        brightness(tmp_path / name, "never"), brightness(tmp_path / name, mode), brightness(progressive)
    )  # fmt: skip
    fields = [true[2 * n : 2 * n + 2] for n in range(len(whole))]
    assert likeness(combed, fields)[0] < 24 and likeness(whole, fields)[1] > 30
    assert same == times and len(times) == 20


def test_pull_down_of_film_is_undone(media):
    """24 pictures a second shown as 60 fields: each comes back whole, better than by interpolation (41.5 dB)."""
    whole, times = brightness(media / "broken/derived/tos_telecined_interlaced.ts")
    combed, same = brightness(media / "broken/derived/tos_telecined_interlaced.ts", "never")
    film, _ = brightness(media / "videos/tears_of_steel_10s.mp4")
    near = [film[max(0, 60 + n * 4 // 5) : 66 + n * 4 // 5] for n in range(150)]
    mean, least = likeness(whole[::3], near[::3])
    assert mean > 41.8 and least > 37 and likeness(combed[::3], near[::3])[1] < 30
    assert times == same and times[0] == 0 and times[-1] == pytest.approx(149 * 1001 / 30000, abs=1e-4)


@pytest.mark.parametrize("clip", ["videos/tears_of_steel_10s.mp4", "anime/anime_cast.mp4"])
def test_progressive_video_that_is_labelled_interlaced_stays(media, tmp_path, clip):
    codec = ["-c:v", "mpeg2video", "-q:v", 2, "-flags", "+ilme+ildct"]
    ffmpeg("-i", media / clip, "-an", "-t", 2, *codec, tmp_path / "labelled.mpg")
    (shown, times), (left, same) = brightness(tmp_path / "labelled.mpg"), brightness(tmp_path / "labelled.mpg", "never")
    assert times == same and np.mean([decibels(a, b) for a, b in zip(shown, left, strict=True)]) > 60


def test_progressive_video_is_not_touched():
    frames = [flat((64, 64), "yuv420p", (n, 128, 128)) for n in range(5)]
    assert list(whole_pictures(frames, "auto")) == frames


def test_damage_passes_and_a_change_of_size_starts_anew(tmp_path):
    frames = [flat(size, "yuv420p", (90, 128, 128)) for size in ((64, 64), (64, 64), (96, 64), (96, 64), (2, 2))]
    for n, frame in enumerate(frames):
        frame.pts, frame.time_base = n, Fraction(1, 25)
    shown = list(whole_pictures([*frames[:1], None, *frames[1:]], "always"))
    assert sum(frame is None for frame in shown) == 1
    assert [frame.width for frame in shown if frame] == [64, 64, 96, 96, 2]

import subprocess

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendered import comic, params, picture, width_of

from dramatis.core.errors import InputError, MissingError
from dramatis.core.ffmpeg import ffmpeg_binary
from dramatis.render.clip import cross_faded, framed, parts_of, planned, subtitles, write_clip
from dramatis.render.encode import FPS, Subtitle, encode, srt
from dramatis.render.lettering import lettered
from dramatis.render.lines import reading_letters

LONG = ("It was a dark and stormy night; " * 20)[:600]
CLIP = params().clip


def written(top, file="clip.mp4", settings=None, **story):
    settings = settings or params()
    read = comic(top, settings, **story)
    write_clip(read, lettered(read, settings), settings, top / file)
    return top / file


def film(top, settings=None, **story):
    settings = settings or params()
    read = comic(top, settings, **story)
    return planned(read, lettered(read, settings), settings.clip)


def test_browsers_play_it(tmp_path):
    file = written(tmp_path)
    plan = film(tmp_path)
    with av.open(str(file)) as opened:
        video, words = opened.streams.video[0], opened.streams.subtitles[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (video.width, video.height) == (plan.width, plan.height + plan.band)
        assert video.width % 2 == video.height % 2 == 0 and video.average_rate == FPS and video.frames == plan.frames
        assert words.codec_context.name == "mov_text"
    data = file.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # it starts before it is whole
    assert data == written(tmp_path, "again.mp4").read_bytes()
    tracks = [data.index(b"tkhd"), data.index(b"tkhd", data.index(b"tkhd") + 1)]
    assert [data[at + 7] & 1 for at in tracks] == [1, 0]  # captions are drawn: their track waits until it is asked for


def test_captions_are_read_back_as_they_are(tmp_path):
    captions = ["Größe & <b>Mut</b>", "{\\an8} und \\N", "Ветер"]
    settings = params(clip={"captions": "track"})
    file = written(tmp_path, settings=settings, captions=captions)
    command = [ffmpeg_binary(), "-loglevel", "error", "-i", str(file), "-map", "0:s", "-f", "srt", "-"]
    said = subprocess.run(command, capture_output=True, check=True).stdout.decode().replace("\u2060", "")
    lines = [line for line in said.splitlines() if line and "-->" not in line and not line.isdigit()]
    assert " ".join(lines) == " ".join(captions)  # the lines of the place where they would be drawn
    assert film(tmp_path, settings).band == 0


@pytest.mark.parametrize("captions", ["drawn", "none"])
def test_a_clip_may_have_no_track(tmp_path, captions):
    file = written(tmp_path, settings=params(clip={"captions": captions, "title_s": 0}), captions=["a"])
    with av.open(str(file)) as opened:
        assert not opened.streams.subtitles


def test_lengths_follow_the_time_of_reading(tmp_path):
    plan = film(tmp_path, captions=["Short.", LONG])
    short, long = plan.shots
    assert short.frames == 28  # a second to look, and 6 letters at 40 a second
    assert long.frames == pytest.approx((reading_letters("".join(long.letters.lines)) / 40 + 1) * FPS, abs=6)
    assert plan.title_frames == 0.5 * FPS and plan.frames == 12 + short.frames + long.frames


@given(st.lists(st.text("abc 雪", min_size=1, max_size=40), max_size=30))
def test_long_captions_come_in_parts_that_lose_no_line(lines):
    parts = parts_of(lines, CLIP)
    assert [line for part in parts for line in part.lines] == lines
    assert all(len(part.lines) <= 3 and part.frames >= 1 for part in parts)
    assert max(len(part.lines) for part in parts) - min(len(part.lines) for part in parts) <= 1
    assert sum(part.frames for part in parts) >= CLIP.min_s * FPS - len(parts)


@pytest.mark.parametrize(
    "story",
    [
        {"captions": ["", LONG, "x" * 600, "Щ" * 300]},
        {"captions": ["a"] * 3, "images": [picture(0, 16, 512), picture(1, 512, 16), picture(2, 80, 48)]},
        {"captions": [f"Number {number}." for number in range(24)], "title": ("Words " * 100)[:600]},
    ],
)
def test_captions_and_title_fit_their_places(tmp_path, story):
    plan = film(tmp_path, **story)
    assert plan.title.height_px <= plan.height + plan.band and width_of(plan.title) <= plan.width
    for shot in plan.shots:
        assert width_of(shot.letters) <= plan.width
        assert all(len(part.lines) * shot.letters.line_px <= plan.band for part in shot.parts)
    told = subtitles(plan)
    assert all(one.start < one.end for one in told) and told[-1].end <= plan.frames
    assert all(one.end <= other.start for one, other in zip(told, told[1:]))


def test_fades_are_mixed_and_add_no_time():
    def flat(value, count):
        return [np.full((2, 2, 3), value, np.uint8)] * count

    frames = list(cross_faded([flat(0, 5 + 3), flat(200, 4 + 3), flat(100, 6)], 3))
    assert [int(frame[0, 0, 0]) for frame in frames] == [0] * 5 + [50, 100, 150, 200] + [175, 150, 125] + [100] * 3
    assert len(list(cross_faded([flat(0, 3), flat(9, 2)], 0))) == 5


def test_odd_pictures_stand_on_themselves():
    image = framed(picture(1, 20, 100), 96, 64)
    assert image.shape == (64, 96, 3) and image[:, 48].mean() > image[:, 2].mean() > 5
    assert framed(picture(1, 64, 64), 96, 96).shape == (96, 96, 3)


def test_subtitles_are_subrip():
    text = srt([Subtitle(0, 24, ["a", "b"]), Subtitle(24 * 3600, 24 * 3600 + 1, ["<i>"])])
    assert text.startswith("1\n00:00:00,000 --> 00:00:01,000\na\nb\n\n2\n01:00:00,000 --> 01:00:00,042\n")


def test_what_ffmpeg_lacks_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "")
    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", _none)
    with pytest.raises(MissingError, match="^ffmpeg: .*apt install ffmpeg"):
        written(tmp_path)
    own = tmp_path / "ffmpeg"
    own.write_text("#!/bin/sh\necho Unknown encoder libx264 >&2\nexit 1\n")
    own.chmod(0o755)
    with pytest.raises(InputError, match=r"clip\.mp4: ffmpeg failed: Unknown encoder libx264"):
        encode([picture(0)] * 500, (64, 64), None, 18, tmp_path / "clip.mp4")


def _none():
    raise RuntimeError("no ffmpeg for this machine")


def test_fades_longer_than_panels_are_refused():
    with pytest.raises(ValueError, match="fade_s must be at most half"):
        params(clip={"fade_s": 0.6, "min_s": 1.0})

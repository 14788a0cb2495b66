"""A source is looked into as stage `frames` reads it."""

import subprocess

import pytest
from clips import PARAMS as FRAMES
from conftest import TOP

from dramatis.core.errors import InputError
from dramatis.core.ffmpeg import ffmpeg_binary
from dramatis.frames.run import run
from dramatis.sources.checking import look_into

SAID = {
    "videos/signers_20shots.mp4": "00:00:44.100, 640×480, 30 fps",
    "broken/am_dolbyVision-hdr.MOV": "00:00:00.167, 720×1280, 30 fps, HDR (HLG)",
    "broken/derived/tos_hdr10.mp4": "00:00:05.000, 640×360, 24 fps, HDR (PQ)",
    "broken/-video-with-dash-.mp4": "00:00:05.000, 1×1, 1 fps",
    "broken/moviepy_no_duration.webm": "00:00:04.938, 1280×720, 14.99 fps",
}
REFUSED = ("am_sample_audio_only.mp4", "am_sample_malformed_free_box.mp4", "random_bytes.mp4", "zero_bytes.mp4")


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.chdir(TOP)  # params.yaml


@pytest.mark.parametrize("file", SAID)
def test_real_videos(media, file):
    assert look_into(media / file).said == SAID[file]


@pytest.mark.parametrize("file", REFUSED)
def test_refused_in_the_words_of_the_stage(media, tmp_path, file):
    with pytest.raises(InputError) as here:
        look_into(media / "broken" / file)
    with pytest.raises(InputError) as there:
        run(FRAMES, "x", media / "broken" / file, tmp_path / "out")
    assert str(here.value) == str(there.value)


@pytest.mark.slow
def test_whatever_is_refused_is_refused_by_the_stage_too(media, tmp_path):
    """Not the other way round: damage in the middle is only seen by decoding all of it."""
    for number, file in enumerate(sorted((media / "broken").rglob("*.*"))):
        try:
            look_into(file)
        except InputError:
            with pytest.raises(InputError):
                run(FRAMES, "x", file, tmp_path / str(number))


def test_colours_that_nobody_can_tell(tmp_path):
    file = tmp_path / "hdr.mp4"
    options = ["-pix_fmt", "yuv420p10le", "-color_primaries", "bt2020", "-colorspace", "bt2020nc"]
    source = ["-f", "lavfi", "-i", "color=red:s=64x64:d=0.2"]
    command = [ffmpeg_binary(), "-v", "error", *source, *options, "-c:v", "libx264", str(file)]
    subprocess.run(command, check=True)
    with pytest.raises(InputError, match="it looks like HDR, but does not name its transfer"):
        look_into(file)

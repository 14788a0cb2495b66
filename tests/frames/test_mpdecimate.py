import subprocess

import numpy as np
import pytest
from clips import film, write_clip

from dramatis.core.ffmpeg import ffmpeg_binary
from dramatis.frames.mpdecimate import decimated, differs
from dramatis.frames.video import open_video, read_pictures

FLAT = np.full((128, 128), 100, np.uint8)


def changed(size, by):
    other = FLAT.copy()
    other[8 : 8 + size, 16 : 16 + size] += by
    return other


def test_a_block_that_changes_much_is_a_difference():
    assert not differs(FLAT, FLAT)
    assert not differs(FLAT, changed(8, 12))  # 64 pixels by 12 is the limit
    assert differs(FLAT, changed(8, 13))


def test_many_blocks_that_change_a_little_are_a_difference():
    assert not differs(FLAT, FLAT + 5)
    assert differs(FLAT, FLAT + 6)


def ours(file):
    passes = decimated()
    with open_video(file) as video:
        return [round(p.time_s, 3) for p in read_pictures(video, False) if passes(p)]


def theirs(file):
    """Times of the frames that ffmpeg's own filter keeps."""
    command = [ffmpeg_binary(), "-v", "info", "-i", file, "-vf", "mpdecimate,showinfo", "-f", "null", "-"]
    said = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stderr
    return [round(float(line.split("pts_time:")[1].split()[0]), 3) for line in said.splitlines() if "pts_time:" in line]


def test_the_same_frames_as_ffmpeg(tmp_path):
    file = write_clip(tmp_path / "film.mp4", film()[0])
    assert ours(file) == theirs(file) and 10 < len(ours(file)) < 100


@pytest.mark.parametrize("clip", ["videos/caminandes_10s.mp4", "videos/signers_src/bird.mkv"])
def test_the_same_frames_of_real_clips_as_ffmpeg(media, clip):
    assert ours(media / clip) == pytest.approx(theirs(media / clip), abs=0.002)

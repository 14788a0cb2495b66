"""Films that name other files or addresses: none of them is opened, by the library or by the program."""

import os
import subprocess
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import av
import pytest
from clips import scene, write_clip

from dramatis.bench import fuzz_hostile
from dramatis.core.errors import InputError
from dramatis.core.ffmpeg import FORMATS, ffmpeg_binary, input_arguments, input_name
from dramatis.frames.video import open_video, read_pictures
from dramatis.review.clips import cut_clip

OLD = 1_000_000_000
NAMES = sorted(fuzz_hostile.videos("x", "y"))


@pytest.fixture(scope="module")
def server():
    """A server on this machine, and the requests that it saw."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802 - the name that http.server calls
            seen.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            pass

    web = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{web.server_port}/x.ts", seen
    web.shutdown()


@pytest.fixture
def canary(film):
    """A film that nobody may read: who does is seen by its time of access."""
    os.utime(film, (OLD, OLD + 1))
    return film


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    file = write_clip(tmp_path_factory.mktemp("canary") / "canary.mp4", [scene(n // 6) for n in range(12)])
    os.utime(file, (OLD, OLD + 1))
    file.read_bytes()
    if os.stat(file).st_atime == OLD:
        pytest.skip("this disk keeps no times of access")
    return file


def untouched(canary):
    return os.stat(canary).st_atime == OLD


def read(file):
    with open_video(file) as film:
        return sum(1 for _ in read_pictures(film, allow_partial=True))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("suffix", [".mp4", ".m3u8"])
def test_nothing_that_they_name_is_opened(tmp_path, canary, server, name, suffix):
    address, seen = server
    file = tmp_path / f"film{suffix}"
    file.write_bytes(fuzz_hostile.videos(str(canary), address)[name])
    with pytest.raises(InputError) as raised:
        read(file)
    assert "\n" not in str(raised.value)
    assert untouched(canary) and not seen


@pytest.mark.parametrize("name", NAMES)
def test_nor_by_the_program(tmp_path, canary, server, name):
    address, seen = server
    file = tmp_path / "film.mp4"
    file.write_bytes(fuzz_hostile.videos(str(canary), address)[name])
    command = [ffmpeg_binary(), "-nostdin", "-v", "error", *input_arguments(file), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, timeout=60)
    own = name == "mov with data elsewhere"  # it looks for the pictures in this file itself, and finds other bytes
    assert done.returncode or own
    with suppress(InputError) if own else pytest.raises(InputError):
        cut_clip(file, 0, 1, tmp_path / "clip.mp4")
    assert untouched(canary) and not seen and (own or not (tmp_path / "clip.mp4").exists())


def test_without_these_rules_ffmpeg_would_open_them(canary):
    """The check of the checks: the same file, opened plainly, gives the pictures of the canary."""
    list_of_files = canary.with_name("list.mp4")
    list_of_files.write_text("ffconcat version 1.0\nfile 'canary.mp4'\n")
    with av.open(str(list_of_files)) as plain:
        assert len(list(plain.decode(video=0))) == 12
    assert not untouched(canary)
    os.utime(canary, (OLD, OLD + 1))
    with pytest.raises(InputError, match="only names other files is not read"):
        read(list_of_files)
    assert untouched(canary)


@pytest.mark.parametrize(
    "name", ["-i.mp4", "a%03d.mp4", "http:x.mp4", "concat:a|b.mp4", "a\nb.mp4", "映画 é.mp4", "'; ls.mp4"]
)
def test_names_are_names(tmp_path, canary, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    file = type(canary)(name)
    file.write_bytes(canary.read_bytes())
    assert read(file) == 12
    cut_clip(file, 0, 0.4, tmp_path / "clip.mp4")
    assert (tmp_path / "clip.mp4").stat().st_size
    file.write_bytes(b"nothing")
    with pytest.raises(InputError) as raised:
        read(file)
    assert len(str(raised.value).splitlines()) == 1


def test_a_name_is_no_pattern_for_other_pictures(tmp_path, monkeypatch):
    """`%d` in the name of a picture makes ffmpeg look for numbered ones."""
    import PIL.Image

    monkeypatch.chdir(tmp_path)
    for n in range(3):
        PIL.Image.fromarray(scene(n)).save(tmp_path / f"a{n}.png")
    (tmp_path / "a%d.png").write_bytes(b"")
    with av.open("file:a%d.png", format="image2") as plain:
        assert len(list(plain.decode(video=0))) == 3
    (tmp_path / "a%d.png").write_bytes((tmp_path / "a1.png").read_bytes())
    with pytest.raises(InputError):
        read(type(tmp_path)("a%d.png"))


def test_only_formats_that_hold_their_pictures_are_read():
    refused = {"hls", "dash", "concat", "image2", "image2pipe", "sdp", "rtsp", "rtp", "imf", "lavfi", "tty", "webvtt"}
    assert not refused & set(FORMATS)
    assert input_name("a:b") == "file:a:b"


def test_a_film_that_nothing_can_decode(tmp_path, canary):
    """Case 520 of the fuzzer: such a stream has no decoder at all."""
    (tmp_path / "film.mp4").write_bytes(canary.read_bytes().replace(b"avc1", b"q?q?"))
    os.utime(canary, (OLD, OLD + 1))
    with pytest.raises(InputError, match="no decoder|no video stream|cannot read"):
        read(tmp_path / "film.mp4")


def test_a_film_of_too_many_pixels(tmp_path, canary, monkeypatch):
    monkeypatch.setattr("dramatis.frames.video.MOST_PX", 100)
    with pytest.raises(InputError, match="160×90 px"):
        read(canary)


def test_pixels_that_are_said_to_be_thousands_wide(tmp_path):
    from fractions import Fraction

    from dramatis.frames.picture import to_rgb

    frame = av.VideoFrame.from_ndarray(scene(1), format="rgb24")
    for aspect in (Fraction(65535, 1), Fraction(1, 65535), Fraction(-1, 1)):
        with pytest.raises(InputError, match="pixels are said to be"):
            to_rgb(frame, aspect, "film.mp4")
    assert to_rgb(frame, Fraction(4, 3), "film.mp4").shape == (90, 213, 3)

"""What a server's headers mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dramatis.core.again import wait_of
from dramatis.sources.answers import Part, digests_of, name_of, no_file, part_of, validator_of


@pytest.mark.parametrize(
    ("headers", "urls", "name"),
    (
        ({}, ["https://x.org/a/Zo%C3%AB%201.mp4?b=/c"], "Zoë 1.mp4"),
        ({"Content-Disposition": 'attachment; filename="a b.mkv"'}, ["https://x.org/get"], "a b.mkv"),
        ({"Content-Disposition": "attachment; filename*=UTF-8''Zo%C3%AB.mkv"}, ["https://x.org/get"], "Zoë.mkv"),
        ({"Content-Disposition": 'attachment; filename="../../.bashrc"'}, [], ".bashrc"),
        ({"Content-Disposition": 'attachment; filename="..\\\\..\\\\a.mkv"'}, [], "a.mkv"),
        ({"Content-Disposition": 'attachment; filename=".."'}, ["https://x.org/"], "download"),
        ({"Content-Disposition": 'inline; filename="Zo\xc3\xab.mp4"'}, [], "Zoë.mp4"),
        ({}, ["https://x.org/", "https://y.org/b.mp4"], "b.mp4"),
    ),
)
def test_names(headers, urls, name):
    assert name_of(headers, urls) == name


@settings(max_examples=25)
@given(st.text(max_size=12), st.text(max_size=12))
def test_a_name_is_never_a_path(said, path):
    name = name_of({"Content-Disposition": f'attachment; filename="{said}"'}, [f"https://x.org/{path}"])
    assert name and "/" not in name and name not in (".", "..")


def test_parts():
    assert part_of(200, {"Content-Length": "12"}) == Part(0, 12)
    assert part_of(200, {"Content-Length": "-1"}) == Part(0, None)
    assert part_of(206, {"Content-Range": "bytes 5-9/10"}) == Part(5, 10)
    assert part_of(206, {"Content-Range": "bytes 5-9/*"}) == Part(5, None)
    assert part_of(206, {"Content-Range": "lines 5-9/10"}) is None
    assert part_of(416, {"Content-Range": "bytes */10"}) == Part(10, 10)


def test_versions():
    assert validator_of({"ETag": '"a"', "Last-Modified": "x"}) == '"a"'
    assert validator_of({"ETag": 'W/"a"', "Last-Modified": "x"}) == "x"
    assert validator_of({"ETag": 'W/"a"'}) is None


def test_digests():
    sha, md5 = "q83vq83vq83vq83vq83vq83vq83vq83vq83vq83vq80=", "q83vq83vq83vq83vq83vqw=="
    want = {"sha256": "abcdef" * 10 + "abcd", "md5": "abcdef" * 5 + "ab"}
    assert digests_of(206, {"Repr-Digest": f"md5=:{md5}:, sha-256=:{sha}:"}) == want
    assert digests_of(200, {"Digest": f"SHA-256={sha}", "Content-MD5": md5}) == want
    assert digests_of(206, {"Content-MD5": md5}) == {}  # of the part, not of the file
    assert digests_of(200, {"Digest": "sha-256=AAAA,md5=!!"}) == {}


def test_waits():
    assert [wait_of({"Retry-After": said}) for said in ("3", "9999", "-1", "soon")] == [3, 60, None, None]


def test_files():
    for kind, head in (("video/mp4", b"\0\0\0\x20ftyp"), ("text/plain", b"\x1aE\xdf\xa3"), ("", b"PK\x03\x04")):
        assert no_file(kind, head) is None
    for kind, head in (("text/html", b"x"), ("", b"\n <HTML>"), ("application/json", b"{"), ("", b"#EXTM3U")):
        assert no_file(kind, head)

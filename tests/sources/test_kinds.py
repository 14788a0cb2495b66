"""What a word on the command line means."""

import pytest

from dramatis.core.errors import InputError
from dramatis.sources.kinds import Local, Torrent, Web, kind_of

DIGEST = "ab" * 32
ODD = ("-dash.mp4", "100%.mp4", "a:b.mp4", "http:", "new\nline.mp4", "Zoë ガ.mp4", "magnet:?xt=urn:btih:x", "#sha256=1")


@pytest.mark.parametrize("name", ODD)
def test_a_file_that_is_there_wins(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).touch()
    assert kind_of(name) == Local(tmp_path.relative_to(tmp_path) / name)


def test_addresses():
    assert kind_of("https://example.org/a%20b.mp4?x=1#t=3") == Web("https://example.org/a%20b.mp4?x=1", None)
    assert kind_of(f"HTTP://example.org/a#sha256={DIGEST.upper()}").sha256 == DIGEST
    assert kind_of("http://me:pw@example.org:81/a?token=1").shown == "http://example.org:81/a"
    assert kind_of("https://example.org/x.TORRENT?a=b") == Torrent("https://example.org/x.TORRENT?a=b", None)
    magnet = "magnet:?xt=urn:btih:00&dn=A+show"
    assert kind_of(magnet) == Torrent(magnet, None) and kind_of(magnet).shown == "A show"


@pytest.mark.parametrize(
    ("source", "said"),
    (
        ("nothing.mp4", "no such file or folder"),
        ("x" * 300, "no such file or folder"),
        ("a\0b", "no such file or folder"),
        ("", "no such file or folder"),
        ("file:///etc/passwd", "file: is not fetched. Name the path itself"),
        ("ftp://example.org/a.mp4", "ftp: is not fetched"),
        ("http:///a.mp4", "no address"),
        ("http://exa mple.org/", "no address"),
        ("http://example.org:x/", "no address"),
        ("http://[::1/", "no address"),
        ("magnet:?dn=x", "names no torrent"),
        ("https://example.org/a#sha256=12", "not 64 digits"),
    ),
)
def test_what_is_none(source, said):
    with pytest.raises(InputError, match=said) as error:
        kind_of(source)
    assert len(str(error.value)) < 400 and str(error.value).isprintable()


def test_two_digests():
    with pytest.raises(InputError, match="two digests"):
        kind_of(f"https://example.org/a#sha256={DIGEST}", "cd" * 32)

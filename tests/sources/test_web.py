"""Downloads from a server that cuts lines, ignores ranges, lies, leads on, changes its mind and is slow."""

import hashlib
import json
import os
import signal
import time

import numpy as np
import pytest
from killing import PROCESSES
from sources.served import Shelf, serving
from waiting import until

from dramatis.core.errors import InputError
from dramatis.sources import web
from dramatis.sources.kinds import kind_of
from dramatis.sources.pieces import folder_for
from dramatis.sources.web import fetch, offered

BODY = np.random.default_rng(7).bytes(300_000)
DIGEST = hashlib.sha256(BODY).hexdigest()


def fetched(shelf, parts, path="/show.mp4", fragment="", sha256=None, timeout_s=5.0, more=None):
    """What `fetch` gives of one shelf."""
    with serving({path.partition("?")[0]: shelf, **(more or {})}) as address:
        return fetch(kind_of(f"{address}{path}{fragment}", sha256), parts, pause_s=0.01, timeout_s=timeout_s)


def ranges(shelf):
    return [asked.get("range") for asked in shelf.asked]


def test_a_whole_file(tmp_path):
    shelf = Shelf(BODY)
    found = fetched(shelf, tmp_path)
    assert (found.file.read_bytes(), found.name, found.sha256) == (BODY, "show.mp4", DIGEST)
    assert ranges(shelf) == [None] and shelf.asked[0]["accept-encoding"] == "identity"


def test_a_cut_line_is_taken_up_where_it_broke(tmp_path):
    shelf = Shelf(BODY, cuts=[100_000, 50_000, 1])
    assert fetched(shelf, tmp_path).file.read_bytes() == BODY
    assert ranges(shelf) == [None, "bytes=100000-", "bytes=150000-", "bytes=150001-"]
    assert {asked.get("if-range") for asked in shelf.asked[1:]} == {'"one"'}


def test_many_cuts_are_no_matter_while_something_comes(tmp_path):
    shelf = Shelf(BODY, cuts=[10_000] * 20)
    assert fetched(shelf, tmp_path).file.read_bytes() == BODY
    assert len(shelf.asked) == 21


def test_another_call_goes_on_from_there(tmp_path):
    shelf = Shelf(BODY, cuts=[200_000, *[0] * 5])
    with serving({"/a.mkv": shelf}) as address:
        web = kind_of(f"{address}/a.mkv")
        with pytest.raises(InputError, match=r"5 times in a row; 200000 bytes are kept in .*the same command|goes on"):
            fetch(web, tmp_path, pause_s=0.01)
        assert fetch(web, tmp_path, pause_s=0.01).file.read_bytes() == BODY
    assert ranges(shelf)[-1] == "bytes=200000-"


def test_without_ranges_it_starts_anew(tmp_path):
    shelf = Shelf(BODY, cuts=[100_000, 250_000], ranges=False)
    assert fetched(shelf, tmp_path).file.read_bytes() == BODY
    assert len(shelf.asked) == 3


def test_a_changed_file_is_not_glued_to_the_old_one(tmp_path):
    shelf = Shelf(BODY, cuts=[100_000], etags=['"old"', '"new"'])
    assert fetched(shelf, tmp_path).file.read_bytes() == BODY
    assert shelf.asked[1]["if-range"] == '"old"' and len(shelf.asked) == 2


def test_a_changed_file_of_a_server_that_ignores_if_range(tmp_path, monkeypatch):
    shelf = Shelf(BODY, cuts=[100_000], etags=['"old"', '"new"'])
    monkeypatch.setattr("sources.served.Handler.headers", property(_deaf, _hear), raising=False)
    assert fetched(shelf, tmp_path).file.read_bytes() == BODY
    assert ranges(shelf) == [None, "bytes=100000-", None]


def _hear(handler, headers):
    del headers["If-Range"]
    handler.__dict__["heard"] = headers


def _deaf(handler):
    return handler.__dict__["heard"]


def test_what_has_no_version_is_only_continued_if_its_digest_is_known(tmp_path):
    for sha256, wanted in ((None, None), (DIGEST, "bytes=100000-")):
        shelf = Shelf(BODY, cuts=[100_000], etags=[])
        assert fetched(shelf, tmp_path / str(sha256), sha256=sha256).file.read_bytes() == BODY
        assert ranges(shelf) == [None, wanted]


def test_a_length_that_is_a_lie(tmp_path):
    with pytest.raises(InputError, match="the line was cut, 5 times in a row"):
        fetched(Shelf(BODY, claims=len(BODY) + 1000, ranges=False), tmp_path / "more")
    asked = Shelf(BODY, claims=len(BODY) + 1000)  # of the rest that is not there it tells the truth
    assert fetched(asked, tmp_path / "asked").file.read_bytes() == BODY
    short = fetched(Shelf(BODY, claims=1000), tmp_path / "less")  # HTTP reads no further: the digest would tell
    assert short.file.read_bytes() == BODY[:1000]
    with pytest.raises(InputError, match="what came was taken away"):
        fetched(Shelf(BODY, claims=1000), tmp_path / "known", sha256=DIGEST)


def test_no_length_at_all(tmp_path, monkeypatch):
    looks = []
    monkeypatch.setattr("dramatis.sources.web.check_room", lambda *_: looks.append(1))
    monkeypatch.setattr("dramatis.sources.web.BLOCK", len(BODY) // 7)
    monkeypatch.setattr("dramatis.sources.web.RESERVE", len(BODY) // 2)
    assert fetched(Shelf(BODY, claims=0), tmp_path).file.read_bytes() == BODY
    assert len(looks) >= 3  # the room is looked at on the way, whatever the size of the pieces


@pytest.mark.parametrize("status", (408, 429, 500, 503))
def test_errors_that_pass(tmp_path, status):
    assert fetched(Shelf(BODY, statuses=[status] * 3), tmp_path).file.read_bytes() == BODY


def test_the_server_says_how_long_to_wait(tmp_path):
    start = time.monotonic()
    fetched(Shelf(BODY, statuses=[503], headers={"Retry-After": "1"}), tmp_path)
    assert time.monotonic() - start >= 1


@pytest.mark.parametrize(
    ("status", "said"), ((401, "password"), (403, "does not allow"), (404, "no such file"), (410, "gone"), (418, "418"))
)
def test_errors_that_stay(tmp_path, status, said):
    shelf = Shelf(BODY, statuses=[status])
    with pytest.raises(InputError, match=said):
        fetched(shelf, tmp_path)
    assert len(shelf.asked) == 1


def test_a_server_that_is_silent(tmp_path):
    with pytest.raises(InputError, match="the server is silent"):
        fetched(Shelf(BODY, pause_s=0.5), tmp_path, timeout_s=0.1)


def test_a_slow_server_is_waited_for(tmp_path):
    assert fetched(Shelf(BODY, pause_s=0.05), tmp_path, timeout_s=1).file.read_bytes() == BODY


def test_nobody_at_home(tmp_path):
    with pytest.raises(InputError, match=r"nobody answers there \(connection refused\), 5 times in a row"):
        fetch(kind_of("http://127.0.0.1:9/a.mp4"), tmp_path, pause_s=0.01)
    with pytest.raises(InputError, match="no host of this name is known, or this machine is offline") as error:
        fetch(kind_of("http://u:secret@nowhere.invalid/a.mp4"), tmp_path, pause_s=0.01)
    assert "secret" not in str(error.value)


def test_redirects_are_followed(tmp_path):
    shelf = Shelf(BODY)
    found = fetched(Shelf(location="/b?x=1"), tmp_path, "/a.mkv", more={"/b": Shelf(location="/c"), "/c": shelf})
    assert (found.file.read_bytes(), found.name) == (BODY, "c")


@pytest.mark.parametrize("to", ("file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://x/", "data:text/plain,x"))
def test_redirects_lead_to_the_web_only(tmp_path, to):
    with pytest.raises(InputError, match="which is not fetched"):
        fetched(Shelf(location=to), tmp_path)


def test_redirects_end(tmp_path):
    with pytest.raises(InputError, match="more than 8 times"):
        fetched(Shelf(location="/show.mp4"), tmp_path)


def test_a_page_is_no_video(tmp_path):
    page = b"<!DOCTYPE html><html><head><title>Please log\n in</title></head></html>"
    with pytest.raises(InputError, match="a web page called 'Please log in', not to a file"):
        fetched(Shelf(page, headers={"Content-Type": "text/html; charset=utf-8"}), tmp_path)
    with pytest.raises(InputError, match="a web page"):
        fetched(Shelf(page, headers={"Content-Type": "video/mp4"}), tmp_path)
    with pytest.raises(InputError, match="a playlist"):
        fetched(Shelf(b"#EXTM3U\n"), tmp_path)
    with pytest.raises(InputError, match="packs the file"):
        fetched(Shelf(BODY, headers={"Content-Encoding": "gzip"}), tmp_path)


def test_digests(tmp_path):
    good = {"Repr-Digest": "sha-256=:" + _base64(DIGEST) + ":"}
    assert fetched(Shelf(BODY, headers=good), tmp_path, fragment=f"#sha256={DIGEST}").sha256 == DIGEST
    for number, shelf in enumerate(
        (Shelf(BODY[::-1], headers=good), Shelf(BODY, headers={"Content-MD5": _base64("0" * 32)}))
    ):
        with pytest.raises(InputError, match=r"the server states .* what came was taken away"):
            fetched(shelf, tmp_path / str(number))
    with pytest.raises(InputError, match="you stated"):
        fetched(Shelf(BODY), tmp_path, fragment="#sha256=" + "0" * 64)
    assert [file.read_bytes() for file in tmp_path.rglob("file")] == [BODY]  # of the first call


def _base64(digest):
    import base64

    return base64.b64encode(bytes.fromhex(digest)).decode()


def test_a_half_written_state_means_from_the_start(tmp_path):
    shelf = Shelf(BODY)
    with serving({"/a.mkv": shelf}) as address:
        web = kind_of(f"{address}/a.mkv")
        folder = folder_for(tmp_path, web.url)
        folder.mkdir()
        (folder / "file").write_bytes(b"something else")
        (folder / "state.json").write_text('{"name": ')
        assert fetch(web, tmp_path).file.read_bytes() == BODY


def test_a_disk_that_is_too_small(tmp_path):
    with pytest.raises(InputError, match="are free on the disk"):
        fetched(Shelf(BODY, claims=1 << 60), tmp_path)


def test_no_password_is_written_down(tmp_path):
    with serving({"/a.mkv": Shelf(BODY)}) as address:
        fetch(kind_of(address.replace("//", "//me:secret@") + "/a.mkv?token=secret"), tmp_path)
    (state,) = tmp_path.rglob("state.json")
    assert "secret" not in state.read_text() and json.loads(state.read_text())["url"] == f"{address}/a.mkv"


def test_offers_are_not_fetched(tmp_path):
    shelf = Shelf(BODY, headers={"Content-Disposition": "attachment; filename*=UTF-8''Zo%C3%AB%20..%2F1.mkv"})
    with serving({"/get": shelf}) as address:
        assert offered(kind_of(f"{address}/get")) == ("1.mkv", len(BODY))
        with pytest.raises(InputError, match="no such file"):
            offered(kind_of(f"{address}/other"))


def _fetch_in_small_blocks(address, parts):
    web.BLOCK = 1 << 14
    fetch(kind_of(f"{address}/a.mkv"), parts)


@pytest.mark.parametrize("how", (signal.SIGINT, signal.SIGKILL))
def test_a_killed_download_goes_on(tmp_path, how):
    shelf = Shelf(BODY, pause_s=1)
    with serving({"/a.mkv": shelf}) as address:
        process = PROCESSES.Process(target=_fetch_in_small_blocks, args=(address, tmp_path))
        process.start()
        piece = folder_for(tmp_path, f"{address}/a.mkv") / "file"
        until(lambda: piece.exists() and piece.stat().st_size, 60)
        os.kill(process.pid, how)
        process.join(60)
        size, shelf.pause_s = piece.stat().st_size, 0
        assert 0 < size < len(BODY)
        assert fetch(kind_of(f"{address}/a.mkv"), tmp_path).file.read_bytes() == BODY
    assert ranges(shelf)[-1] == f"bytes={size}-"

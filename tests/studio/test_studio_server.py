"""The studio as it is started by hand, asked without a browser."""

import os
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from browser_desk import served
from conftest import TOP
from studio_desk import grey, recipe, settings, write_studio

from dramatis.attention.picture import with_recipe
from dramatis.core.images import decode, encode_png


@pytest.fixture
def top(tmp_path):
    made = tmp_path / "studio"
    made.mkdir()
    write_studio(made)
    pictures = made / "work/studio/pictures"
    pictures.mkdir(parents=True)
    (pictures / "000001.png").write_bytes(with_recipe(grey(70), recipe(top=made)))
    (made / "data/stories/lost").mkdir(parents=True)
    for name in ("strip.png", "page.html"):
        (made / "data/stories/lost" / name).write_bytes(encode_png(grey(9)))
    return made


@pytest.fixture
def address(top):
    with served(top, top / "log", "studio") as made:
        yield made


def ask(address, data=None, **headers):
    """Status, headers and body of an answer; the path is sent as it stands."""
    try:
        asked = urllib.request.Request(address, data, headers)  # noqa: S310 - the server's own address
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_every_tab_is_there_behind_the_token(address):
    for tab in ("", "captions", "runs", "generate", "stories"):
        status, headers, page = ask(address + tab)
        assert status == 200 and b"Dramatis studio" in page and "frame-ancestors 'none'" in headers[
            "Content-Security-Policy"], tab  # fmt: skip
        assert ask(address.rsplit("/", 2)[0] + "/" + tab)[0] == 403
    assert b"dramatis studio" in ask(address.rsplit("/", 2)[0] + "/runs")[2]


def test_before_there_is_a_cast_its_tabs_say_what_is_missing(address):
    assert b"is missing" in ask(address)[2] and b"Then start the studio again" in ask(address + "captions")[2]


def test_pictures_are_named_by_what_is_there(address):
    assert decode(ask(address + "drawn/1/0.jpg")[2]).shape == (32, 32, 3)
    assert ask(address + "drawn-whole/1/0")[1]["Content-Type"] == "image/png"
    assert decode(ask(address + "studio-small/000001.png")[2]).shape == (32, 32, 3)
    assert b"dramatis-recipe" in ask(address + "studio-whole/000001.png")[2]
    assert decode(ask(address + "panel/1/lost/2.png")[2])[0, 0, 0] == 120
    assert ask(address + "made/lost/strip.png")[0] == 200
    assert ask(address + "made/lost/page.html")[1]["Content-Disposition"].startswith("attachment")
    unknown = (
        "drawn/9/0.jpg drawn/1/99.jpg drawn/1/-1.jpg studio-small/000002.png panel/1/lost/9.png panel/1/gone/1.png"
    )
    outside = (
        "studio-whole/..%2f..%2f..%2fparams.yaml studio-whole/lock studio-small/../../../params.yaml params.yaml "
        "panel/1/..%2flost/1.png made/lost/..%2f..%2f..%2fparams.yaml made/..%2fpanels%2flost/panels.parquet "
        "made/lost/clip.mp4 made/lost/panels.parquet votes.yaml %2e%2e/votes.yaml"
    )
    for path in f"{unknown} {outside}".split():
        assert ask(address + path)[0] == 404, path


def test_a_pose_is_uploaded_and_what_is_none_is_one_line(address, top):
    status, _, said = ask(address + "pose/lost/2", encode_png(grey(44)))
    file = said.decode()
    assert status == 200 and settings(top)["poses"] == {2: file} and (top / file).is_file()
    before = (top / "params.yaml").read_text()
    for path, data, words in [
        ("pose/lost/2", b"<svg>", "no picture that can be read"),
        ("pose/lost/9", encode_png(grey(44)), "there are scenes 1 to 2"),
        ("pose/gone/1", encode_png(grey(44)), "there is no such story"),
        ("pose/lost/2", bytes((20 << 20) + 1), "more than 20 MiB"),
    ]:
        status, headers, said = ask(address + path, data)
        assert status == 422 and words in said.decode() and headers["Content-Type"].startswith("text/plain"), words
    assert (top / "params.yaml").read_text() == before
    assert ask(address + "pose/lost/2", encode_png(grey(44)), Origin="http://evil.example")[0] == 403
    assert ask(address + "pose/lost/2", encode_png(grey(44)), Host="evil.example")[0] == 403
    assert ask(address.rsplit("/", 2)[0] + "/pose/lost/2", encode_png(grey(44)))[0] == 403
    assert ask(address + "pose/lost/2")[0] == 405


def started(top):
    """What a studio says that ends at once."""
    command = [sys.executable, "-c", "from dramatis.cli.main import main; main()", "studio", "--no-open"]
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    return subprocess.run(command, cwd=top, env=environment, capture_output=True, text=True, timeout=60)


def test_a_second_studio_of_the_project_is_one_line(address, top):
    done = started(top)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == "error: studio: another one of this project is running. Use that one, or end it\n"


def test_outside_a_project_it_says_so(tmp_path):
    done = started(tmp_path)
    assert done.returncode == 1 and "params.yaml: there is no such file" in done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "work").exists()

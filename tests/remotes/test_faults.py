"""A line that is cut half way, a remote that lacks something or holds bad bytes, a disk that is not mounted."""

import re
import shutil

import pytest
from remote_servers import line_to

pytestmark = pytest.mark.slow
HALF = 900_000
"""Bytes after which a line is cut: more than half of what the project sends, less than all."""
FILE = "models/solo/step-000100/adapter.safetensors"


def point(project, server):
    """The remote at another port; S3's client would try for minutes."""
    project.does("dvc", "remote", "modify", "store", "url", server.url)
    patience = {"read_timeout": "5", "connect_timeout": "2"} if server.s3 else {}
    for key, value in (server.options | patience).items():
        project.does("dvc", "remote", "modify", "store", key, value)


def cut_then_whole(project, server, *command):
    """A command that is cut half way, and then goes through."""
    with line_to(server, HALF) as (bad, line):
        point(project, bad)
        assert project.tries(*command).returncode != 0
        assert line.cut
    point(project, server)
    project.does(*command)


@pytest.mark.parametrize("kind", ["ssh", "sshd", "s3", "http"])
def test_what_was_cut_half_way_is_whole_after_the_next_try(project, shared, kind):
    server = shared(kind, push=kind == "http")
    project.does("dvc", "remote", "modify", "store", "verify", "true")
    if kind != "http":
        cut_then_whole(project, server, "dvc", "push")
    assert project.tries("dramatis", "fsck", "--remote", "store").returncode == 0
    project.commit("a remote with verify")
    clone = project.clone("clone")
    cut_then_whole(clone, server, "dvc", "pull")
    assert clone.contents() == project.contents()
    assert "running" not in clone.does("dvc", "repro")
    assert clone.tries("dramatis", "fsck", "--remote", "store").returncode == 0


def test_without_verify_half_an_object_may_stay_and_fsck_repairs_it(project, shared):
    """S3's client takes the end of a line for the end of a file; DVC then never looks at it again."""
    server = shared("s3")
    clone = project.clone("clone")
    with line_to(server, HALF) as (bad, _):
        point(clone, bad)
        assert clone.tries("dvc", "pull").returncode != 0
    point(clone, server)
    clone.does("dvc", "pull")
    assert clone.tries("dramatis", "fsck", "--remote", "store", "--repair").returncode == 0
    assert clone.contents() == project.contents()


def oid_of(project, path):
    """Name of the object of a file of the run solo."""
    lock = (project.top / "dvc.lock").read_text()
    folder = re.search(r"path: models/solo\n\s+hash: md5\n\s+md5: (\w+\.dir)", lock)[1]
    found = re.search(rf'"md5": "(\w+)", "relpath": "{path}"', project.object(folder).read_text())
    return found[1]


def test_verify_stops_bad_bytes_and_nothing_else_does(project, shared):
    server = shared("local")
    oid = oid_of(project, FILE.removeprefix("models/solo/"))
    server.write(oid, b"bad" + server.read(oid)[3:])
    clone = project.clone("trusting")
    clone.does("dvc", "pull")
    assert (clone.top / FILE).read_bytes()[:3] == b"bad"
    assert "up to date" in clone.does("dvc", "status")
    project.does("dvc", "remote", "modify", "store", "verify", "true")
    project.commit("verify")
    clone = project.clone("wary")
    assert clone.tries("dvc", "pull").returncode == 1
    assert not (clone.top / FILE).exists()
    assert "up to date" in project.does("dvc", "push")  # which does not repair the remote
    project.does("dramatis", "fsck", "--remote", "store", "--repair")
    clone.does("dvc", "pull")
    assert clone.contents() == project.contents()


def test_a_half_pushed_remote_and_the_ways_on(project, shared):
    shared("local", push=False)
    project.does("dvc", "push", "data/dataset", "train@solo")
    clone = project.clone("clone")
    done = clone.tries("dvc", "pull")
    assert done.returncode == 1
    assert "models/twins" in done.stdout + done.stderr
    assert clone.contents().keys() == project.contents("data/dataset", "models/solo").keys()
    done = clone.tries("dramatis", "fsck", "--remote", "store")
    assert done.returncode == 1
    assert "models/twins of train@twins, workspace" in done.stdout
    said = clone.does("dvc", "repro")  # makes what nobody pushed, of what was pulled
    assert set(re.findall(r"^running (.+)$", said, re.M)) == {"train twins", "release solo", "release twins"}


def test_a_folder_of_which_one_file_is_lost_stops_repro_pull_but_not_repro(project, shared):
    server = shared("local")
    server.write(oid_of(project, FILE.removeprefix("models/solo/")), None)
    clone = project.clone("clone")
    assert clone.tries("dvc", "repro", "--pull").returncode != 0
    assert clone.tries("dvc", "pull").returncode == 1  # the rest comes
    said = clone.does("dvc", "repro")
    assert set(re.findall(r"^running (.+)$", said, re.M)) == {"train solo"}
    assert clone.contents("models") == project.contents("models")
    clone.does("dvc", "push")
    assert "missing" in clone.tries("dramatis", "fsck", "--remote", "store").stdout  # push took it for sent
    clone.does("dramatis", "fsck", "--remote", "store", "--repair")
    assert clone.tries("dramatis", "fsck", "--remote", "store").returncode == 0


def test_push_makes_the_folder_of_a_disk_that_is_not_mounted_and_fsck_says_so(project, shared):
    server = shared("local")
    shutil.rmtree(server.folder)
    done = project.tries("dramatis", "fsck", "--remote", "store")
    assert done.returncode == 1
    assert "there is no such folder, and `dvc push` would make an empty one" in done.stderr
    project.does("dvc", "push")
    assert server.folder.is_dir()

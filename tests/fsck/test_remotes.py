"""One contract for remotes of every kind: a flipped byte is named and repaired, both ways."""

import json
import re

import pytest

from dramatis.fsck.run import fsck

pytestmark = pytest.mark.slow
FILE = "models/solo/step-000100/adapter.safetensors"
READ_ONLY = "this remote can only be read: repair it where it is written"


def look(project, *remotes, **options):
    """What `fsck` finds, said in JSON."""
    options = [f"--{name}" for name, said in options.items() if said]
    done = project.tries("dramatis", "fsck", "--json", *(f"--remote={name}" for name in remotes), *options)
    assert done.returncode in (0, 1), done.stderr
    said = json.loads(done.stdout)
    assert said["clean"] == (done.returncode == 0)
    return said


def found(said):
    return {(finding["store"], finding["problem"], finding["oid"]) for finding in said["findings"]}


def oids(project):
    """Objects: the list of a folder, a file in it, a file that was added by hand."""
    lock = (project.top / "dvc.lock").read_text()
    folder = re.search(r"path: models/solo\n\s+hash: md5\n\s+md5: (\w+\.dir)", lock)[1]
    files = json.loads(project.object(folder).read_bytes())
    inside = next(file["md5"] for file in files if FILE.endswith(file["relpath"]))
    alone = re.search(r"md5: (\w+)", (project.top / "raw/e01.mkv.dvc").read_text())[1]
    return folder, inside, alone


def other(data):
    return bytes([data[0] ^ 1]) + data[1:]


@pytest.mark.parametrize("kind", ["local", "ssh", "sshd", "s3", "http"])
def test_flipped_bytes_and_lost_objects_of_a_remote_are_named_and_repaired(project, shared, kind):
    """A lost one too: DVC takes a folder for sent when the list of its files is there."""
    server = shared(kind)
    assert look(project, "store")["findings"] == []
    folder, inside, alone = good = {oid: server.read(oid) for oid in oids(project)}
    for oid in (folder, alone):
        server.write(oid, other(good[oid]))
    server.write(inside, None)
    said = look(project, "store")
    wrong = {("remote store", "corrupt", folder), ("remote store", "corrupt", alone)}
    assert found(said) == wrong | {("remote store", "missing", inside)}
    assert {owner["path"] for one in said["findings"] for owner in one["owners"]} >= {FILE, "raw/e01.mkv"}
    said = look(project, "store", repair=True)
    if kind == "http":  # it can only be read: repaired through its folder
        assert {one["outcome"] for one in said["findings"]} == {READ_ONLY}
        said = look(project, "disk", repair=True)
    assert said["clean"]
    assert {oid: server.read(oid) for oid in good} == good
    clone = project.clone("clone")
    clone.does("dvc", "pull")
    assert clone.contents() == project.contents()


@pytest.mark.parametrize("kind", ["s3", "http"])
def test_a_cache_is_repaired_from_a_remote_before_anything_was_checked_out(project, shared, kind):
    shared(kind)
    clone = project.clone("clone")
    assert look(clone, "store")["clean"]  # nothing is here yet, and all is there
    clone.does("dvc", "fetch")
    for oid in oids(project):
        file = clone.object(oid)
        data = file.read_bytes()
        file.chmod(0o644)
        file.write_bytes(other(data))
        file.chmod(0o444)
    said = look(clone, "store")
    assert found(said) == {("cache", "corrupt", oid) for oid in oids(project)}
    said = look(clone, "store", repair=True)
    assert {one["outcome"] for one in said["findings"]} == {"repaired from the remote store"}
    clone.does("dvc", "checkout")
    assert clone.contents() == project.contents()


def test_one_remote_repairs_another(project, shared, tmp_path, monkeypatch):
    server = shared("local")
    (tmp_path / "second").mkdir()
    project.does("dvc", "remote", "add", "second", str(tmp_path / "second"))
    project.does("dvc", "push", "-r", "second")
    for oid in oids(project):
        server.write(oid, other(server.read(oid)))
    monkeypatch.chdir(project.top)
    report = fsck(["store", "second"], cache=False, workspace=False, repair=True, jobs=2)
    assert report.clean
    assert {one.outcome for one in report.findings} == {"repaired from the remote second"}


def test_a_bad_object_of_which_nobody_has_another_is_moved_out_of_the_way_of_pull(project, shared):
    server = shared("s3")
    clone = project.clone("clone")
    _, inside, _ = oids(project)
    server.write(inside, other(server.read(inside)))
    said = look(clone, "store", repair=True)
    assert not said["clean"]
    assert "no sound copy: moved to s3://cast/dvc/corrupt/" in said["findings"][0]["outcome"]
    done = clone.tries("dvc", "pull")
    assert done.returncode == 1  # instead of bad weights that DVC takes for good ones
    assert look(project, "store", repair=True)["clean"]  # who made them has them still
    clone.does("dvc", "pull")
    assert clone.contents() == project.contents()


def test_a_remote_that_is_out_of_reach_is_one_line(project, shared):
    server = shared("s3", push=False)
    project.does("dvc", "remote", "modify", "store", "endpointurl", "http://127.0.0.1:9")
    project.does("dvc", "remote", "modify", "store", "connect_timeout", "1")
    done = project.tries("dramatis", "fsck", "--remote", "store", "--no-cache", "--no-workspace")
    assert done.returncode == 1
    assert "error: remote store: it is out of reach" in done.stderr.splitlines()[-1]
    assert server.s3

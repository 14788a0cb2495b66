"""A cache, a workspace and a folder as remote: one byte is flipped, one object is lost, and DVC sees nothing."""

import json
import re

import pytest
from dvc.repo import Repo
from scratch_project import flip

from dramatis.core.errors import InputError, ParameterError
from dramatis.fsck.run import fsck

FILE = "models/solo/step-000100/adapter.safetensors"


@pytest.fixture
def here(project, tmp_path, monkeypatch):
    monkeypatch.chdir(project.top)
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(tmp_path / "project-site"))
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")
    return project


def look(*remotes, cache=True, workspace=True, repair=False):
    return fsck(list(remotes), cache=cache, workspace=workspace, repair=repair, jobs=2)


def oid_of(project, path):
    """The object of a file that lies in the output `models/solo`, or of an output itself."""
    text = (project.top / "dvc.lock").read_text() + (project.top / "raw/e01.mkv.dvc").read_text()
    if path == "raw/e01.mkv":
        return re.search(r"md5: ([0-9a-f]{32})\n", text[text.index("outs:\n- md5") :])[1]
    folder = re.search(r"path: models/solo\n\s+hash: md5\n\s+md5: (\w+\.dir)", text)[1]
    files = json.loads(project.object(folder).read_bytes())
    return folder if path == "models/solo" else next(f["md5"] for f in files if path.endswith(f["relpath"]))


def test_all_is_sound(here):
    report = look()
    assert report.clean
    assert report.findings == []
    assert [checked.store for checked in report.checked] == ["workspace", "cache"]
    assert report.checked[0].objects == len(here.contents())


@pytest.mark.parametrize("path", [FILE, "models/solo", "raw/e01.mkv"])
def test_a_flipped_byte_in_the_cache_is_named_and_repaired_from_the_workspace(here, path):
    oid = oid_of(here, path)
    file = here.object(oid)
    good, mode = file.read_bytes(), file.stat().st_mode & 0o777
    flip(file)
    (found,) = look().findings
    assert (found.store, found.problem, found.oid, found.size) == ("cache", "corrupt", oid, len(good))
    owner = found.owners[0]
    assert owner.path == path
    assert owner.stage == ("raw/e01.mkv.dvc" if path.startswith("raw") else "train@solo")
    assert owner.revision == "workspace"
    assert not look().clean
    report = look(repair=True)
    assert report.clean
    assert [finding.outcome for finding in report.findings] == ["repaired from the workspace"]
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (good, mode)
    assert look().findings == []


def test_a_flipped_byte_in_the_workspace_that_dvc_does_not_see_is_repaired_from_the_cache(here):
    good = here.contents()
    here.does("dvc", "status")  # it now remembers dates and sizes
    flip(here.top / FILE)
    assert "up to date" in here.does("dvc", "status")
    (found,) = look().findings
    assert (found.store, found.problem, found.place) == ("workspace", "corrupt", FILE)
    assert look(repair=True).clean
    assert here.contents() == good
    assert (here.top / "work/fsck" / FILE).exists()  # nothing is thrown away that nobody else has
    assert look().findings == []


def test_an_edit_is_told_from_damage_and_kept(here):
    (here.top / FILE).write_bytes(b"mine")
    (here.top / "data/dataset/notes.txt").write_text("mine too")
    (here.top / "data/dataset/plan.parquet").unlink()
    assert [finding.problem for finding in look().findings] == ["extra", "missing", "changed"]
    good = here.contents("made")
    assert look(repair=True).clean
    assert here.contents("data/dataset").keys() == {name.replace("made", "data/dataset") for name in good}
    assert (here.top / "work/fsck" / FILE).read_bytes() == b"mine"
    assert (here.top / "work/fsck/data/dataset/notes.txt").read_text() == "mine too"


def test_what_is_lost_from_the_cache_comes_back_from_the_workspace(here):
    for path in (FILE, "models/solo", "raw/e01.mkv"):
        here.object(oid_of(here, path)).unlink()
        assert [finding.problem for finding in look().findings] == ["missing"]
        assert look(repair=True).clean
        assert look().findings == []


@pytest.mark.slow
def test_without_another_copy_it_is_moved_aside_and_repro_makes_it_again(here):
    oid = oid_of(here, FILE)
    good = here.object(oid).read_bytes()
    here.does("dvc", "status")  # it now remembers dates and sizes
    flip(here.object(oid))
    flip(here.top / FILE)
    assert "up to date" in here.does("dvc", "repro")  # DVC believes both
    report = look(repair=True)
    assert not report.clean
    assert {finding.outcome.split(":")[0] for finding in report.findings} == {"no sound copy"}
    assert (here.top / ".dvc/cache/corrupt" / oid).exists()
    assert "running train solo" in here.does("dvc", "repro")
    assert here.object(oid).read_bytes() == good
    assert look().findings == []


@pytest.mark.slow
def test_an_object_of_an_older_commit_is_named_with_it(here):
    oid = oid_of(here, FILE)
    (here.top / "make.py").write_text((here.top / "make.py").read_text().replace("[step, len", "[step, 1, len"))
    for stage in ("solo", "twins"):
        here.does("dvc", "repro", "-f", f"train@{stage}")
    here.commit("other weights")
    flip(here.object(oid))
    (found,) = look().findings
    (owner,) = found.owners
    assert (owner.path, owner.stage) == (FILE, "train@solo")
    assert owner.revision.startswith(here.does("git", "rev-parse", "--short", "v1").strip())


def test_a_remote_that_is_no_remote_is_one_line(here, tmp_path):
    with pytest.raises(ParameterError, match="DVC knows no such remote, there are: none"):
        look("nas")
    with Repo() as repo, repo.config.edit("repo") as config:
        config["remote"]["nas"] = {"url": str(tmp_path / "unmounted")}
    with pytest.raises(InputError, match="there is no such folder, and `dvc push` would make an empty one"):
        look("nas")


@pytest.mark.slow
def test_while_dvc_is_at_work_it_does_not_look(here):
    with Repo() as repo, repo.lock, pytest.raises(InputError, match="DVC is at work here"):
        look()


def test_settings_that_let_damage_pass_are_said(here, tmp_path):
    (tmp_path / "disk").mkdir()
    with Repo() as repo, repo.config.edit("repo") as config:
        config["remote"]["nas"] = {"url": str(tmp_path / "disk")}
        config["cache"]["type"] = "hardlink,copy"
    notes = " ".join(look("nas", cache=False, workspace=False).notes)
    assert "`dvc remote modify nas verify true`" in notes
    assert "cache.type is hardlink,copy" in notes


@pytest.mark.slow
def test_the_command_line(here, tmp_path):
    done = here.tries("dramatis", "fsck")
    assert done.returncode == 0
    assert "sound" in done.stdout
    oid = oid_of(here, FILE)
    flip(here.object(oid))
    done = here.tries("dramatis", "fsck", "--no-workspace")
    assert done.returncode == 1
    assert f"corrupt in cache: {oid}" in done.stdout
    assert f"{FILE} of train@solo, workspace" in done.stdout
    done = here.tries("dramatis", "fsck", "--json")
    said = json.loads(done.stdout)
    assert (done.returncode, said["clean"], said["findings"][0]["oid"]) == (1, False, oid)
    assert here.tries("dramatis", "fsck", "--repair").returncode == 0
    assert here.tries("dramatis", "fsck", "--jobs", "0").returncode == 2
    here.top.joinpath(".dvc").rename(here.top / "dvc")
    done = here.tries("dramatis", "fsck")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)


def test_what_cannot_be_read_in_the_workspace_is_named_and_the_rest_is_read(here):
    (here.top / FILE).unlink()
    (here.top / FILE).symlink_to("nowhere")
    found = look(repair=True).findings
    assert [(one.store, one.problem, one.place) for one in found] == [("workspace", "unreadable", FILE)]
    assert not found[0].repaired and found[0].owners[0].stage == "train@solo"


def test_a_folder_in_place_of_a_file_is_named(here):
    (here.top / "raw/e01.mkv").unlink()
    (here.top / "raw/e01.mkv").mkdir()
    found = look(repair=True).findings
    assert [(one.problem, one.place) for one in found] == [("changed", "raw/e01.mkv")]
    (here.top / FILE).unlink()
    (here.top / FILE).mkdir()
    assert {(one.problem, one.place) for one in look(repair=True).findings} == {
        ("changed", "raw/e01.mkv"),
        ("missing", FILE),
    }

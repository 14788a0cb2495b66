"""New sources: into `raw/`, DVC and `params.yaml`, all of them or none."""

import errno
import os
import shutil
import subprocess
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
import yaml
from clips import scene
from dvc.repo import Repo
from killing import PROCESSES
from PIL import Image
from sources.served import Shelf, serving

from dramatis.core.errors import InputError, ParameterError, UserError
from dramatis.publish.contents import in_units
from dramatis.sources import add as adding
from dramatis.sources import tracked
from dramatis.sources.add import Wishes
from dramatis.sources.add import add as lines_of_add
from dramatis.sources.tracked import RAW

ODD = (
    "-dash.mp4",
    "100%.mp4",
    "a:b.mp4",
    "new\nline.mp4",
    "Zoë ガ.mp4",
    "  a  b .mp4",
    f"{'x' * 250}.mp4",
    "$(id).MP4",
)


def add(*sources, **wishes):
    return list(lines_of_add([str(source) for source in sources], Wishes(**wishes)))


def params():
    return yaml.safe_load(Path("params.yaml").read_text())


def videos():
    held = params()["videos"]
    return {key: entry["source"] for key, entry in held.items() if key not in ("e01", "e02")}


def state(top):
    """Everything in a project but for DVC's own files."""
    files = [
        file for file in top.rglob("*") if file.is_file() and not {".git", ".dvc"} & {*file.relative_to(top).parts}
    ]
    return {str(file.relative_to(top)): file.read_bytes() for file in files}


def test_one_file(project, clips):
    lines = add(clips / "e1.mp4", key="s01", title="Pilot")
    assert lines[0] == adding.RIGHT and lines[1] == "s01: raw/s01.mp4, 00:00:00.500, 160×90, 24 fps"
    assert videos() == {"s01": "raw/s01.mp4"} and "  # Pilot\n" in (project / "params.yaml").read_text()
    assert (RAW / "s01.mp4").read_bytes() == (clips / "e1.mp4").read_bytes()
    assert tracked.is_safe_to_delete(RAW / "s01.mp4")
    assert add(clips / "e2.mp4")[0].startswith("e2: raw/e2.mp4")  # one is reminded once


def test_dvc_and_git_see_it(project, clips):
    """With `/raw/*` in .gitignore DVC would take the whole folder for ignored, and push nothing of it."""
    add(clips / "e1.mp4")
    with Repo() as repo:
        with repo.config.edit() as config:
            config["remote"]["other"] = {"url": str(project.parent / "remote")}
        repo.push(remote="other")
    assert len([file for file in (project.parent / "remote").rglob("*") if file.is_file()]) == 1
    seen = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all", "raw"], capture_output=True, text=True, check=True
    )
    assert seen.stdout == "?? raw/e1.mp4.dvc\n"


def test_a_project_that_hides_them_is_told(project, clips):
    (project / ".gitignore").write_text("/raw/*\n!/raw/*.dvc\n")
    with pytest.raises(InputError, match=r"hides raw/ from DVC.*Write `/raw/\?\*`"):
        add(clips / "e1.mp4")
    assert not RAW.exists()


@pytest.mark.parametrize("name", [ODD[0], *(pytest.param(name, marks=pytest.mark.slow) for name in ODD[1:])])
def test_odd_names(project, clips, name):
    shutil.copy(clips / "e1.mp4", project.parent / name)
    os.chdir(project.parent)
    given = name if os.path.exists(name) else None
    os.chdir(project)
    add(project.parent / given)
    ((key, source),) = videos().items()
    assert source == f"raw/{key}.mp4" and (project / source).is_file()
    assert not set(source) - set("abcdefghijklmnopqrstuvwxyz0123456789_-./")


def test_a_folder_of_videos(project, clips):
    (clips / "sub").mkdir(exist_ok=True)
    for name in ("notes.txt", ".hidden.mp4", "sub/Episode 10.mp4", "sub/Episode 9.mp4"):
        (clips / name).write_bytes(b"no video")
    for name in ("sub/Episode 10.mp4", "sub/Episode 9.mp4"):
        (clips / name).unlink()
    add(clips)
    assert videos() == {f"e{n}": f"raw/e{n}.mp4" for n in (1, 2, 3)}


def test_pictures(project, tmp_path):
    folder = tmp_path / "Photos of Ann"
    folder.mkdir()
    for number in range(3):
        Image.fromarray(scene(number)).save(folder / f"{number}.png")
    (folder / ".DS_Store").write_text("x")
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        Image.fromarray(scene(7)).save(tmp_path / "7.png")
        archive.write(tmp_path / "7.png", "7.png")
    assert any("3 pictures" in line for line in add(folder, tmp_path / "more.zip"))
    assert videos() == {"photos-of-ann": "raw/photos-of-ann", "more": "raw/more.zip"}
    assert sorted(file.name for file in (RAW / "photos-of-ann").iterdir()) == ["0.png", "1.png", "2.png"]
    with pytest.raises(InputError, match="it is there already, as photos-of-ann"):
        add(folder)


def test_what_is_in_raw_stays_there(project, clips):
    RAW.mkdir()
    shutil.copy(clips / "e1.mp4", RAW / "Episode-1.mp4")
    shutil.copy(clips / "e2.mp4", RAW / "with space.mp4")
    add(RAW)
    assert videos() == {"episode-1": "raw/Episode-1.mp4", "with-space": "raw/with-space.mp4"}
    assert not (RAW / "with space.mp4").exists()


def test_moving(project, clips, tmp_path):
    shutil.copy(clips / "e1.mp4", tmp_path / "a.mp4")
    add(tmp_path / "a.mp4", moves=True)
    assert (RAW / "a.mp4").is_file() and not (tmp_path / "a.mp4").exists()


def test_the_same_file_twice(project, clips, tmp_path):
    add(clips / "e1.mp4")
    shutil.copy(clips / "e1.mp4", tmp_path / "other.mp4")
    before = state(project)
    with pytest.raises(InputError, match="it is there already, as e1"):
        add(tmp_path / "other.mp4")
    (RAW / "e1.mp4").unlink()  # not checked out: DVC knows its hash
    with pytest.raises(InputError, match="it is there already, as e1"):
        add(tmp_path / "other.mp4")
    with pytest.raises(InputError, match="1 of 2 sources: .*is the same as"):
        shutil.copy(clips / "e2.mp4", tmp_path / "x.mp4")
        add(tmp_path / "x.mp4", clips / "e2.mp4")
    assert {**state(project), "raw/e1.mp4": before["raw/e1.mp4"]} == before


def test_names_that_are_taken(project, clips, tmp_path):
    add(clips / "e1.mp4")
    shutil.copy(clips / "e2.mp4", tmp_path / "e1.mp4")
    add(tmp_path / "e1.mp4")
    assert videos() == {"e1": "raw/e1.mp4", "e1-2": "raw/e1-2.mp4"}
    for key, said in (("e1", "taken"), ("E1", "must match"), ("a" * 65, "64")):
        with pytest.raises(ParameterError, match=said):
            add(clips / "e3.mp4", key=key)
    with pytest.raises(ParameterError, match="one id for 3 sources"):
        add(clips, key="x")
    (RAW / "free.mp4").write_bytes(b"something else")
    with pytest.raises(InputError, match="another file is there already"):
        add(clips / "e3.mp4", key="free")


def test_all_is_looked_into_before_anything_is_written(project, clips, tmp_path):
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    (tmp_path / "empty.mp4").touch()
    before = state(project)
    with pytest.raises(InputError, match=r"2 of 3 sources: .*bad.mp4: ffmpeg cannot read it .*empty.mp4: it is empty"):
        add(clips / "e1.mp4", tmp_path / "bad.mp4", tmp_path / "empty.mp4")
    assert state(project) == before


def test_damage_is_taken_if_stage_frames_takes_it(project, media):
    cut = media / "broken" / "derived" / "asl_sister_truncated.mkv"
    with pytest.raises(InputError, match=r"it ends at 00:00:00.900 of 00:00:02.933. Get a whole copy"):
        add(cut)
    file = project / "params.yaml"
    file.write_text(file.read_text().replace("allow_partial: false      #", "allow_partial: true       #"))
    assert "raw/asl_sister_truncated.mkv, 00:00:00.900" in "".join(add(cut))


def test_nothing_is_written_by_a_dry_run(project, clips):
    before = state(project)
    lines = add(clips / "e1.mp4", dry_run=True)
    assert state(project) == before and not RAW.exists()
    assert "+  e1: {source: raw/e1.mp4}" in lines and lines[-1] == "Nothing was written"


def test_the_sample_goes_if_asked(project, clips):
    assert any("`--replace-sample` takes it out" in line for line in add(clips / "e1.mp4"))
    add(clips / "e2.mp4", replaces_sample=True)
    now = params()
    assert now["videos"] == {"e1": {"source": "raw/e1.mp4"}, "e2": {"source": "raw/e2.mp4"}}
    assert (now["film"]["titles"], now["runs"], now["cast"]["references"]) == ([], {}, "raw/references")
    assert (RAW / "references").is_dir()


def test_a_sample_that_nobody_draws_goes_by_itself(project, clips):
    file = project / "params.yaml"
    file.write_text(file.read_text().replace("titles: [sample]", "titles: []"))
    add(clips / "e1.mp4")
    assert list(params()["videos"]) == ["e1"]


def test_decisions_about_another_video_of_this_id_are_told(project, clips):
    cast = project / "cast.yaml"
    cast.write_text(cast.read_text().replace("reject:\n", "reject:\n  - e1@1.500:0.500,0.500\n"))
    assert any("cast.yaml decides 1 times about e1" in line for line in add(clips / "e1.mp4"))


@pytest.mark.parametrize(
    "error",
    (
        KeyboardInterrupt(),
        pytest.param(OSError(errno.ENOSPC, "full"), marks=pytest.mark.slow),
        pytest.param(InputError("raw", "DVC: busy", "Wait"), marks=pytest.mark.slow),
    ),
)
@pytest.mark.parametrize("where", ("copy", "track", "rewrite"))
def test_what_fails_is_undone(project, clips, monkeypatch, where, error):
    """The second of two copies, DVC after it has written, or the last write of all."""
    add(clips / "e3.mp4")
    before, calls = state(project), []

    def fails(do, after):
        def instead(*given):
            calls.append(given)
            if len(calls) > after:
                if where == "track":
                    do(*given)
                raise error
            return do(*given)

        return instead

    place = tracked if where == "track" else adding
    monkeypatch.setattr(place, where, fails(getattr(place, where), after=int(where == "copy")))
    with pytest.raises(type(error)):
        add(clips / "e1.mp4", clips / "e2.mp4")
    assert calls and state(project) == before


def test_a_download(project, clips):
    body = (clips / "e1.mp4").read_bytes()
    shelf = Shelf(body, cuts=[500])
    with serving({"/get.php": shelf}) as address:
        url = f"{address}/get.php?token=secret"
        assert add(url, dry_run=True)[1] == f"{address}/get.php: 'get.php', {in_units(len(body))}, to fetch"
        shelf.cuts = [500]
        add(url, key="web")
    assert (RAW / "web.mp4").read_bytes() == body and not adding.PARTS.exists()
    pointer = yaml.safe_load((RAW / "web.mp4.dvc").read_text())
    assert pointer["meta"]["from"] == f"{address}/get.php" and len(pointer["meta"]["sha256"]) == 64


def test_a_download_that_is_no_video_leaves_no_entry(project):
    with serving({"/a.mp4": Shelf(np.random.default_rng(0).bytes(4000))}) as address:
        before = (project / "params.yaml").read_bytes()
        with pytest.raises(InputError, match="ffmpeg cannot read it"):
            add(f"{address}/a.mp4")
    assert (project / "params.yaml").read_bytes() == before and not list(RAW.glob("*.mp4"))


def test_digests_of_local_files(project, clips):
    with pytest.raises(InputError, match="and you stated"):
        add(clips / "e1.mp4", sha256="0" * 64)
    with pytest.raises(ParameterError, match="one digest for 2 sources"):
        add(clips / "e1.mp4", clips / "e2.mp4", sha256="0" * 64)
    with pytest.raises(InputError, match="not 64 digits"):
        add(clips / "e1.mp4", sha256="12")


@pytest.mark.parametrize("source", ("me/faces", "hf://datasets/me/faces", "https://huggingface.co/datasets/me/faces"))
def test_a_dataset_of_the_hub_gets_a_hint(project, source):
    with pytest.raises(InputError, match="`hf download --repo-type dataset me/faces --local-dir raw/faces`"):
        add(source)


@pytest.mark.parametrize("source", ("videos/pilot.mp4", "stages/pilot", "pilot"))
def test_a_wrong_path_gets_none(project, source):
    (project / "stages").mkdir()
    with pytest.raises(InputError, match="there is no such file or folder") as error:
        add(source)
    assert "hf download" not in str(error.value)


def _add_and_tell(top, sources, begun=None):
    os.chdir(top)
    if begun:
        begun.set()
    try:
        add(*sources)
    except UserError:
        os._exit(3)
    os._exit(0)


@pytest.mark.slow
def test_two_at_once(project, clips):
    both = [PROCESSES.Process(target=_add_and_tell, args=(project, [clips / f"e{n}.mp4"])) for n in (1, 2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    done = [f"e{n}" for n, process in zip((1, 2), both, strict=True) if process.exitcode == 0]
    assert done and sorted(videos()) == done and {file.stem for file in RAW.glob("*.mp4")} == set(done)


@pytest.mark.slow
@pytest.mark.parametrize("delay_s", (0.1, 0.4, 0.8, 1.2, 1.6, 2.0))
def test_after_a_kill_the_same_command_does_it(project, clips, delay_s):
    process = PROCESSES.Process(target=_add_and_tell, args=(project, [clips / "e1.mp4"], begun := PROCESSES.Event()))
    process.start()
    assert begun.wait(60)
    time.sleep(delay_s)
    process.kill()
    process.join()
    assert params()["videos"]  # whole, with or without the entry
    if "e1" not in videos():
        add(clips / "e1.mp4")
    assert videos() == {"e1": "raw/e1.mp4"} and tracked.is_safe_to_delete(RAW / "e1.mp4")
    assert sorted(file.name for file in RAW.iterdir()) == ["e1.mp4", "e1.mp4.dvc"]

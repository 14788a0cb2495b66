"""Places, refusals, dry runs, and a folder to publish to."""

import pytest
from publishable import write_project, write_story

from dramatis.core.errors import InputError, ParameterError
from dramatis.publish.contents import total
from dramatis.publish.dataset import dataset_contents
from dramatis.publish.model import model_contents
from dramatis.publish.params import PublishParams
from dramatis.publish.places import Hub, Remote, place_of
from dramatis.publish.run import Wishes, publish, rehearse, rehearsed
from dramatis.publish.story import story_contents

KINDS = ("model", "dataset", "story")
HUBS = {"model": "hf://me/cast", "dataset": "hf://datasets/me/cast", "story": "hf://datasets/me/cast"}


@pytest.fixture
def project(tmp_path):
    return write_project(tmp_path / "project")


@pytest.fixture
def bare(tmp_path):
    return write_project(tmp_path / "project", None)


def contents_of(kind, project, license_id="cc0-1.0", **limits):
    if kind == "model":
        return model_contents("solo", ["solo"], license_id, PublishParams(**limits), project)
    if kind == "story":
        return story_contents("lost", ["lost"], license_id, "drawn", project)
    return dataset_contents(license_id, project)


def files(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [
        ("hf://datasets/me/cast", "dataset", Hub("me/cast", "dataset")),
        ("hf://datasets/me/cast.v1/", "story", Hub("me/cast.v1", "dataset")),
        ("hf://me/cast", "model", Hub("me/cast", "model")),
        ("dvc://store", "model", Remote("store")),
    ],
)
def test_places(text, kind, place):
    assert place_of(text, kind) == place
    assert str(place_of(text, kind)) == text.rstrip("/")


@pytest.mark.parametrize("text", ["hf://datasets/me/a/b", "hf://me", "s3://x", "dvc://a/b", "", " "])
def test_an_address_that_is_none_is_an_error(text):
    with pytest.raises(ParameterError, match="it must be a folder, dvc://<remote>, hf://<user>/<name> for a model"):
        place_of(text, "model")


@pytest.mark.parametrize("name", ["me/a--b", "me/.a", "me/a.git", "me/a b", f"me/{'a' * 100}"])
def test_a_name_that_the_hub_does_not_take(name):
    with pytest.raises(ParameterError, match="the hub takes no such name"):
        place_of(f"hf://{name}", "model")


@pytest.mark.parametrize(
    ("text", "kind", "remedy"),
    [
        ("hf://datasets/me/cast", "model", "Say hf://me/cast"),
        ("hf://me/cast", "dataset", "Say hf://datasets/me/cast"),
        ("hf://me/cast", "story", "Say hf://datasets/me/cast"),
    ],
)
def test_a_repository_of_another_kind(text, kind, remedy):
    with pytest.raises(ParameterError, match=remedy):
        place_of(text, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_is_a_copy_of_all_that_was_shown(kind, project, tmp_path):
    contents = contents_of(kind, project)
    lines = publish(contents, str(tmp_path / "out"), Wishes(), project)
    assert files(tmp_path / "out") == {entry.name: entry.read() for entry in contents.files}
    assert lines == [f"{total(contents.files)}, copied to {tmp_path / 'out'}"]


def test_the_dataset_without_a_lock_file_is_sent_byte_for_byte(project, tmp_path):
    (project / "data/dataset/.hidden").write_text("not for others")
    publish(contents_of("dataset", project), str(tmp_path / "out"), Wishes(), project)
    (project / "data/dataset/.hidden").unlink()
    assert files(tmp_path / "out") == files(project / "data/dataset")


@pytest.mark.parametrize("kind", KINDS)
def test_a_licence_is_asked_for_and_never_assumed(kind, bare, tmp_path):
    contents = contents_of(kind, bare, None)
    key = {"model": "release.license", "dataset": "dataset.license", "story": "publish.story_license"}[kind]
    with pytest.raises(ParameterError, match=f"{key}: nobody said what this may be used for. Set `{key}` in params"):
        publish(contents, str(tmp_path / "out"), Wishes(), bare)
    assert not (tmp_path / "out").exists()
    publish(contents, str(tmp_path / "out"), Wishes(no_license=True), bare)
    assert "license:" not in (tmp_path / "out/README.md").read_text()


def test_a_model_below_the_limits_is_refused_with_its_figures(project, tmp_path):
    contents = contents_of("model", project, min_recscore=0.95, max_copy_risk=0.5)
    said = r"run solo: not published: recscore is 0.900 \[0.80, 0.95\], at least 0.95 is asked; copy risk is 0.600"
    with pytest.raises(InputError, match=said):
        publish(contents, str(tmp_path / "out"), Wishes(), project)
    assert not (tmp_path / "out").exists()
    publish(contents, str(tmp_path / "out"), Wishes(anyway=True), project)
    assert "Published in spite of" in (tmp_path / "out/README.md").read_text()


def test_a_story_with_a_flagged_panel_is_refused_and_the_panel_named(project, tmp_path):
    write_story(project, "a stranger is seen")
    contents = contents_of("story", project)
    with pytest.raises(InputError, match="story lost: not published: panel 2: a stranger is seen. Mend that, or say"):
        publish(contents, str(tmp_path / "out"), Wishes(), project)
    publish(contents, str(tmp_path / "out"), Wishes(anyway=True), project)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("to", ["out", "dvc://store", "hub"])
def test_a_dry_run_sends_nothing_and_shows_every_file_and_the_card(to, kind, bare, tmp_path):
    contents, to = contents_of(kind, bare, None), HUBS[kind] if to == "hub" else to
    before = files(tmp_path)
    text = "\n".join(rehearse(contents, to, Wishes(), bare))
    told = rehearsed(contents, to, Wishes(), bare)
    assert files(tmp_path) == before
    assert text.startswith(f"would go to {to}\n")
    assert "licence: none said, so it would be refused" in text and told["refused"]
    assert all(line in text for line in told["card"].splitlines()) and text.endswith("nothing was sent")
    assert bool(told["card"]) or (kind == "story" and to.startswith("dvc"))
    for file in told["files"]:
        assert f"{file['file']} " in text and f"{file['bytes']:,} B" in text
    if not to.startswith("dvc"):
        assert {file["file"]: file["bytes"] for file in told["files"]} == {
            entry.name: len(entry.read()) for entry in contents.files
        }
    assert told["bytes"] == sum(file["bytes"] for file in told["files"])


def test_a_dry_run_says_what_stands_against_it(project):
    contents = contents_of("model", project, min_recscore=0.95)
    text = "\n".join(rehearse(contents, "out", Wishes(), project))
    assert "against it: recscore is 0.900 [0.80, 0.95], at least 0.95 is asked; so it would be refused" in text
    assert "passed over (--anyway)" in "\n".join(rehearse(contents, "out", Wishes(anyway=True), project))
    assert not rehearsed(contents, "out", Wishes(anyway=True), project)["refused"]


def test_what_is_taken_stays(project, tmp_path):
    contents = contents_of("model", project)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for send in (publish, rehearse):
        for to, said in (("out", "not empty"), ("file", "it is no folder"), ("file/below", "it is no folder")):
            with pytest.raises(InputError, match=said):
                send(contents, str(tmp_path / to), Wishes(), project)
        with pytest.raises(InputError, match="may not be in models"):
            send(contents, str(project / "models/here"), Wishes(), project)
    assert files(tmp_path / "out") == {"mine": b"mine"}


@pytest.mark.parametrize(
    ("to", "wishes", "said"),
    [
        ("out", Wishes(public=True), "only the hub"),
        ("dvc://store", Wishes(public=True), "only the hub"),
        ("hf://a/b", Wishes(tag="v1"), "only a DVC remote"),
    ],
)
def test_an_option_of_another_place(to, wishes, said, project):
    with pytest.raises(ParameterError, match=said):
        publish(contents_of("model", project), to, wishes, project)

"""What would be sent, and a folder to send it to."""

import pytest
from tiny_dataset import write_dataset

from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.publish.contents import in_units, license_of, read_contents
from dramatis.publish.places import Hub, Remote, place_of
from dramatis.publish.run import publish


@pytest.fixture
def dataset(tmp_path):
    return write_dataset(tmp_path / "data/dataset", "cc0-1.0")


@pytest.fixture
def bare(tmp_path):
    return write_dataset(tmp_path / "data/dataset")


def files(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("hf://datasets/me/cast", Hub("me/cast")),
        ("hf://datasets/me/cast.v1/", Hub("me/cast.v1")),
        ("dvc://store", Remote("store")),
    ],
)
def test_places(text, place):
    assert place_of(text) == place
    assert str(place_of(text)) == text.rstrip("/")


@pytest.mark.parametrize(
    "text", ["hf://me/cast", "hf://datasets/me", "hf://datasets/me/a/b", "s3://x", "dvc://a/b", ""]
)
def test_an_address_that_is_none_is_an_error(text):
    with pytest.raises(ParameterError, match="it must be a folder, dvc://<remote>, or hf://datasets/<user>/<name>"):
        place_of(text)


def test_a_folder_is_a_copy(dataset, tmp_path):
    (dataset / ".hidden").write_text("not for others")
    lines = publish(str(tmp_path / "out"), dataset, project=tmp_path)
    (dataset / ".hidden").unlink()
    assert files(tmp_path / "out") == files(dataset)
    assert lines == [
        f"{len(files(dataset))} files, {in_units(read_contents(dataset).size)}, copied to {tmp_path / 'out'}"
    ]


def test_a_licence_is_asked_for_and_never_assumed(bare, tmp_path):
    with pytest.raises(ParameterError, match="nobody said what these pictures may be used for"):
        publish(str(tmp_path / "out"), bare, project=tmp_path)
    assert not (tmp_path / "out").exists()
    publish(str(tmp_path / "out"), bare, no_license=True, project=tmp_path)
    assert "license" not in (tmp_path / "out/README.md").read_text()


def test_a_card_that_says_something_else_than_the_parameters_is_old(dataset, tmp_path):
    with pytest.raises(ParameterError, match="the card says cc0-1.0, .* says mit. Run `dvc repro`"):
        publish(str(tmp_path / "out"), dataset, said_license="mit", project=tmp_path)


@pytest.mark.parametrize("to", ["out", "dvc://store", "hf://datasets/me/cast"])
def test_a_dry_run_sends_nothing_and_shows_every_file_and_the_card(to, bare, tmp_path):
    before = files(tmp_path)
    text = "\n".join(publish(to, bare, dry_run=True, project=tmp_path))
    assert files(tmp_path) == before
    assert text.startswith(f"would go to {to}\n")
    assert all(name in text for name in files(bare))
    assert "licence: none said, so it would be refused" in text
    assert "  # A cast" in text
    assert text.endswith("nothing was sent")


def test_what_is_taken_stays(dataset, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine").write_text("mine")
    for dry_run in (True, False):
        with pytest.raises(InputError, match="not empty"):
            publish(str(tmp_path / "out"), dataset, project=tmp_path, dry_run=dry_run)
    assert files(tmp_path / "out") == {"mine": b"mine"}


@pytest.mark.parametrize(
    ("to", "options", "said"),
    [("out", {"public": True}, "only the hub"), ("hf://datasets/a/b", {"tag": "v1"}, "only a DVC remote")],
)
def test_an_option_of_another_place(to, options, said, dataset, tmp_path):
    with pytest.raises(ParameterError, match=said):
        publish(to, dataset, project=tmp_path, **options)


def test_no_dataset(tmp_path):
    with pytest.raises(MissingError, match="stage dataset makes it"):
        publish("out", tmp_path / "data/dataset", project=tmp_path)


@pytest.mark.parametrize(
    ("card", "license_id"),
    [
        ("---\nlicense: mit\nconfigs: []\n---\n# x\n", "mit"),
        ("---\nconfigs: []\n---\n", None),
        ("---\nlicense: null\n---\n", None),
        ("# license: mit\n", None),
        ("---\n[]\n---\n", None),
    ],
)
def test_the_licence_is_read_from_the_header_of_the_card(card, license_id):
    assert license_of(card, "README.md") == license_id


def test_a_header_that_is_no_yaml_is_an_error():
    with pytest.raises(InputError, match="its header is not valid YAML"):
        license_of("---\na: [\n---\n", "README.md")


@pytest.mark.parametrize(("size", "said"), [(999, "999 B"), (1000, "1.0 kB"), (2_345_678, "2.3 MB"), (9e12, "9.0 TB")])
def test_sizes(size, said):
    assert in_units(size) == said

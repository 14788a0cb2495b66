"""The list that comes with the code: whole, safe, and fitting the presets and the parameters."""

import pytest
from conftest import TOP

from dramatis.core.errors import ParameterError
from dramatis.core.params import read_yaml
from dramatis.models.manifest import folder_of, is_fetched, is_safe, manifest, read_entries
from dramatis.models.wanted import KEYS, missing_weights, named_weights, names_for

PRESETS = sorted((TOP / "presets").glob("*.yaml"))


def test_what_presets_name_under_models_real_is_on_the_list_or_a_choice_of_one_s_own():
    own = {str(each.path) for file in PRESETS for each in named_weights(read_yaml(file)) if not each.name}
    assert own == {"models/real/sdxl-style"}


def test_what_a_preset_wants():
    assert names_for(read_yaml(TOP / "presets/anime.yaml")) == ["anime-detect", "openseeface", "ccip", "wd14"]
    assert names_for(read_yaml(TOP / "presets/dreambooth.yaml")) == ["sd15"]


def test_the_default_lacks_nothing(monkeypatch):
    monkeypatch.chdir(TOP)
    assert missing_weights(read_yaml(TOP / "params.yaml")) == []


def test_entries_say_what_they_are_and_which_key_takes_them():
    known = {*KEYS, "runs.<run>.base", "regularization.<source>.path"}
    for entry in manifest().values():
        assert entry.what and entry.licence and set(entry.keys) <= known


def test_every_commit_is_stated_in_full_or_not_at_all():
    for name, entry in manifest().items():
        for file, source in entry.files.items():
            assert source.revision is None or len(source.revision) == 40, (name, file)
            assert source.sha256 is None or source.size, (name, file)
            assert source.url is None or source.sha256, (name, file)  # nobody else tells the hash of an address


def test_hashes_of_files_that_lie_among_the_test_media(media):
    from dramatis.core.digests import file_digest

    stated = {
        source.sha256: source.size for entry in manifest().values() for source in entry.files.values() if source.url
    }
    files = ("yunet_s_640_640.onnx", "lm_model0_opt.onnx", "MobileFaceNet.onnx")
    assert stated == {file_digest(file): file.stat().st_size for file in (media / "weights" / name for name in files)}


def test_two_entries_never_share_a_folder():
    folders = [folder_of(name, entry) for name, entry in manifest().items()]
    assert len(set(folders)) == len(folders)


@pytest.mark.parametrize(
    ("path", "safe", "fetched"),
    [
        ("model.onnx", True, True),
        ("unet/a.safetensors", True, True),
        ("LICENSE.md", True, True),
        ("pytorch_model.bin", True, False),
        ("run.py", True, False),
        ("../a.onnx", False, False),
        ("/etc/a.onnx", False, False),
        ("a/../../b.json", False, False),
        (".git/config.json", False, False),
        ("a\\..\\b.json", False, False),
        ("a\nb.json", False, False),
        ("", False, False),
    ],
)
def test_paths(path, safe, fetched):
    assert (is_safe(path), is_fetched(path)) == (safe, fetched)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("a: {files: {x.bin: {hub: a/b}}}", "must be a path below the folder that ends in .safetensors"),
        ("a: {files: {x.onnx: {url: 'http://example.org/x.onnx'}}}", "must begin with https://"),
        ("a: {files: {x.onnx: {}}}", "must have either a repository"),
        ("a: {hub: a/b, files: {x.onnx: {sha256: abc}}}", "must match"),
        ("a: {hub: a/b, folder: ../up, files: {x.onnx: }}", "must be a path below models/real"),
        ("a: {hub: a/b, file: {}, files: {x.onnx: }}", "a.file: unknown key"),
    ],
)
def test_a_bad_entry_is_one_line(entry, said):
    with pytest.raises(ParameterError, match=said):
        read_entries(entry, "manifest")

"""What git keeps of models/, and what DVC, which reads the same file in its own way, looks into."""

import shutil

import pytest
from conftest import TOP
from scmrepo.git import Git


@pytest.fixture
def repository(tmp_path):
    shutil.copy(TOP / ".gitignore", tmp_path)
    for file in (
        "real/deepghs/detect.dvc",
        "real/deepghs/detect/face.onnx",
        "real/wd14.dvc",
        "pocket/x",
        "solo/step-1/x",
    ):
        (tmp_path / "models" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "models" / file).touch()
    (tmp_path / "models/real.lock").touch()
    return Git.init(str(tmp_path))


def test_git_keeps_what_is_small_and_no_weights(repository):
    kept = {"models/real.lock", "models/real/wd14.dvc", "models/real/deepghs/detect.dvc", "models/pocket/x"}
    assert not [file for file in kept if repository.is_ignored(file)]
    left = ["models/real/deepghs/detect/face.onnx", "models/real/wd14/model.onnx", "models/solo/step-1/x"]
    assert all(repository.is_ignored(file) for file in left)


def test_dvc_looks_into_the_folders_of_weights_and_not_into_the_pocket_models(repository):
    assert not [each for each in ("models/", "models/real/", "models/real/deepghs/") if repository.is_ignored(each)]
    assert repository.is_ignored("models/pocket/")

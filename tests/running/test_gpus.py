"""Which stages work on a GPU, and which GPU they get."""

import pytest
from conftest import TOP

from dramatis.core.params import read_yaml
from dramatis.running import gpus


def params(**changes):
    found = read_yaml(TOP / "params.yaml")
    for path, value in changes.items():
        *above, last = path.split("__")
        place = found
        for key in above:
            place = place.setdefault(key, {})
        place[last] = value
    return found


@pytest.mark.parametrize(
    ("address", "keys", "changes", "wants"),
    [
        ("train@solo", ["train", "runs.solo"], {}, False),
        ("train@solo", ["train", "runs.solo"], {"train__device": "cuda"}, True),
        (
            "train@solo",
            ["train", "runs.solo"],
            {"train__device": "cuda", "runs__solo__train": {"device": "cpu"}},
            False,
        ),
        ("train@solo", ["train", "runs.solo"], {"runs__solo__train": {"device": "cuda"}}, True),
        (
            "score@solo",
            ["score", "runs.solo"],
            {"train__device": "cuda", "runs__solo__train": {"device": "cuda"}},
            False,
        ),
        ("preview@solo", ["preview", "runs.solo"], {"preview__drawing__device": "cuda"}, True),
        ("p/dvc.yaml:tag@e01", ["tag"], {"tag__sentence__device": "cuda"}, True),
        ("p/dvc.yaml:detect@e01", ["detect", "embed.providers"], {"embed__providers": ["CUDAExecutionProvider"]}, True),
        ("p/dvc.yaml:detect@e01", ["detect", "embed.weights"], {"embed__providers": ["CUDAExecutionProvider"]}, False),
        ("cast", ["cast", "no.such.key"], {}, False),
    ],
)
def test_what_wants_a_gpu(address, keys, changes, wants):
    assert gpus.wants_gpu(address, keys, params(**changes)) == wants


def test_the_gpus_that_may_be_used(tmp_path, monkeypatch):
    assert gpus.visible({gpus.VISIBLE: "2, GPU-ab"}) == ["2", "GPU-ab"] and gpus.visible({gpus.VISIBLE: ""}) == ["0"]
    assert gpus.visible({}, tmp_path / "none") == ["0"]
    for name in ("0000:01", "0000:02"):
        (tmp_path / name).mkdir()
    assert gpus.visible({}, tmp_path) == ["0", "1"]
    monkeypatch.setenv(gpus.VISIBLE, "4,7")
    assert gpus.slots(None) == ["4", "7"] and gpus.slots(1) == ["4"] and gpus.slots(3) == ["4", "7", "4"]

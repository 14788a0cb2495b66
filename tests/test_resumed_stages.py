"""Stages that look at a whole film: killed half way and run again, they look at the rest alone, and write the same."""

from functools import partial
from pathlib import Path

import pytest
from conftest import TOP

from dramatis.backends.embed import EmbedChoice
from dramatis.core.params import load_params
from dramatis.core.resume import FOLDER
from dramatis.detect import run as detect
from dramatis.detect.params import DetectParams
from dramatis.embed import run as embed
from dramatis.embed.params import EmbedParams
from dramatis.landmark import run as landmark
from dramatis.landmark.params import LandmarkParams
from dramatis.tag import run as tag
from dramatis.tag.params import TagParams

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (TOP / "data/tags/e02").is_dir(), reason="no data: run `dvc repro` or `dvc pull`"),
]


class Cut(Exception):
    """Stands for whatever ends a stage."""


def params(section, kind):
    return load_params(section, kind, TOP / "params.yaml")


DATA = Path("data")
PIECES = {"frames": DATA / "frames/e02", "detections": DATA / "detections/e02"}
CROPS = {"crops": DATA / "crops/e02/crops.parquet", "scenes": DATA / "crops/e02/scenes.parquet"}
STAGES = {
    "detect": (detect, DetectParams, {"embedder": EmbedChoice, "frames": PIECES["frames"]}, "detections"),
    "embed": (embed, EmbedParams, PIECES, "embeddings"),
    "landmark": (landmark, LandmarkParams, PIECES, "landmarks"),
    "tag": (tag, TagParams, {"video": "e02", **CROPS}, "tags"),
}


@pytest.mark.parametrize("name", STAGES)
def test_same_bytes_and_no_item_twice(name, tmp_path, monkeypatch):
    module, kind, given, folder = STAGES[name]
    for part in ("data", "models/pocket"):
        (tmp_path / part).parent.mkdir(exist_ok=True)
        (tmp_path / part).symlink_to(TOP / part)
    monkeypatch.chdir(tmp_path)
    made, mapped = [], module.map_in_order
    more = {key: params("embed", value) if value is EmbedChoice else value for key, value in given.items()}

    def run(out, cut_after=None):
        def cut(load, work, items, *rest, **named):
            for result in mapped(load, partial(counted, work), items, *rest, **named):
                yield result
                if len(made) == cut_after:
                    raise Cut

        monkeypatch.setattr(module, "map_in_order", cut)
        module.run(params(name, kind), **more, out=Path(out) / "e02")
        return {file.name: file.read_bytes() for file in (Path(out) / "e02").iterdir()}

    def counted(work, model, item):
        made.append(item)
        return work(model, item)

    with pytest.raises(Cut):
        run("cut", cut_after=20)
    assert len(made) == 20 and len(list(FOLDER.iterdir())) == 1
    written = run("cut")
    assert not list(FOLDER.iterdir())
    looked_at = len(made)
    made.clear()
    assert written == run("whole") == {file.name: file.read_bytes() for file in (DATA / folder / "e02").iterdir()}
    assert looked_at == len(made)

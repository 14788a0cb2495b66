import numpy as np
import onnx
import pytest
from builders import character_row, crop_row, write
from onnx import TensorProto, helper

from dramatis.caption.params import CaptionParams, PruneCore
from dramatis.caption.run import run
from dramatis.core.errors import ParameterError
from dramatis.core.params import load_params
from dramatis.core.tables import read_rows

SCORES = {"1person": 0.9, "head": 0.9, "red_hair": 0.6, "forest": 0.8, "ada": 0.7, "upper_body": 0.5, "dark": 0.2}


@pytest.fixture
def weights(tmp_path):
    """A tagger that says the same of every picture."""
    folder = tmp_path / "wd14"
    folder.mkdir()
    scores = np.array([list(SCORES.values())], np.float32)
    nodes = [
        helper.make_node("ReduceMean", ["input", "axes"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nought"]),
        helper.make_node("Add", ["nought", "scores"], ["output"]),
    ]
    constants = {"axes": np.array([1, 2, 3]), "zero": np.zeros(1, np.float32), "scores": scores}
    graph = helper.make_graph(
        nodes,
        "tagger",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 8, 8, 3])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, len(SCORES)])],
        [onnx.numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, folder / "model.onnx")
    listed = "".join(f"{n},{name},0,1\n" for n, name in enumerate(SCORES))
    (folder / "selected_tags.csv").write_text("tag_id,name,category,count\n" + listed)
    return folder


@pytest.fixture
def shards(tmp_path):
    crops = [
        crop_row(0),
        crop_row(1, stage="full", character="bela", others=["ada"], people=2),
        crop_row(2),
        crop_row(3, rejected_by="near_duplicate", image=b""),
    ]
    return write(tmp_path / "in", crops=crops, characters=[character_row("ada"), character_row("bela", "b3la")])


@pytest.fixture
def params(weights):
    return CaptionParams(
        backend="wd14",
        weights=str(weights),
        style="toon",
        outfit=False,
        min_score={"general": 0.35},
        max_tags=2,
        order="score",
        stage_words={"full": "full body", "upper": "upper body", "head": "head"},
        people_words={1: "1person"},
        exclude=(),
        prune_core=None,
    )


def captions(params, shards, out, human=None):
    run(params, "v", human or {}, **shards, out=out)
    return {row["crop_id"]: row for row in read_rows(out / "captions.parquet", "caption")}


def test_name_others_style_people_stage_tags(params, shards, tmp_path):
    rows = captions(params, shards, tmp_path / "out")
    assert len(rows) == 3
    assert rows["v-000000-00-head"]["caption"] == "ada, toon, 1person, head, forest, red hair"
    assert rows["v-000000-00-head"]["tags"] == ["forest", "red hair"]
    assert rows["v-000000-00-head"]["tagger"].startswith("wd14:")
    assert rows["v-000001-00-full"]["caption"] == "b3la, ada, toon, full body, forest, red hair"


def test_of_a_figure_that_the_frame_cuts_off_the_tagger_says_how_much_is_seen(params, shards, tmp_path):
    write(tmp_path / "in", crops=[crop_row(1, stage="full", cut_off=True)])
    rows = captions(params.model_copy(update={"max_tags": 5}), shards, tmp_path / "out")
    assert rows["v-000001-00-full"]["caption"] == "ada, toon, 1person, head, forest, red hair, upper body"


def test_an_outfit_that_has_a_name_is_said_if_asked_for(params, shards, tmp_path):
    write(tmp_path / "in", crops=[crop_row(0, outfit="o1", outfit_name="winter-coat"), crop_row(1, outfit="o2")])
    rows = captions(params, shards, tmp_path / "out")
    assert rows["v-000000-00-head"]["caption"] == "ada, toon, 1person, head, forest, red hair"
    rows = captions(params.model_copy(update={"outfit": True}), shards, tmp_path / "out")
    assert rows["v-000000-00-head"]["caption"] == "ada, toon, winter coat, 1person, head, forest, red hair"
    assert rows["v-000001-00-head"]["caption"] == "ada, toon, 1person, head, forest, red hair"


def test_the_order_of_the_list(params, shards, tmp_path):
    rows = captions(params.model_copy(update={"order": "list"}), shards, tmp_path / "out")
    assert rows["v-000000-00-head"]["caption"] == "ada, toon, 1person, head, red hair, forest"
    assert rows["v-000000-00-head"]["tags"] == ["forest", "red hair"]  # still most certain first


def test_core_tags_can_go(params, shards, tmp_path):
    pruned = params.model_copy(update={"prune_core": PruneCore(min_share=0.5, words=("hair",))})
    rows = captions(pruned, shards, tmp_path / "out")
    assert rows["v-000000-00-head"]["caption"] == "ada, toon, 1person, head, forest"
    assert "red hair" in rows["v-000001-00-full"]["caption"]  # bela has no crop of her own


def test_a_person_s_caption_wins(params, shards, tmp_path):
    rows = captions(params, shards, tmp_path / "out", {"v-000000-00-head": "ada, laughing"})
    assert rows["v-000000-00-head"] == {
        "crop_id": "v-000000-00-head",
        "caption": "ada, laughing",
        "trigger": "ada",
        "tags": [],
        "origin": "human",
        "tagger": None,
    }
    assert rows["v-000002-00-head"]["origin"] == "auto"


def test_a_fault_leaves_what_was_there(params, shards, tmp_path):
    captions(params, shards, tmp_path / "out")
    before = (tmp_path / "out/captions.parquet").read_bytes()
    with pytest.raises(ParameterError, match="no such crop"):
        captions(params, shards, tmp_path / "out", {"v-000009-00-head": "x"})
    assert (tmp_path / "out/captions.parquet").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_equal_bytes(params, shards, tmp_path):
    captions(params, shards, tmp_path / "a")
    captions(params, shards, tmp_path / "b")
    assert (tmp_path / "a/captions.parquet").read_bytes() == (tmp_path / "b/captions.parquet").read_bytes()


def test_the_project_s_own_parameters_are_valid():
    assert load_params("caption", CaptionParams).backend == "wd14"

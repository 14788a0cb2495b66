import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from dramatis.backends.tag import load_tagger
from dramatis.backends.tag.wd14 import prepared
from dramatis.core.errors import InputError, MissingError

LIST = "tag_id,name,category,count\n1,blue_hair,0,9\n2,green_hair,0,8\n3,red_hair,0,7\n4,^_^,0,6\n"


@pytest.fixture
def folder(tmp_path):
    """A tagger whose first three scores are the mean of each channel, in the order blue, green, red, over 255."""
    scale = np.zeros((3, 4), np.float32)
    scale[:, :3] = np.eye(3) / 255
    nodes = [
        helper.make_node("ReduceMean", ["input", "axes"], ["mean"], keepdims=0),
        helper.make_node("MatMul", ["mean", "scale"], ["output"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tagger",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 8, 8, 3])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["N", 4])],
        [onnx.numpy_helper.from_array(scale, "scale"), onnx.numpy_helper.from_array(np.array([1, 2]), "axes")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, tmp_path / "model.onnx")
    (tmp_path / "selected_tags.csv").write_text(LIST)
    return tmp_path


def test_worked_example(folder):
    red = np.zeros((20, 20, 3), np.uint8)
    red[..., 0] = 255
    tagger = load_tagger("wd14", folder)
    scores = tagger.scores([red, red[:10]])
    assert scores.shape == (2, 4)
    assert scores[0].tolist() == pytest.approx([0, 0, 1, 0])
    assert scores[1].tolist() == pytest.approx([0.5, 0.5, 1, 0])  # half of the square is white
    assert [tag.name for tag in tagger.tags] == ["blue_hair", "green_hair", "red_hair", "^_^"]
    assert tagger.model.startswith("wd14:")


def test_no_picture_gives_no_rows(folder):
    assert load_tagger("wd14", folder).scores([]).shape == (0, 4)


def test_a_picture_s_scores_do_not_depend_on_the_others(folder):
    images = [np.random.default_rng(n).integers(0, 255, (9 + n, 12, 3)).astype(np.uint8) for n in range(3)]
    tagger = load_tagger("wd14", folder)
    assert (tagger.scores(images)[1] == tagger.scores(images[1:2])[0]).all()


def test_prepared_is_a_white_padded_bgr_square():
    got = prepared(np.full((2, 4, 3), (10, 20, 30), np.uint8), 4)
    assert got.dtype == np.float32
    assert got[0, 0].tolist() == [255, 255, 255]
    assert got[1, 0].tolist() == [30, 20, 10]


def test_all_categories_of_the_real_lists(folder):
    (folder / "selected_tags.csv").write_text("tag_id,name,category,count\n1,a,0,1\n2,b,4,1\n3,c,9,1\n4,d,77,1\n")
    assert [tag.category for tag in load_tagger("wd14", folder).tags] == ["general", "character", "rating", "77"]


@pytest.mark.parametrize("name", ["model.onnx", "selected_tags.csv"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(MissingError, match=name):
        load_tagger("wd14", folder)


def test_what_is_no_model_is_said_in_one_line(folder):
    (folder / "model.onnx").write_bytes(b"no model")
    with pytest.raises(InputError, match=r"model\.onnx: not a model that onnxruntime can run") as error:
        load_tagger("wd14", folder)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text, said",
    [
        ("a,b\n1,2\n", "no columns"),
        (LIST + "5,x,0,1\n", "lists 5 tags"),
        (LIST[:-4], "tag 4 is cut off"),
        (LIST + '9,"x', "no list"),
    ],
)
def test_a_list_of_another_layout(folder, text, said):
    (folder / "selected_tags.csv").write_text(text)
    with pytest.raises(InputError, match=said):
        load_tagger("wd14", folder)

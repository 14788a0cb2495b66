"""Pictures, archives, texts and weights that are made to do harm: one line each, little memory, little time."""

import os
import re

import onnx
import pytest
from onnx import TensorProto, helper
from tiny_onnx import constant_yolo

from dramatis.backends.detect import yunet
from dramatis.backends.onnx import open_session
from dramatis.backends.onnx_files import check_onnx
from dramatis.bench import fuzz_hostile
from dramatis.bench.fuzz_child import run_case
from dramatis.bench.fuzz_kinds import read_captions, read_cast, read_picture, read_pictures, read_safetensors
from dramatis.core.errors import InputError, ParameterError
from dramatis.core.images import read_image
from dramatis.core.params import read_yaml
from dramatis.core.stills import Still, frames_of
from dramatis.frames.sources import stills_of

LIMIT_MB = 1500


def harmless(read, file, data):
    """What comes of a file in a process of its own; fails on a crash, a hang and too much memory."""
    file.write_bytes(data)
    outcome = run_case(read, file)
    assert outcome.kind in ("ok", "error"), outcome
    assert outcome.peak_mb < LIMIT_MB, outcome
    return outcome


@pytest.mark.parametrize("name", fuzz_hostile.pictures())
def test_pictures(tmp_path, name):
    outcome = harmless(read_picture, tmp_path / "a.png", fuzz_hostile.pictures()[name])
    assert outcome.kind == "error", name


@pytest.mark.slow
@pytest.mark.parametrize("name", fuzz_hostile.zips())
def test_zips(tmp_path, name):
    assert harmless(read_pictures, tmp_path / "a.zip", fuzz_hostile.zips()[name]).kind == "error"


@pytest.mark.parametrize("name", fuzz_hostile.safetensors())
def test_weights(tmp_path, name):
    assert harmless(read_safetensors, tmp_path / "a.safetensors", fuzz_hostile.safetensors()[name]).kind == "error"


GOOD = ("mark of UTF-8",)
SLOW = ("a million keys", "40 MB", "number of a million digits")


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n in SLOW)) for n in fuzz_hostile.yamls()]
)
def test_texts(tmp_path, name):
    data = fuzz_hostile.yamls()[name]
    outcome = harmless(read_yaml, tmp_path / "a.yaml", data)
    assert (outcome.kind == "ok") == (name in GOOD), outcome
    for read in (read_cast, read_captions):
        assert harmless(read, tmp_path / "a.yaml", data).kind == "error"
    assert not os.path.exists("/tmp/dramatis-was-here")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", r":3: .*the key 'a' stands here and in line 1"),
        ("a:\n  b: 2024-13-45\n", r":2: .*'2024-13-45' cannot be read .*text goes in quotes"),
        ("x: 1\na: !!int x\n", r":2: .*'x' cannot be read"),
        ("a: &a [1]\nb: &b [*a, *b]\n", r":2: this value holds itself"),
        ('a: 1\nb: "\\0"\n', r":2: .*U\+0000"),
        ("[" * 60, r":1: more than 50 lists and mappings"),
    ],
)
def test_what_is_wrong_with_a_text_has_a_line(tmp_path, text, said):
    file = tmp_path / "params.yaml"
    file.write_text(text)
    with pytest.raises(ParameterError, match=f"^{re.escape(str(file))}{said}"):
        read_yaml(file)


def test_ordinary_aliases_and_merges_are_read(tmp_path):
    file = tmp_path / "params.yaml"
    file.write_text("base: &base {a: 1, b: [2, 3]}\none: *base\ntwo: {<<: *base, a: 4}\n")
    value = read_yaml(file)
    assert value["one"] == {"a": 1, "b": [2, 3]} and value["two"] == {"a": 4, "b": [2, 3]}


def test_pipes_and_endless_files_are_no_pictures(tmp_path):
    os.mkfifo(tmp_path / "a.png")
    with (tmp_path / "b.png").open("wb") as sparse:
        sparse.truncate(10 << 40)
    (tmp_path / "c.png").symlink_to("/dev/zero")
    for still, said in zip(stills_of(tmp_path), ("no regular file", "10485760 MiB", "no regular file"), strict=True):
        with pytest.raises(InputError, match=said):
            next(frames_of(still))
        with pytest.raises(InputError, match=said):
            read_image(tmp_path / still.file)
    os.mkfifo(tmp_path / "a.yaml")
    with pytest.raises(ParameterError, match="no regular file|no such file"):
        read_yaml(tmp_path / "a.yaml")


def test_an_error_is_one_line_whatever_a_file_is_called():
    still = Still("a\nb\x1b[31m\ud800.png", "a.png", None, lambda: b"nothing")
    with pytest.raises(InputError) as raised:
        next(frames_of(still))
    assert str(raised.value).startswith("a\\nb\\x1b[31m\\ud800.png: ") and "\n" not in str(raised.value)


def referring(file, location):
    """A model whose only tensor lies in another file."""
    tensor = TensorProto(name="w", data_type=TensorProto.UINT8, dims=[8], data_location=TensorProto.EXTERNAL)
    for key, value in (("location", location), ("offset", "0"), ("length", "8")):
        tensor.external_data.add(key=key, value=value)
    answer = [helper.make_tensor_value_info("y", TensorProto.UINT8, [8])]
    graph = helper.make_graph([helper.make_node("Identity", ["w"], ["y"])], "g", [], answer, [tensor])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(model.SerializeToString())
    return file


OUTSIDE = (
    "../secret.bin", "{top}/secret.bin", "link.bin", "linked/secret.bin", "*/_ORT_MEM_ADDR_/*", "none.bin",
    "a/../../secret.bin",
)  # fmt: skip


@pytest.mark.parametrize("location", OUTSIDE)
def test_onnx_reads_no_file_outside_its_folder(tmp_path, location):
    (tmp_path / "secret.bin").write_bytes(b"SECRETSE")
    file = referring(tmp_path / "model/m.onnx", location.format(top=tmp_path))
    (tmp_path / "model/link.bin").symlink_to("../secret.bin")
    (tmp_path / "model/linked").symlink_to("..")
    with pytest.raises(InputError, match="which is no file in the folder of the model"):
        open_session(file, "detect.weights")
    with pytest.raises(InputError, match="which is no file in the folder of the model"):
        yunet.load(file, {"face": 0.5}, 0.3, None)


def test_onnx_may_have_its_tensors_beside_it(tmp_path):
    file = referring(tmp_path / "model/m.onnx", "own.bin")
    (tmp_path / "model/own.bin").write_bytes(b"OWNDATAX")
    assert open_session(file, "detect.weights").run(None, {})[0].tobytes() == b"OWNDATAX"


def test_external_data_is_found_in_attributes_and_branches(tmp_path):
    inner = onnx.load_model_from_string(referring(tmp_path / "model/i.onnx", "../secret.bin").read_bytes()).graph
    nodes = [helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner)]
    model = helper.make_model(
        helper.make_graph(nodes, "g", [helper.make_tensor_value_info("c", TensorProto.BOOL, [1])], [])
    )
    (tmp_path / "model/m.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(InputError, match="secret.bin"):
        check_onnx(tmp_path / "model/m.onnx", "detect.weights")


def test_onnx_that_is_cut_short(tmp_path):
    whole = constant_yolo(tmp_path / "m.onnx", [[1, 2, 3, 4, 0.5]], {0: "face"}).read_bytes()
    check_onnx(tmp_path / "m.onnx", "detect.weights")
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        (tmp_path / "m.onnx").write_bytes(whole[:length])
        with pytest.raises(InputError, match="not a model that onnxruntime can run"):
            open_session(tmp_path / "m.onnx", "detect.weights")

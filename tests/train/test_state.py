import errno
import json

import pytest
import torch
from tiny_sd import TRAIN

from dramatis.core.errors import InputError, ParameterError
from dramatis.train.optimizer import buffers_of, optimizer_of, scaler_of
from dramatis.train.params import TrainParams
from dramatis.train.state import (
    RECORD,
    STATE,
    History,
    Learning,
    Saved,
    differences,
    named_weights,
    open_scratch,
    replaced,
    save_state,
)


def toy():
    parameters = {
        "unet": {"a": torch.nn.Parameter(torch.rand(3, 2))},
        "text_encoder": {"b": torch.nn.Parameter(torch.rand(4))},
    }
    params = TrainParams.model_validate(TRAIN)
    buffers = buffers_of(parameters, params)
    return parameters, Learning(optimizer_of(buffers, params), buffers, {"unet/a": torch.rand(3, 2)}, scaler_of(params))


def walk(parameters, learning, steps):
    for _ in range(steps):
        sum(tensor.square().sum() for tensor in named_weights(parameters).values()).backward()
        learning.optimizer.step()
        learning.optimizer.zero_grad(set_to_none=False)


def test_a_state_holds_all_that_the_next_step_needs(tmp_path):
    parameters, learning = toy()
    walk(parameters, learning, 3)
    history = History([0.5, 0.25, 0.125], [(2, "ada", 0.1), (2, "bela", 1 / 3)])
    save_state(tmp_path, named_weights(parameters), learning, history)
    other, fresh = toy()
    saved = Saved(tmp_path)
    saved.restore_weights(named_weights(other))
    saved.restore_learning(fresh)
    assert saved.history == history and torch.equal(fresh.means["unet/a"], learning.means["unet/a"])
    walk(parameters, learning, 2)
    walk(other, fresh, 2)
    for name, tensor in named_weights(parameters).items():
        assert torch.equal(tensor, named_weights(other)[name])


@pytest.mark.parametrize("spoil", [lambda data: data[:-4], lambda _: b"", lambda _: b"\0" * 64])
def test_a_damaged_state_is_named(tmp_path, spoil):
    parameters, learning = toy()
    save_state(tmp_path, named_weights(parameters), learning, History([1.0]))
    file = tmp_path / STATE
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(InputError, match=rf"{STATE}: damaged: .*Delete .* to begin anew"):
        Saved(tmp_path)


def test_a_state_of_other_tensors_is_named(tmp_path):
    parameters, learning = toy()
    save_state(tmp_path, named_weights(parameters), learning, History([1.0]))
    with pytest.raises(InputError, match="weight/unet/c is missing"):
        Saved(tmp_path).restore_weights({"unet/c": torch.ones(1)})
    with pytest.raises(InputError, match="weight/unet/a is of another shape"):
        Saved(tmp_path).restore_weights({"unet/a": torch.ones(1)})


def test_differences_by_hand():
    old = {"a": {"b": 1, "c": [1, {"d": 2}]}, "gone": 1, "same": 0}
    new = {"a": {"b": 2, "c": [1, {"d": 3}]}, "new": "x", "same": 0}
    assert list(differences(old, new).values()) == [
        "a.b: 1 there, 2 now",
        "a.c[1].d: 2 there, 3 now",
        "gone: 1 there, nothing now",
        'new: nothing there, "x" now',
    ]


def test_a_resume_under_other_settings_is_refused(tmp_path):
    folder = tmp_path / "solo"
    record = {"params": {"learning_rate": {"unet": 0.001}, "cache": True}}
    open_scratch(folder, record)
    open_scratch(folder, {"params": {"seed": 1}})  # nothing is there yet that could be lost
    open_scratch(folder, record)
    (folder / STATE).write_bytes(b"")
    open_scratch(folder, {"params": {"learning_rate": {"unet": 0.001}, "cache": False}})
    with pytest.raises(
        ParameterError, match=r"params.learning_rate.unet: 0.001 there, 0.002 now. Put them back .* or del"
    ):
        open_scratch(folder, {"params": {"learning_rate": {"unet": 0.002}, "cache": True}})
    (folder / RECORD).write_text("{")
    with pytest.raises(InputError, match=f"{RECORD}: damaged"):
        open_scratch(folder, record)


def test_what_no_state_stands_behind_goes(tmp_path):
    folder = tmp_path / "solo"
    (folder / "0123456789abcdef").mkdir(parents=True)
    open_scratch(folder, {"a": 1})
    assert [file.name for file in folder.iterdir()] == [RECORD] and json.loads((folder / RECORD).read_text()) == {
        "a": 1
    }


def test_a_file_or_folder_changes_whole_or_not_at_all(tmp_path):
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.write_text("old")
    with pytest.raises(OSError), replaced(file) as part:
        part.write_text("half")
        raise OSError(errno.ENOSPC, "no space")
    assert file.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["file"]
    for words in ("one", "two"):
        with replaced(folder) as part:
            part.mkdir()
            (part / words).write_text(words)
    assert [p.name for p in folder.iterdir()] == ["two"]

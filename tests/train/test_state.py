import errno
import json
import os

import pytest
import torch
from tiny_sd import TRAIN

from dramatis.core.errors import InputError
from dramatis.train.optimizer import buffers_of, optimizer_of, scaler_of
from dramatis.train.params import TrainParams
from dramatis.train.state import (
    RECORD,
    STATE,
    History,
    Learning,
    Saved,
    differences,
    fingerprint,
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


def record(rate, cache=True):
    return {"params": {"learning_rate": {"unet": rate}, "cache": cache}}


def interrupted(top, settings, at):
    folder = open_scratch(top, settings)
    (folder / STATE).write_bytes(b"")
    os.utime(folder / STATE, (at, at))
    return folder


def test_each_set_of_settings_has_a_scratch_folder_of_its_own(tmp_path, caplog):
    caplog.set_level("INFO")
    first = interrupted(tmp_path / "solo", record(0.001), 1)
    assert first == tmp_path / "solo" / fingerprint(record(0.001)) and not caplog.messages
    assert json.loads((first / RECORD).read_text()) == record(0.001)
    second = interrupted(tmp_path / "solo", record(0.002), 2)
    assert second != first and caplog.messages == [
        "solo begins anew: it was interrupted under other settings: params.learning_rate.unet: 0.001 there, 0.002 now"
    ]
    caplog.clear()
    assert open_scratch(tmp_path / "solo", record(0.001)) == first and (first / STATE).is_file()
    assert open_scratch(tmp_path / "solo", record(0.001, cache=False)) == first  # changes no bit
    (second / RECORD).write_text("{")
    open_scratch(tmp_path / "solo", record(0.003))
    assert caplog.messages == ["solo begins anew: the settings of the interrupted run cannot be read"]


def test_of_other_settings_the_newest_stay(tmp_path):
    top = tmp_path / "solo"
    old, *kept = [interrupted(top, record(rate), at) for at, rate in enumerate((0.1, 0.2, 0.3))]
    (top / "left-over").mkdir()
    own = open_scratch(top, record(0.4))
    assert sorted(top.iterdir()) == sorted([*kept, own]) and not old.exists()


def test_what_no_state_stands_behind_goes(tmp_path):
    folder = tmp_path / fingerprint({"a": 1})
    (folder / "0123456789abcdef").mkdir(parents=True)
    open_scratch(tmp_path, {"a": 1})
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

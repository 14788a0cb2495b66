"""The exact state of an interrupted run, in `work/train/<run>/<fingerprint>/`: whole, or as it was before."""

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError, safe_open

from dramatis.core.digests import value_digest
from dramatis.core.errors import InputError
from dramatis.diffusion.weights import write_weights

log = logging.getLogger(__name__)
STATE, RECORD = "state.safetensors", "record.json"
FREE = ("params.cache",)
"""Keys of the record that may differ: they change no bit."""
KEPT = 2
"""Scratch folders of a run under other settings that stay."""


@dataclass
class History:
    """What a run has behind it."""

    losses: list[float] = field(default_factory=list)
    """Of each step."""
    validation: list[tuple[int, str, float]] = field(default_factory=list)
    """Step, subject and loss of each measurement."""


class Learning(NamedTuple):
    """All tensors that a phase changes, besides the method's own."""

    optimizer: torch.optim.Optimizer
    buffers: dict[str, list[torch.nn.Parameter]]
    """What the optimizer works on, by part."""
    means: dict[str, torch.Tensor]
    """Running means by the names that `named_weights` gives."""
    scaler: torch.amp.GradScaler


def named_weights(parameters: Mapping[str, Mapping[str, torch.nn.Parameter]]) -> dict[str, torch.nn.Parameter]:
    """Parameters of a method by `<part>/<name>`."""
    return {f"{part}/{name}": tensor for part, named in parameters.items() for name, tensor in named.items()}


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A path to write a file or a folder to, which then takes the place of `path`: on the disk, and all at once.

    On an error, such as a full disk, nothing of it stays, and `path` is as it was.
    """
    part = path.with_name(f".{path.name}.part")
    _remove(part)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield part
        for inner in [part, *part.rglob("*")]:
            _sync(inner)
        if part.is_dir():
            _remove(path)  # a folder cannot be renamed over another; whoever reads it asks the state first
        os.replace(part, path)
        _sync(path.parent)
    finally:
        _remove(part)


def open_scratch(top: Path, record: Mapping[str, Any]) -> Path:
    """The scratch folder of a run under these settings; what an interrupted run left there, the next goes on with.

    Each set of settings has a folder of its own, so a changed run begins anew and one that is changed back goes on. The
    log says what differs from the settings that were interrupted last. Of others, the newest `KEPT` stay.

    Args:
        top: of the run.
        record: all that decides the result; `FREE` keys do not count.
    """
    record = json.loads(json.dumps(record))
    folder = top / fingerprint(record)
    _remove_old(top, folder)
    if (folder / STATE).is_file():
        return folder
    _remove(folder)
    for other in _interrupted(top)[:1]:
        log.info("%s begins anew: %s", top.name, _changes(other / RECORD, record))
    folder.mkdir(parents=True)
    with replaced(folder / RECORD) as part:
        write_exactly(record, part)
    return folder


def fingerprint(record: Mapping[str, Any]) -> str:
    """Sixteen hex digits that change with every setting that decides the result."""
    kept = json.loads(json.dumps(record))
    for key in FREE:
        section, name = key.split(".")
        kept.get(section, {}).pop(name, None)
    return value_digest(kept)[:16]


def _interrupted(top: Path) -> list[Path]:
    """Scratch folders of a run with steps behind them, the last one that was worked on first."""
    return sorted((file.parent for file in top.glob(f"*/{STATE}")), key=lambda folder: -_age_of(folder))


def _age_of(folder: Path) -> int:
    return (folder / STATE).stat().st_mtime_ns


def _remove_old(top: Path, own: Path) -> None:
    """Of the run's other folders, keeps the newest with steps behind them: whole models are large."""
    kept = [folder for folder in _interrupted(top) if folder != own][:KEPT]
    for folder in [] if not top.is_dir() else sorted(top.iterdir()):
        if folder != own and folder not in kept:
            _remove(folder)


def _changes(file: Path, record: Mapping[str, Any]) -> str:
    """What differs from the settings in a file, in words."""
    try:
        old = json.loads(file.read_text())
    except (OSError, ValueError):
        return "the settings of the interrupted run cannot be read"
    changes = [line for key, line in sorted(differences(old, record).items()) if key not in FREE]
    said = "; ".join(changes[:6]) + (f"; and {len(changes) - 6} more" if len(changes) > 6 else "")
    return f"it was interrupted under other settings: {said}"


def write_exactly(value: Any, file: Path) -> None:
    """JSON with all digits, unlike `write_json`."""
    file.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n")


def differences(old: Any, new: Any, place: str = "") -> dict[str, str]:
    """What differs between two JSON values: `params.seed: 7 there, 8 now` by the key with dots."""
    if isinstance(old, dict) and isinstance(new, dict):
        found: dict[str, str] = {}
        for key in sorted(old.keys() | new.keys()):
            inner = f"{place}.{key}" if place else key
            if key in old and key in new:
                found |= differences(old[key], new[key], inner)
            else:
                there, now = (_shown(side[key]) if key in side else "nothing" for side in (old, new))
                found[inner] = f"{inner}: {there} there, {now} now"
        return found
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return {key: line for n, (a, b) in pairs for key, line in differences(a, b, f"{place}[{n}]").items()}
    return {} if old == new else {place: f"{place}: {_shown(old)} there, {_shown(new)} now"}


def save_checkpoint(folder: Path, save: Callable[[Path], None]) -> None:
    """A checkpoint folder, whole or not at all."""
    with replaced(folder) as part:
        part.mkdir()
        save(part)


def save_tensors(file: Path, tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, str] | None = None) -> None:
    """Tensors as a file, whole or not at all."""
    with replaced(file) as part:
        write_weights(tensors, part, metadata)


def save_state(folder: Path, weights: Mapping[str, torch.Tensor], learning: Learning | None, history: History) -> None:
    """Writes all that the next step depends on, so that a kill at any moment leaves the old state or the new one.

    Args:
        folder: scratch folder of the run.
        weights: as `named_weights` gives them.
        learning: of the phase; None between two phases.
        history: of the run so far.
    """
    tensors = {f"weight/{name}": tensor.data for name, tensor in weights.items()}
    tensors["losses"] = torch.tensor(history.losses, dtype=torch.float32)
    if learning:
        tensors |= {f"mean/{name}": tensor for name, tensor in learning.means.items()}
        for name, tensor in _numbered(learning.buffers).items():
            for key, value in learning.optimizer.state.get(tensor, {}).items():
                tensors[f"moment/{key}/{name}"] = value if isinstance(value, torch.Tensor) else torch.tensor(value)
    about = {
        "step": len(history.losses),
        "validation": history.validation,
        "scaler": learning.scaler.state_dict() if learning else {},
    }
    save_tensors(folder / STATE, tensors, {"about": json.dumps(about, sort_keys=True)})


class Saved:
    """A state on the disk.

    Raises:
        InputError: the file is damaged, or of other tensors.
    """

    def __init__(self, folder: Path):
        self.file = folder / STATE
        self.tensors, metadata = load_tensors(self.file)
        try:
            self.about = json.loads(metadata["about"])
            losses = self.tensors["losses"].tolist()
        except (KeyError, ValueError):
            raise _damaged(self.file, "it is no state of a training") from None
        self.history = History(losses, [(step, name, loss) for step, name, loss in self.about["validation"]])

    def restore_weights(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Puts the weights of a method back."""
        put_back(weights, self.tensors, "weight/", self.file)

    def restore_learning(self, learning: Learning) -> None:
        """Puts the moments, means and the scale of a phase back."""
        put_back(learning.means, self.tensors, "mean/", self.file)
        buffers = _numbered(learning.buffers)
        for key, value in self.tensors.items():
            if key.startswith("moment/"):
                _, kind, name = key.split("/", 2)
                tensor = buffers[name]
                plain = value.ndim == 0 and not value.is_floating_point()  # a count that is no tensor
                learning.optimizer.state[tensor][kind] = value.item() if plain else value.to(tensor.device)
        if learning.scaler.is_enabled():
            learning.scaler.load_state_dict(self.about["scaler"])


def _numbered(buffers: Mapping[str, list[torch.nn.Parameter]]) -> dict[str, torch.nn.Parameter]:
    return {f"{part}/{place}": tensor for part, some in buffers.items() for place, tensor in enumerate(some)}


def load_tensors(file: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Tensors and metadata of a file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with safe_open(file, "pt") as opened:
            return {key: opened.get_tensor(key) for key in opened.keys()}, opened.metadata()  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise _damaged(file, f"it cannot be read ({str(error).splitlines()[0]})") from None


@torch.no_grad()
def put_back(weights: Mapping[str, torch.Tensor], tensors: Mapping[str, torch.Tensor], prefix: str, file: Path) -> None:
    """Copies tensors of a file into those of the same names.

    Raises:
        InputError: one is missing, or has another shape.
    """
    for name, tensor in weights.items():
        saved = tensors.get(f"{prefix}{name}")
        if saved is None or saved.shape != tensor.shape:
            raise _damaged(file, f"{prefix}{name} is {'missing' if saved is None else 'of another shape'}")
        tensor.copy_(saved)


def clear_parts(folder: Path) -> None:
    """Removes what a killed process left half written."""
    for left in folder.glob(".*.part"):
        _remove(left)


def _damaged(file: Path, what: str) -> InputError:
    return InputError(str(file), f"damaged: {what}", f"Delete {file.parent} to begin anew")


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)

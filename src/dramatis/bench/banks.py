"""Clustering on synthetic banks, against truth and against the obvious alternatives.

Each bank and method is a process of its own, so that its peak of memory is its own; seconds are of the CPU, and only
ratios within one run say something.
"""

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from dramatis.bench.bank import Bank, bank, lookalikes, unrelated
from dramatis.bench.clusters import METHODS
from dramatis.cluster.params import ClusterParams
from dramatis.core.params import load_params

FIRST_STRANGER = 100_000
log = logging.getLogger("banks")


SEED = 11
"""No value was chosen on banks of this seed."""


class Case(NamedTuple):
    """A bank, and the methods that are tried on it."""

    bank: Callable[[], Bank]
    methods: tuple[str, ...]


CASES = {
    "300 unrelated": Case(lambda: unrelated(300, SEED), ("ours",)),
    "look-alikes": Case(
        lambda: lookalikes(20, 0.85, SEED), ("ours", "average_linkage", "ours_hdbscan", "whispers", "sharp_whispers")
    ),
    "2k": Case(
        lambda: bank(2_000, 100, seed=SEED), ("ours", "exact_neighbours", "optics", "hdbscan_faces", "umap_hdbscan")
    ),
    "10k": Case(
        lambda: bank(10_000, 200, seed=SEED, impure=0.02),
        ("ours", "exact_neighbours", "average_linkage", "ours_hdbscan", "hdbscan_faces", "whispers", "sharp_whispers"),
    ),
    "50k": Case(
        lambda: bank(50_000, 200, seed=SEED, impure=0.02),
        ("ours", "exact_neighbours", "ours_hdbscan", "whispers", "sharp_whispers"),
    ),
    "1M": Case(lambda: bank(1_000_000, 1_000, seed=SEED, impure=0.02), ("ours",)),
}


def alone(label: NDArray[np.int64]) -> NDArray[np.int64]:
    """Labels in which every -1 is a class of its own."""
    return np.where(label < 0, -1 - np.arange(len(label)), label)


def merged(label: NDArray[np.int64], who: NDArray[np.int64]) -> int:
    """Identities that share the cluster where most of their faces are with one that has more faces there."""
    homes: dict[int, int] = {}
    for identity in np.unique(who[who < FIRST_STRANGER]):
        own = label[(who == identity) & (label >= 0)]
        if len(own):
            home = int(np.bincount(own).argmax())
            homes[home] = homes.get(home, 0) + 1
    return sum(people - 1 for people in homes.values())


def save(data: Bank, file: Path) -> None:
    """Writes a bank for another process to read."""
    np.savez(file, vectors=data.vectors, tracks=np.array(data.tracks), frames=np.array(data.frames), who=data.who)


def tried(file: Path, method: str) -> dict[str, float]:
    """Figures of one method on the bank in a file: CPU seconds, peak memory [GB], agreement with the truth."""
    from sklearn.metrics import adjusted_rand_score

    held = np.load(file)
    data = Bank(held["vectors"], held["tracks"].tolist(), held["frames"].tolist(), held["who"])
    params = load_params("cluster", ClusterParams)
    METHODS[method](bank(200, 10), params)  # imports and compilation are not timed
    began, wall = time.process_time(), time.perf_counter()
    label = METHODS[method](data, params)
    seconds, wall = time.process_time() - began, time.perf_counter() - wall
    return {
        "seconds": seconds,
        "minutes": wall / 60,
        "gb": peak_gb(),
        "ari": float(adjusted_rand_score(data.who, alone(label))),
        "merged": merged(label, data.who),
        "unassigned": float((label < 0).mean()),
        "characters": int(label.max()) + 1,
    }


def peak_gb() -> float:
    """Largest memory of this process so far [GB]; unlike `ru_maxrss`, without that of the process that started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1e6


def in_process(file: Path, method: str) -> dict[str, float]:
    """`tried` in a process of its own."""
    command = [sys.executable, "-m", "dramatis.bench.banks", str(file), method]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def measured(names: Iterable[str]) -> dict[str, dict[str, dict[str, float]]]:
    """Figures by case and method."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    with TemporaryDirectory() as folder:
        for name in names:
            case, file = CASES[name], Path(folder) / f"{name}.npz"
            save(case.bank(), file)
            for method in case.methods:
                log.info("%s, %s", name, method)
                found.setdefault(name, {})[method] = in_process(file, method)
    return found


def summary(found: dict[str, dict[str, dict[str, float]]]) -> dict[str, Any]:
    """The figures that have a bar."""
    middle, large = found["50k"], found["1M"]["ours"]
    return {
        "unrelated_characters": found["300 unrelated"]["ours"]["characters"],
        "scale_ratio": middle["ours"]["seconds"] / middle["exact_neighbours"]["seconds"],
        "scale_gb": middle["ours"]["gb"],
        "scale_ari": middle["ours"]["ari"],
        "scale_merged": middle["ours"]["merged"],
        "million_minutes": large["minutes"],
        "million_gb": large["gb"],
        "million_ari": large["ari"],
    }


def table(found: dict[str, dict[str, dict[str, float]]]) -> Table:
    """A row for each case and method."""
    shown = Table("faces", "method", "CPU s", "GB", "ARI", "merged", "unassigned", box=None, header_style="dim")
    for name, methods in found.items():
        for method, row in methods.items():
            cells = [f"{row['seconds']:.1f}", f"{row['gb']:.2f}", f"{row['ari']:.3f}", f"{row['merged']:.0f}"]
            shown.add_row(name, method, *cells, f"{row['unassigned']:.2f}")
    return shown


if __name__ == "__main__":
    sys.stdout.write(json.dumps(tried(Path(sys.argv[1]), sys.argv[2])))

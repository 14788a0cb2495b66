"""A slice of `make faults`: two stages of the whole project, every fault once."""

import os
import tempfile
from pathlib import Path
from random import Random

import pytest

from dramatis.bench.faults import FAULTS, disk, judged
from dramatis.bench.faults_project import measured, one_of_each
from dramatis.bench.faults_watch import Bench

STAGES = ("embed", "selection")
WHEN = 0.05, 0.95
"""Share of a stage's duration."""


@pytest.fixture
def place():
    """A folder that other users may enter, as a stage without permission to write must: pytest's own is closed."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.mark.slow
def test_no_fault_is_lost_or_unseen(whole_project, place):
    with disk(place / "disk", whole_project) as top:
        bench, tried = Bench(top, place / "logs"), []
        for stage in one_of_each(top):
            if stage.name.split("@")[0] in STAGES:
                subject = measured(top, stage)
                for name, fault in FAULTS.items():
                    rng = Random(f"{stage.name} {name}")
                    tried.append((stage.name, name, *judged(bench, subject, fault, rng.uniform(*WHEN), rng)))
    assert not [row for row in tried if row[2] not in ("survived", "skipped")]
    here = os.path.ismount(place / "disk")
    assert sum(row[2] == "survived" for row in tried) >= (40 if here else 30)

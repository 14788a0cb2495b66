"""A slice of `make faults`: two stages of the whole project, every fault once."""

import os
from random import Random

import pytest

from dramatis.bench.faults import FAULTS, disk, judged
from dramatis.bench.faults_project import measured, one_of_each
from dramatis.bench.faults_watch import Bench

STAGES = ("embed", "selection")


@pytest.mark.slow
def test_no_fault_is_lost_or_unseen(whole_project, tmp_path):
    with disk(tmp_path / "disk", whole_project) as top:
        bench, tried = Bench(top, tmp_path / "logs"), []
        for stage in one_of_each(top):
            if stage.name.split("@")[0] in STAGES:
                subject = measured(top, stage)
                for name, fault in FAULTS.items():
                    rng = Random(f"{stage.name} {name}")
                    outcome = judged(bench, subject, fault, rng.uniform(0.05, 0.95), rng)
                    tried.append((stage.name, name, *outcome))
    assert not [row for row in tried if row[2] not in ("survived", "skipped")]
    here = os.path.ismount(tmp_path / "disk")
    assert sum(row[2] == "survived" for row in tried) >= (40 if here else 30)

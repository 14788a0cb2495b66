"""Locks that DVC left half written."""

import shutil
from random import Random

import pytest
import yaml
from conftest import TOP
from dvc.schema import COMPILED_LOCKFILE_SCHEMA

from dramatis.core.errors import InputError
from dramatis.pipeline.locks import mend_locks, refuse_cut_locks, whole_entries

LOCK = "pipelines/pictures/dvc.lock"
TEXT = (TOP / LOCK).read_text()


@pytest.fixture
def project(tmp_path):
    (tmp_path / LOCK).parent.mkdir(parents=True)
    shutil.copy(TOP / LOCK, tmp_path / LOCK)
    refuse_cut_locks(tmp_path)
    return tmp_path


def test_what_is_whole_is_left_alone(project):
    assert mend_locks(project) == []
    assert (project / LOCK).read_text() == TEXT


def test_a_lock_that_is_cut_off_is_told_and_keeps_its_whole_entries(project):
    names = list(yaml.safe_load(TEXT)["stages"])
    (project / LOCK).write_text(TEXT[: TEXT.index(f"  {names[3]}:") + 60])
    with pytest.raises(InputError, match=r"pictures/dvc\.lock: it is cut off, .* `dramatis fsck --repair` keeps"):
        refuse_cut_locks(project)
    (said,) = mend_locks(project)
    assert said.endswith("it was cut off; 3 whole entries are kept")
    refuse_cut_locks(project)
    assert list(yaml.safe_load((project / LOCK).read_text())["stages"]) == names[:3]


def test_one_without_a_whole_entry_goes(project):
    (project / LOCK).write_text(TEXT[:40])
    assert mend_locks(project)[0].endswith("0 whole entries are kept")
    assert not (project / LOCK).exists()


def test_wherever_it_is_cut_dvc_can_read_what_is_kept():
    rng, whole = Random(7), yaml.safe_load(TEXT)["stages"]
    for _ in range(40):
        kept = whole_entries(TEXT[: rng.randrange(len(TEXT))])
        if kept:
            found = COMPILED_LOCKFILE_SCHEMA(yaml.safe_load(kept))["stages"]
            assert found.items() <= whole.items()

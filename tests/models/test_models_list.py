"""`dramatis models list`: when it ends with 1."""

import pytest

from dramatis.cli.models import list_models
from dramatis.models.manifest import folder_of, manifest


@pytest.fixture
def entry(tmp_path, monkeypatch):
    """A name with several files, none of which is here; the working folder is empty."""
    monkeypatch.chdir(tmp_path)
    return next((name, entry) for name, entry in manifest().items() if len(entry.files) > 1)


def test_what_is_not_here_at_all_is_no_fault(entry, capsys):
    assert list_models(verify=False, as_json=False)
    assert "not here" in capsys.readouterr().out


def test_a_part_of_it_is(entry, capsys):
    folder = folder_of(*entry)
    first = folder / next(iter(entry[1].files))
    first.parent.mkdir(parents=True)
    first.write_text("x")
    assert not list_models(verify=False, as_json=False)
    assert "incomplete" in capsys.readouterr().out


def test_other_files_than_stated_are(entry, capsys):
    for local in entry[1].files:
        file = folder_of(*entry) / local
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    assert not list_models(verify=False, as_json=True)
    assert '"changed"' in capsys.readouterr().out

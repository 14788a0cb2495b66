"""The page on the pocket models says what was measured."""

from pathlib import Path

import pytest

from dramatis.core.errors import MissingError
from dramatis.pocket.readme import write_readme

POCKET = Path(__file__).parents[2] / "models/pocket"


def test_the_committed_page_is_the_one_of_the_committed_measurements(tmp_path):
    write_readme(POCKET / "metrics", tmp_path / "README.md")
    assert (tmp_path / "README.md").read_text() == (POCKET / "README.md").read_text()


def test_a_missing_measurement_is_named(tmp_path):
    with pytest.raises(MissingError, match=r"blur.json: there is no such measurement"):
        write_readme(tmp_path, tmp_path / "README.md")

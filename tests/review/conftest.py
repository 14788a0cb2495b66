"""A project of coloured cells in the working folder: ada and cyrus have references, bela has none."""

import pytest
from review_desk import write_project

from dramatis.review.session import Session


@pytest.fixture
def project(tmp_path, monkeypatch):
    made = write_project(tmp_path, "ada", "cyrus")
    monkeypatch.chdir(tmp_path)
    return made


@pytest.fixture
def session(project):
    return Session()

"""The small project of the studio, in the working folder."""

import pytest
from studio_desk import write_studio


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_studio(tmp_path)
    return tmp_path

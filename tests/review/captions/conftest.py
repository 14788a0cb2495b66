"""A gallery of seven pictures in the working folder."""

import pytest
from gallery_desk import write_gallery

from dramatis.review.captions.session import CaptionSession


@pytest.fixture
def hashes(tmp_path, monkeypatch):
    """Hash of each picture by id."""
    monkeypatch.chdir(tmp_path)
    return write_gallery(tmp_path)


@pytest.fixture
def session(hashes):
    return CaptionSession()

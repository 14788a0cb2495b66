"""What tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings
from remote_desk import made  # noqa: F401
from whole import TOP, whole_project  # noqa: F401

settings.register_profile("steady", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def media() -> Path:
    """The folder of test media: real clips, faces, broken files, weights."""
    folder = Path(os.environ.get("DRAMATIS_MEDIA", TOP.parent / "shared" / "media"))
    if not (folder / "MANIFEST.md").is_file():
        pytest.skip(f"no test media: set DRAMATIS_MEDIA to its folder ({folder} is none)")
    return folder

"""Projects that have come more or less far, made by hand."""

import pytest
from cells import Project
from reported import NASTY, write_dataset, write_run


@pytest.fixture
def cast_only(tmp_path):
    """A project in which `cast` has run and nothing after it; Ada is called by a script."""
    project = Project(tmp_path)
    project.reference("ada", "bela")
    project.write().run(decisions={"characters": {"ada": {"display": NASTY}}})
    return tmp_path


@pytest.fixture
def whole(cast_only):
    """The same with coverage, a dataset and two scored runs."""
    write_dataset(cast_only)
    write_run(cast_only, "solo")
    write_run(cast_only, "wide", 120)
    return cast_only

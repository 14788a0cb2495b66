"""One project, and one server of each kind, for all tests of remotes: fixtures."""

import os
from contextlib import ExitStack

import pytest
from remote_servers import KINDS, SSHD
from scratch_project import make_project


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The project; whoever changes it takes a copy."""
    top = tmp_path_factory.mktemp("made") / "project"
    top.mkdir()
    return make_project(top)


@pytest.fixture
def project(made, tmp_path):
    """A copy of it."""
    return made.copy(tmp_path / "project")


@pytest.fixture
def serve(tmp_path):
    """Starts servers by kind; they end with the test."""
    with ExitStack() as stack:

        def start(kind):
            if kind == "sshd" and not SSHD:
                pytest.skip("this machine has no sshd")
            (tmp_path / "server").mkdir()
            return stack.enter_context(KINDS[kind](tmp_path / "server"))

        yield start


@pytest.fixture
def shared(project, serve):
    """Makes a server of a kind the project's remote `store`, committed, and pushes to it."""

    def share(kind, push=True):
        server = serve(kind)
        add_remote(project, server)
        if push:
            project.does("dvc", "push", *(["-r", "disk"] if kind == "http" else []))
        return server

    return share


def add_remote(project, server):
    """`store` is the default; that of an HTTP server is filled through `disk`, the folder behind it."""
    project.does("dvc", "remote", "add", "-q", "-f", "-d", "store", server.url)
    if server.url.startswith("http"):
        project.does("dvc", "remote", "add", "-q", "-f", "disk", os.fspath(server.folder))
    for key, value in server.options.items():
        project.does("dvc", "remote", "modify", "store", key, value)
    project.commit("a remote")

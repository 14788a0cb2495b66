"""Fixtures."""

from remote_desk import project, serve, shared  # noqa: F401

"""Fixtures."""

from remote_desk import made, project, serve, shared  # noqa: F401

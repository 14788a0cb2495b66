"""Bases of random weights, for the tests of this folder."""

from tiny_sd import bases  # noqa: F401

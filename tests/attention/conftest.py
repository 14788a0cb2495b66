"""Bases of random weights, for the tests of this folder."""

from tiny_sd import bases, tiny_sd  # noqa: F401

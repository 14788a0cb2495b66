"""Longer measurements of the whole pipeline; nothing here decides a result."""

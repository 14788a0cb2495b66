"""Runs the pipeline side by side, and removes what no stage makes any more."""

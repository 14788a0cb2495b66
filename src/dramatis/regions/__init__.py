"""Several characters in one picture, each drawn by an adapter of its own where it stands."""

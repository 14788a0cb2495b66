"""Dramatis turns raw video into its cast: faces, names, datasets, adapters and a score."""

"""Exports of the dataset into what trainers open as it is: one file per format."""

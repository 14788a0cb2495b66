"""Publishes the dataset: into a folder, to a DVC remote, to the Hugging Face hub."""

"""Publishes a model, the dataset or a story: into a folder, to a DVC remote, to the Hugging Face hub."""

"""CLIP: its tokenizer, with the list of merges that it is built from."""

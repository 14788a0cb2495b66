"""`dramatis sheet`: the cast on paper, and the dataset: pictures of every configuration with their captions."""

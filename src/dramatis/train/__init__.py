"""Stage `train`: one loop that teaches a base model the characters of a run."""

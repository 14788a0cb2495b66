"""Stage `preview`: the same prompts and seeds for every checkpoint of a run and for the bare base."""

"""Stage `release`: the chosen checkpoint of a run, in the keys of diffusers and of kohya, with a model card."""

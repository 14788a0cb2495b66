"""Stage `regularize`: class images, drawn by the base model from prompts that name nobody."""

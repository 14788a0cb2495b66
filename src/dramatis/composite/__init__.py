"""Stage `composite`: several characters of the training split in one picture."""

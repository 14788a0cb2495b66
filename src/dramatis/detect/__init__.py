"""Stage `detect`: boxes of the people in each frame, as figures, linked into tracks inside each shot."""

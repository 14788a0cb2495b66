"""Stage `quality`: what is wrong with a face, measured; it flags and never deletes."""

"""Stage `story`: one line of text becomes scenes."""

"""Stage `crops`: three pictures of every named person, from the figure to the head, and whole frames as scenes."""

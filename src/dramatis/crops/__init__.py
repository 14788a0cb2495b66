"""Stage `crops`: three pictures of every named person, from the whole figure to the head."""

"""Stage `players`: who draws each character of a story, so that a run that is none of these redraws nothing."""

"""Stage `repeats`: what several sources show alike, as openings, endings, and frames that are copies."""

"""Stage `landmark`: 68 points of every face, and where the head looks."""

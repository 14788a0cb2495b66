"""Stage `embed`: an identity vector for every face."""

"""Stage `cluster`: faces of all videos become characters."""

"""Stage `panels`: the pictures of a story."""

"""Stage `frames`: the shots of a video and its distinct frames, or the pictures of another source."""

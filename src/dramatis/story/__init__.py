"""Stage `story`: a storyboard from one sentence."""

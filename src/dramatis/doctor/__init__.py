"""What of this machine and this project will fail later: facts are gathered at the edge, judged by pure functions."""

"""Stage `score`: how well each checkpoint draws its characters, which step is best, and why."""

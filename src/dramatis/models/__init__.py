"""Real weights: which there are, where they come from, what their bytes must be, and how they get here."""

"""The studio: one page for people, runs, single pictures and stories; what a person decides ends as text in git."""

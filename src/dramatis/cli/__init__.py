"""The command `dramatis`: a look at what the pipeline made, and the few edits that are more than one line."""

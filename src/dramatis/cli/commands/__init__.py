"""The commands by what they are for: thin functions that load what they need only when called."""

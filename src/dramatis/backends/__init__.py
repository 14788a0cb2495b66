"""Models behind small protocols: one file per backend, its name is the parameter's value."""

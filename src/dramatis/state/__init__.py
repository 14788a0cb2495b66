"""What differs from the last run, told in a fraction of the time that DVC takes to be loaded."""

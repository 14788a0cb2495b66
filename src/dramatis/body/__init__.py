"""Stage `body`: the colours of what everybody wears, and of the face above it, which tells the light."""

"""Stage `film`: a small cartoon with a known cast, so that every later stage can be scored against the truth."""

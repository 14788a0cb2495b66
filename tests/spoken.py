"""Lines that subtitles say in tests."""

WORDS = (
    "The quick brown fox jumps over it",
    "Nobody was looking at the old house",
    "Where did we meet last summer?",
    "He said it would never happen again",
    "What have you done to the river",
    "And then there was only one left",
    "We should have gone home by now",
)

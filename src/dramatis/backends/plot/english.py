"""The small words of English, by what they do in a sentence."""

JOINTS = frozenset({
    "and", "then", "but", "so", "while", "until", "when", "because", "before", "after", "as", "who", "which", "yet",
})  # fmt: skip
"""They join clauses."""
PLURALS = frozenset({"some", "two", "three", "four", "five", "many", "these", "those"})
POSSESSIVES = frozenset({"her", "his", "their", "its"})
DETERMINERS = PLURALS | POSSESSIVES | {
    "a", "an", "the", "my", "your", "our", "this", "that", "one", "another", "every", "any", "no",
}  # fmt: skip
"""They stand before nouns."""
SUBJECTS = frozenset({"he", "she", "they", "it"})
OBJECTS = frozenset({"it", "them", "him", "her"})
NO_PLACES = frozenset({"from", "with", "for", "of", "about", "without", "against", "up", "down", "out", "away", "back"})
OF_PLACES = frozenset({
    "in", "on", "at", "by", "through", "into", "under", "over", "near", "to", "behind", "beside", "during", "inside",
    "outside", "across", "along", "onto", "towards", "around", "between", "among", "off", "above", "below",
})  # fmt: skip
PREPOSITIONS = NO_PLACES | OF_PLACES
ADVERBS = frozenset({
    "then", "also", "soon", "later", "now", "again", "suddenly", "finally", "together", "just", "still", "first",
    "always", "often", "never", "not",
})  # fmt: skip
NOT = frozenset({"never", "not", "cannot", "can't", "doesn't", "don't", "didn't", "won't"})
THERE = {"to": "at", "into": "in", "onto": "on", "through": "in", "towards": "near", "across": "in", "along": "by"}
"""How one is at a place to which one went."""

"""The keys of the caption tab."""

KEYS = {
    "Pictures": [
        ("← → ↑ ↓", "move"),
        ("Space, click", "select"),
        ("Shift click, Shift arrows", "select several"),
        ("a", "select all that are shown"),
        ("Enter, double click", "look closely"),
        ("Esc", "select nothing"),
        ("/", "search: words, +tag, -tag"),
    ],
    "Captions of what is selected": [
        ("1 … 9", "give a label, or take it if all have it"),
        ("n", "add a tag"),
        ("e", "edit the caption of one picture"),
        ("f", "find and replace"),
        ("p", "keep: write it down as it is"),
        ("x", "automatic again"),
    ],
    "Everywhere": [
        ("z, Ctrl z", "undo"),
        ("Shift z, Ctrl Shift z", "redo"),
        ("g", "apply"),
        ("t", "light or dark"),
        ("?", "this list"),
    ],
}
"""Every key of the tab; docs/review.md has the same list."""

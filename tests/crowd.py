"""People for the tests of stage crops: boxes in a frame, by name and place."""

import numpy as np

from dramatis.crops.people import Person


def person(name, x=40, y=20, face=True, character="same", size=20.0):
    """A figure whose face has its upper left corner at (x, y); with `face=False` it is seen from behind."""
    boxes = {
        "face": np.array([x, y, x + size, y + size]),
        "head": np.array([x - 0.3 * size, y - 0.5 * size, x + 1.3 * size, y + 1.1 * size]),
        "halfbody": np.array([x - 0.8 * size, y - 0.5 * size, x + 1.8 * size, y + 3 * size]),
        "person": np.array([x - 0.8 * size, y - 0.5 * size, x + 1.8 * size, y + 6 * size]),
    }
    if not face:
        boxes = {"head": boxes["head"]}
    who = name if character == "same" else character
    return Person(
        name, f"{name}-track", f"{name}-face" if face else None, who if face else None, boxes, frozenset(boxes)
    )

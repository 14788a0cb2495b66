"""People of plain colours: a face over a body, in any light, for the tests of what they wear."""

import numpy as np

SKIN, HAIR = (220, 170, 140), (60, 40, 30)
FACE = (60, 20, 100, 60)
HALFBODY = (40, 10, 120, 120)
"""A half body that is one face width wider on each side and ends a face height and a half below the chin."""
PROPORTIONS = (0.5, 0.25, 1.5)


def dressed(*bodies, light=1.0, tint=(1, 1, 1), behind=(90, 120, 90), height=240, below=240):
    """A picture with one person for each colour of clothes, 160 px apart, cut off `below` px from the top."""
    image = np.full((height, 160 * len(bodies), 3), behind, np.uint8)
    for n, colour in enumerate(bodies):
        left = 160 * n
        image[60:220, left + 48 : left + 112] = colour
        image[20:60, left + 60 : left + 100] = SKIN
        image[20:30, left + 60 : left + 100] = HAIR
        image[40:44, left + 68 : left + 76] = image[40:44, left + 84 : left + 92] = (250, 250, 250)
    lit = image[:below] * np.asarray(tint, float) * light
    return np.clip(np.round(lit), 0, 255).astype(np.uint8)

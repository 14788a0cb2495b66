"""Templates of captions: those with a name, and the fields that there are for crops, scenes and composites."""

from typing import NamedTuple

ALWAYS = ("names", "style", "people", "stage", "tags", "sentence")
"""Fields of every picture: the trigger words of everybody from left to right, the style, words for the number of people
and for how much of them is seen, the tags, and what a captioner says."""
CROP = ("name", "others", "left", "right", "outfit", *ALWAYS)
"""Also the trigger word of whom the crop shows, those of the others from left to right, of those on either side, and
the outfit."""
SCENE = ALWAYS
COMPOSITE = ("outfit", "tags_left", "tags_middle", "tags_right", "tags_each", *ALWAYS)
"""Also the outfits, and the words (tags and sentence) of one part or of each, one after the other. Where `tags` says a
tag of several parts once, these say it for each part."""
FIELDS = {"crop": CROP, "scene": SCENE, "composite": COMPOSITE}


class Named(NamedTuple):
    """The templates that one name stands for."""

    crop: str
    scene: str
    composite: str


PRESETS = {
    "dramatis": Named(
        crop="{name}, {others}, {style}, {people}, {stage}, {outfit}, {tags}, {sentence}",
        scene="{names}, {style}, {people}, {stage}, {tags}, {sentence}",
        composite="{names}, {style}, {people}, {stage}, {outfit}, {tags}, {sentence}",
    ),
    "r0": Named(
        crop="{name}, {others}, {style}, {tags}, {sentence}",
        scene="{names}, {style}, {tags}, {sentence}",
        composite="{names}, {style}, {tags}, {sentence}",
    ),
    "r2": Named(
        crop="{name}, {tags}, {sentence}",
        scene="{names}, {tags}, {sentence}",
        composite="{names:/}/COMPOSITE, {tags_each}",
    ),
    "cyberharem": Named(
        crop="{name}, {style}, {tags}, {sentence}",
        scene="{names}, {style}, {tags}, {sentence}",
        composite="{names}, {style}, {tags}, {sentence}",
    ),
}
"""`dramatis`: everything that is known. `r0`: names, the show, tags. `r2`: left/right/COMPOSITE, then the tags of the
left and those of the right. `cyberharem`: one name, the style, tags."""

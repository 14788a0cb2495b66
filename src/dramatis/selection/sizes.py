"""Size classes of deepghs' v1.4 process: what can be expected of a character depends on how many pictures there are."""

BOUNDS = {"few_shot": 5, "tiny": 20, "small": 60, "medium": 150, "large": 350}
"""Most pictures of each class; more are massive."""


def size_class(pictures: int) -> str | None:
    """The class of a character; None without pictures.

    Args:
        pictures: before cropping: figures of which at least one crop is usable, not crops.
    """
    if not pictures:
        return None
    return next((name for name, most in BOUNDS.items() if pictures <= most), "massive")

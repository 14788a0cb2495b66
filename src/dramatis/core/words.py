"""Tags as words: how the names in a tagger's list stand in captions and prompts."""

import re

_TWO = re.compile(r"[^\W_]{2}")


def words(tag: str) -> str:
    """A tag as it stands in captions: `red_hair` as `red hair`; faces such as `^_^` or `(o)_(o)` stay as they are.

    A face is what has no two letters or digits beside each other.
    """
    return tag.replace("_", " ") if _TWO.search(tag) else tag

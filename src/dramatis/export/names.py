"""Names of folders and files that every system takes, one for each id and no two the same."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])")
"""Names that Windows keeps for devices, whatever their ending."""
LONGEST = 80
"""Bytes of a name in UTF-8; file systems take 255, and counts and endings are added."""


def safe_name(text: str) -> str:
    """A text as the name of a file or folder: letters and digits of any script, `-` and `_`, nothing else.

    Whatever else stands there, such as a space, a dot or a slash, becomes `_`. A name that Windows reserves, one that
    is empty and one that is too long get a digest of the text at their end.
    """
    normal = unicodedata.normalize("NFC", text)
    name = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in normal)
    if not name.strip("_-") or RESERVED.fullmatch(name):
        return f"{name[:1]}{_digest(text)}" if not name.strip("_-") else f"{name}_{_digest(text)}"
    if len(name.encode()) <= LONGEST:
        return name
    return f"{name.encode()[: LONGEST - 9].decode(errors='ignore')}_{_digest(text)}"


def safe_names(texts: Iterable[str]) -> dict[str, str]:
    """A safe name for each of several texts, different even where a file system takes `A` and `a` for the same.

    Where two texts would have the same name, one that is a safe name already keeps it, and the others get a digest of
    their text. So a name does not depend on the order of the texts.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for text in sorted(set(texts)):
        alike[safe_name(text).casefold()].append(text)
    names = {}
    for group in alike.values():
        keeps = next((text for text in group if safe_name(text) == text), group[0] if len(group) == 1 else None)
        for text in group:
            names[text] = safe_name(text) if text == keeps else f"{safe_name(text)}_{_digest(text)}"
    return names


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]

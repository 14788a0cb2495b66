"""The moments of `cast.yaml` when a video gets another id."""

import re

from dramatis.cast.decisions import FILE as CAST
from dramatis.cast.edit import decided
from dramatis.cast.lines import sections_of
from dramatis.sources.project import ABOUT_VIDEOS


def renamed_moments(text: str, old: str, new: str) -> str:
    """`cast.yaml` with the moments of a video under its new id; comments and order of the lines stay."""
    lines, named = text.splitlines(), re.compile(rf"(?<![a-z0-9_-]){re.escape(old)}@(?=\d)")
    for section in sections_of(text, str(CAST)):
        for entry in section.entries if section.name in ABOUT_VIDEOS else ():
            lines[entry.first : entry.last + 1] = [
                named.sub(f"{new}@", line) for line in lines[entry.first : entry.last + 1]
            ]
    changed = "\n".join(lines) + "\n" if lines else ""
    if changed:
        decided(changed)
    return changed if changed.rstrip("\n") != text.rstrip("\n") else text

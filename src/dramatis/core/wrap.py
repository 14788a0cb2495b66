"""Text in lines, beside or below pictures."""

from PIL.ImageFont import FreeTypeFont


def wrapped(text: str, width_px: float, letters: FreeTypeFont, most: int) -> list[str]:
    """Text as lines that are no wider than this; what does not fit into so many lines ends in ….

    Lines break at spaces; a word that is wider than a line breaks anywhere.
    """
    lines: list[str] = []
    rest = " ".join(text.split())
    while rest and len(lines) < most:
        end = _fitting(rest, width_px, letters)
        if end < len(rest) and (space := rest.rfind(" ", 1, end + 1)) > 0:
            end = space
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    if rest:
        last = lines[-1]
        while last and letters.getlength(last + "…") > width_px:
            last = last[:-1]
        lines[-1] = last.rstrip(" ,") + "…"
    return lines


def _fitting(text: str, width_px: float, letters: FreeTypeFont) -> int:
    """How many letters of a text fit on a line; at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if letters.getlength(text[:middle]) <= width_px else (low, middle - 1)
    return low

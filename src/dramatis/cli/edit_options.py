"""Options of `dramatis edit` and `dramatis repaint` as edits."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dramatis.core.errors import ParameterError
from dramatis.core.recipe import Edit


class Held(NamedTuple):
    """Words that change, as options give them, and how far the rest is held."""

    replace: Sequence[str]
    refine: Sequence[str]
    reweight: Sequence[str]
    level: float
    cross: float
    layout: float


def edits_of(words: Held) -> list[Edit]:
    """Edits in the order in which they are made.

    Raises:
        ParameterError: an option lacks its `=`, or its number is none or out of bounds.
    """
    held = {
        "blend": words.level or None,
        "cross_steps": (0.0, words.cross),
        "self_steps": (0.0, words.layout),
    }
    found = [change_of(f"--replace {text}", kind="replace", **_pair(text, "by"), **held) for text in words.replace]
    for text in words.refine:
        word, by = text.split("=", 1) if "=" in text else (None, text)
        found.append(change_of(f"--refine {text}", kind="refine", word=word, by=by, **held))
    for text in words.reweight:
        pair = _pair(text, "weight")
        try:
            pair["weight"] = float(pair["weight"])
        except ValueError:
            raise ParameterError(f"--reweight {text}", f"{pair['weight']!r} is no number", "Write hair=1.5") from None
        found.append(change_of(f"--reweight {text}", kind="reweight", **pair, **held))
    return found


def _pair(text: str, name: str) -> dict[str, Any]:
    word, sign, other = text.partition("=")
    if not (word.strip() and sign and other.strip()):
        raise ParameterError(f"`{text}`", "it has no word before or behind a `=`", "Write hat=crown, or hat=1.5")
    return {"word": word.strip(), name: other.strip()}


def change_of(place: str, **values: Any) -> Edit:
    """An edit; what is wrong with it is said of its place.

    Raises:
        ParameterError: a value is out of bounds.
    """
    from pydantic import ValidationError

    try:
        return Edit(**values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise ParameterError(place, f"{where}: {first['msg']}", "See docs/attention.md") from None


def in_the_middle(
    region: tuple[float, float, float, float], own: tuple[int, int], size: tuple[int, int]
) -> tuple[float, float, float, float]:
    """A region of a picture as shares of its middle, which is what is drawn.

    Args:
        region: left, top, right, bottom [share of the picture].
        own: width and height of the picture [px].
        size: of what is drawn.

    Raises:
        ParameterError: nothing of it is in the middle.
    """
    from dramatis.attention.invert import middle

    left, top, right, bottom = middle(own, size)

    def along(share: float, whole: int, first: int, last: int) -> float:
        return min(max((share * whole - first) / (last - first), 0.0), 1.0)

    x0, x1 = (along(one, own[0], left, right) for one in region[::2])
    y0, y1 = (along(one, own[1], top, bottom) for one in region[1::2])
    if region[0] < region[2] and region[1] < region[3] and (x0 >= x1 or y0 >= y1):
        problem = f"it lies outside the middle of {right - left} x {bottom - top} px, which is what is drawn"
        raise ParameterError(
            f"--region {','.join(f'{one:g}' for one in region)}", problem, "Cut the picture yourself first"
        )
    return x0, y0, x1, y1


def shares(text: str) -> tuple[float, float, float, float]:
    """A region from `left,top,right,bottom`.

    Raises:
        ParameterError: these are not four numbers in 0..1.
    """
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = []
    if len(found) != 4 or not all(0 <= one <= 1 for one in found):
        problem = "these are not four shares of the picture, 0 to 1"
        raise ParameterError(f"--region {text}", problem, "Write left,top,right,bottom, such as 0,0,0.5,1")
    return found[0], found[1], found[2], found[3]

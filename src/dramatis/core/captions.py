"""Captions as lists of pieces joined by `, `."""

JOINT = ", "


def with_word(caption: str, word: str | None, instead_of: tuple[str | None, ...] = ()) -> str:
    """The caption with a word at its end, in place of those that would gainsay it; unchanged without a word.

    Args:
        caption: pieces joined by `, `.
        word: such as the light of a variant; null for none.
        instead_of: pieces that go, such as the word of the opposite light. The word itself never stands twice.
    """
    if not word:
        return caption
    return JOINT.join([piece for piece in caption.split(JOINT) if piece and piece not in (*instead_of, word)] + [word])

"""What is said about a picture, as a list of parts between commas."""


def with_word(caption: str, word: str | None, instead_of: tuple[str | None, ...]) -> str:
    """The caption with a word for its light at the end, in place of those it had."""
    if not word:
        return caption
    return ", ".join([part for part in caption.split(", ") if part not in instead_of] + [word])

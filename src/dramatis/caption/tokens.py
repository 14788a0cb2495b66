"""How long captions are to the base model's text encoder."""

from collections.abc import Sequence


def told(counts: Sequence[int], limits: Sequence[int]) -> str | None:
    """A sentence on the captions that are longer than the limits; None if there are none."""
    longer = {limit: sum(count > limit for count in counts) for limit in sorted(limits)}
    if not any(longer.values()):
        return None
    said = ", ".join(f"{number} than {limit}" for limit, number in longer.items())
    return (
        f"of {len(counts)} captions, so many have more tokens: {said}; what is behind the limit of a trainer is cut off"
    )

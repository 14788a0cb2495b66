"""What happens to a caption each time it is drawn: tags shuffled behind the name, now and then nothing at all."""
import numpy as np


def vary(caption: str, rng: np.random.Generator, shuffle: bool, keep: int, dropout: float) -> str:
    """The caption as it is trained with this time.

    Args:
        caption: tags separated by commas, the name first.
        rng: generator of this item in this step.
        shuffle: whether the tags behind the kept ones change their order.
        keep: tags at the beginning that stay where they are.
        dropout: chance of an empty caption [0..1].
    """
    if rng.random() < dropout:
        return ""
    if not shuffle:
        return caption
    tags = [tag.strip() for tag in caption.split(",") if tag.strip()]
    rest = tags[keep:]
    return ", ".join([*tags[:keep], *(rest[i] for i in rng.permutation(len(rest)))])

"""What happens to a caption each time it is drawn: tags left out or shuffled behind the name, or nothing at all."""

import numpy as np


def vary(caption: str, rng: np.random.Generator, shuffle: bool, keep: int, tag_dropout: float, dropout: float) -> str:
    """The caption as it is trained with this time.

    Args:
        caption: tags separated by commas, the name first.
        rng: generator of this item in this step.
        shuffle: whether the tags behind the kept ones change their order.
        keep: tags at the beginning that always stay, where they are.
        tag_dropout: chance of each other tag to be left out [0..1].
        dropout: chance of an empty caption [0..1].
    """
    if rng.random() < dropout:
        return ""
    tags = [tag.strip() for tag in caption.split(",") if tag.strip()]
    kept, rest = tags[:keep], [tag for tag in tags[keep:] if rng.random() >= tag_dropout]
    return ", ".join(kept + ([rest[i] for i in rng.permutation(len(rest))] if shuffle else rest))

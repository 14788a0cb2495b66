"""What happens to a caption each time it is drawn: tags left out or shuffled behind the names, or nothing at all."""

import re
from collections.abc import Sequence

import numpy as np

from dramatis.core.captions import JOINT


def vary(
    caption: str,
    rng: np.random.Generator,
    shuffle: bool,
    keep: int,
    tag_dropout: float,
    dropout: float,
    names: Sequence[str] = (),
) -> str:
    """The caption as it is trained with this time.

    Args:
        caption: tags separated by commas, the name first.
        rng: generator of this item in this step.
        shuffle: whether the tags behind the kept ones change their order.
        keep: tags at the beginning that always stay, where they are.
        tag_dropout: chance of each other tag to be left out [0..1].
        dropout: chance of an empty caption [0..1].
        names: trigger words of all people in the picture. A tag with one of them always stays: right behind the kept
            ones, in the order of the caption.
    """
    if rng.random() < dropout:
        return ""
    tags = [tag.strip() for tag in caption.split(",") if tag.strip()]
    kept = tags[:keep] + [tag for tag in tags[keep:] if calls(tag, names)]
    rest = [tag for tag in tags[keep:] if not calls(tag, names) and rng.random() >= tag_dropout]
    return JOINT.join(kept + ([rest[i] for i in rng.permutation(len(rest))] if shuffle else rest))


def calls(tag: str, names: Sequence[str]) -> bool:
    """True if a tag holds one of the names as a whole word."""
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", tag, re.IGNORECASE) for name in names)

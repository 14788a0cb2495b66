"""Do pictures show what their prompts say? Per group of tags, as a tagger reads them."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


def agreement(
    scores: NDArray[np.floating],
    names: Sequence[str],
    prompted: Sequence[Sequence[str]],
    groups: Mapping[str, Sequence[str]],
) -> dict[str, float]:
    """Share of pictures whose most probable tag of a group is the one in the prompt [0..1], for each group.

    Counted over the prompts that name a tag of the group; a group of one tag, or that no prompt names, is left out.

    Args:
        scores: probabilities of each tag in each picture, shape (N, T).
        names: the tags in the order of the scores, length T.
        prompted: the tags of each prompt, length N.
        groups: tags of which a picture shows at most one.
    """
    place = {name: column for column, name in enumerate(names)}
    shares = {}
    for group, tags in groups.items():
        columns = [place[tag] for tag in tags]
        wanted = [next((k for k, tag in enumerate(tags) if tag in said), -1) for said in prompted]
        named = [row for row, tag in enumerate(wanted) if tag >= 0]
        if named and len(tags) > 1:
            read = scores[np.ix_(named, columns)].argmax(1)
            shares[group] = float((read == np.array(wanted)[named]).mean())
    return shares

"""Shots that show the same: an opening is one take, however many episodes begin with it."""

from collections.abc import Mapping

Shot = tuple[str, int]
"""Video and number of the shot in it."""


def takes(shot_of: Mapping[str, Shot], copy_of: Mapping[str, str]) -> dict[Shot, Shot]:
    """For each shot the first one that shows the same, itself if there is none.

    Two shots are one take if a frame of one copies a frame of the other; so are all that hang together this way.

    Args:
        shot_of: shot of each frame.
        copy_of: the frame that a frame copies (stage `repeats`); frames that `shot_of` lacks are passed over.
    """
    first = {shot: shot for shot in shot_of.values()}

    def root(shot: Shot) -> Shot:
        while first[shot] != shot:
            first[shot] = shot = first[first[shot]]
        return shot

    for copy, original in copy_of.items():
        if copy in shot_of and original in shot_of:
            low, high = sorted((root(shot_of[copy]), root(shot_of[original])))
            first[high] = low
    return {shot: root(shot) for shot in first}

"""Stable ids: a character or an outfit is called after its first track, so a new episode renames none."""

import hashlib


def stable_ids(prefix: str, tracks_of: list[list[str]]) -> list[tuple[str, str]]:
    """Id and first track of each group of tracks.

    Args:
        prefix: first letter of the ids: `c` for clusters, `o` for outfits.
        tracks_of: tracks of each group, earliest first in the order of `videos`.

    Returns:
        For each group (prefix + 8 hex digits of the SHA-256 of its first track, that track). Where two groups begin
        with the same track (it was taken apart), the one whose second track is earlier, or which comes first in the
        list, has the plain id, and the other's digest runs over more of its tracks until it differs.
    """
    taken: set[str] = set()
    named: list[tuple[str, str]] = []
    for tracks in tracks_of:
        for length in range(1, len(tracks) + 2):
            words = tracks[:length] if length <= len(tracks) else [*tracks, str(len(named))]
            name = prefix + hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:8]
            if name not in taken:
                break
        taken.add(name)
        named.append((name, tracks[0]))
    return named

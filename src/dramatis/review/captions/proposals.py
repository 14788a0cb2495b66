"""What a person means to do to the captions of several pictures, worked out before anything is written."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dramatis.caption.human import fault_of
from dramatis.review.captions.session import HUMAN, CaptionSession
from dramatis.review.captions.tags import Change, adding, folded_tags, have_all, removing


class Proposal(NamedTuple):
    """A caption before and after.

    Attributes:
        number: position of the first picture that it is of.
        picture: its hash.
    """

    number: int
    picture: str
    before: str
    after: str


class Proposed(NamedTuple):
    """All that would change.

    Attributes:
        changes: one for each picture, equal pictures once.
        refused: first reason why a caption cannot be so; empty if there is none.
        left_out: captions that stay since they cannot be so, or are not known before the next run.
    """

    changes: list[Proposal]
    refused: str
    left_out: int


def propose(session: CaptionSession, numbers: Iterable[int], change: Change) -> Proposed:
    """What a change does to the captions of some pictures."""
    changes: list[Proposal] = []
    refused, left_out = "", 0
    seen: set[str] = set()
    for n in numbers:
        picture, before = session.gallery.pictures[n].picture, session.captions[n]
        if picture in seen:
            continue
        seen.add(picture)
        if before is None:
            left_out += 1
            refused = refused or "no caption is known before the next run"
        elif (after := change(before)) != before:
            if fault := fault_of(after):
                left_out += 1
                refused = refused or fault
            else:
                changes.append(Proposal(n, picture, before, after))
    return Proposed(changes, refused, left_out)


def wanted(session: CaptionSession, changes: Iterable[Proposal]) -> dict[str, str | None]:
    """The lines of `captions.yaml` that changes ask for, by hash; what has changed since they were proposed stays."""
    return {
        each.picture: session.line_for(each.picture, each.after)
        for each in changes
        if session.caption_of(each.picture) == each.before
    }


def changed(session: CaptionSession, numbers: Iterable[int], change: Change) -> dict[str, str | None]:
    """The lines that a change of some pictures asks for, by hash."""
    return wanted(session, propose(session, numbers, change).changes)


def labelled(session: CaptionSession, numbers: Sequence[int], label: str) -> dict[str, str | None]:
    """A label is given to pictures or, if all have it, taken from them: the lines that this asks for, by hash."""
    return changed(session, numbers, toggling(label, session.known(numbers)))


def kept(session: CaptionSession, numbers: Iterable[int]) -> dict[str, str | None]:
    """Captions become lines as they are, so that no later run changes them."""
    said = {session.gallery.pictures[n].picture: session.captions[n] for n in numbers}
    return {picture: caption for picture, caption in said.items() if caption is not None}


def reset(session: CaptionSession, numbers: Iterable[int]) -> dict[str, str | None]:
    """Captions are automatic again: their lines go."""
    return {session.gallery.pictures[n].picture: None for n in numbers if session.origins[n] == HUMAN}


def toggling(tag: str, captions: Sequence[str]) -> Change:
    """A label: captions get it; if all have it, it goes."""
    return removing(tag) if folded_tags(tag) and have_all(tag, captions) else adding(tag)

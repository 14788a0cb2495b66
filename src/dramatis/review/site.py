"""A site: pages behind one token, and what all of them share."""

from dataclasses import dataclass, field

from dramatis.review.jobs import Runner


@dataclass
class Site:
    """The tabs of one server.

    Attributes:
        name: what stands behind the name of the program.
        tabs: address of each tab, and what it is called.
        dark: whether pages are dark; null as the browser has it.
        runner: runs of the pipeline.
    """

    name: str
    tabs: tuple[tuple[str, str], ...]
    dark: bool | None = None
    runner: Runner = field(default_factory=Runner)


DESK = (("", "Cast"), ("captions", "Captions"))
"""Tabs on which a person says who is who, and what is said of each picture."""


def review_site() -> Site:
    """The pages of `dramatis review`."""
    return Site("review", DESK)

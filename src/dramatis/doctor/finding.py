"""One line of the doctor."""

from typing import Literal, NamedTuple

State = Literal["ok", "warn", "fail"]


class Finding(NamedTuple):
    """What was looked at and how it stands.

    Attributes:
        what: the thing, in a word or two.
        state: ok; warn (it works, but costs something or may fail later); fail (something will not work).
        said: what was found.
        remedy: what to do; None if nothing is to be done.
    """

    what: str
    state: State
    said: str
    remedy: str | None = None


def ok(what: str, said: str) -> Finding:
    """All is well."""
    return Finding(what, "ok", said)


def warn(what: str, said: str, remedy: str) -> Finding:
    """It works, but."""
    return Finding(what, "warn", said, remedy)


def fail(what: str, said: str, remedy: str) -> Finding:
    """It will not work."""
    return Finding(what, "fail", said, remedy)

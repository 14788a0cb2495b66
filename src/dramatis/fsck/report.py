"""What was looked at, what is wrong with it, and what became of that."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from dramatis.publish.contents import in_units

CACHE, WORKSPACE = "cache", "workspace"
Problem = Literal["corrupt", "missing", "changed", "extra", "unreadable"]
MEANING = {
    "corrupt": "its bytes are not what its name says",
    "missing": "a lock file needs it",
    "changed": "not what the last run left, and DVC sees that",
    "extra": "no lock file knows it",
    "unreadable": "it cannot be read",
}


@dataclass(frozen=True)
class Owner:
    """An output to which an object belongs.

    Attributes:
        path: the output, or the file in it, from the project's top folder.
        stage: as DVC writes it: `train@solo`, `pipelines/dataset/dvc.yaml:dataset`, `raw/e01.mkv.dvc`.
        revision: `workspace`, or the newest commit whose lock file names it.
    """

    path: str
    stage: str
    revision: str

    def __str__(self) -> str:
        return f"{self.path} of {self.stage}, {self.revision}"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        store: `cache`, `workspace`, or `remote <name>`.
        problem: what is wrong with it.
        oid: name of the object: MD5 in hex, with `.dir` for the list of a folder's files.
        place: its file, or its address in a remote.
        size: bytes that are there; None if there are none, or nobody can say.
        why: what the operating system or the client says, for what cannot be read.
        owners: outputs to which it belongs, the workspace's first.
        repaired: it is whole again.
        outcome: what was done, or is to do, in words.
    """

    store: str
    problem: Problem
    oid: str
    place: str
    size: int | None = None
    why: str = ""
    owners: tuple[Owner, ...] = ()
    repaired: bool = False
    outcome: str = ""

    def mended(self, outcome: str) -> "Finding":
        """The same, whole again."""
        return replace(self, repaired=True, outcome=outcome)

    def left(self, outcome: str) -> "Finding":
        """The same, still wrong."""
        return replace(self, outcome=outcome)

    def lines(self) -> list[str]:
        """In words."""
        size = "" if self.size is None else f", {in_units(self.size)}"
        more = len(self.owners) - SHOWN
        return [
            f"{self.problem} in {self.store}: {self.oid or self.place}{size}: {self.why or MEANING[self.problem]}",
            *(f"  {owner}" for owner in self.owners[:SHOWN]),
            *([f"  and {more} more"] if more > 0 else []),
            *([f"  {self.place}"] if self.oid else []),
            f"  -> {self.outcome}",
        ]


SHOWN = 3
"""Owners of one object that are shown in words; `--json` has all."""


@dataclass(frozen=True)
class Checked:
    """What was read in one store.

    Attributes:
        store: as in a finding.
        objects: objects or files that were read.
        size: their bytes.
        seconds: how long that took.
    """

    store: str
    objects: int
    size: int
    seconds: float

    def line(self, findings: list[Finding]) -> str:
        """In words, with the number of findings of each kind."""
        rate = f", {in_units(self.size / self.seconds)}/s" if self.seconds > 0 and self.size else ""
        mine = [finding for finding in findings if finding.store == self.store]
        left = [finding.problem for finding in mine if not finding.repaired]
        counts = [f"{left.count(kind)} {kind}" for kind in MEANING if kind in left]
        counts += [f"{len(mine) - len(left)} repaired"] if len(mine) > len(left) else []
        return f"{self.store}: {self.objects} files, {in_units(self.size)}{rate}: {', '.join(counts) or 'sound'}"


@dataclass(frozen=True)
class Report:
    """All of it.

    Attributes:
        checked: one entry per store.
        findings: what is wrong, or was.
        notes: what is not wrong but worth a word.
    """

    checked: list[Checked] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Nothing is left that is wrong."""
        return all(finding.repaired for finding in self.findings)

    def lines(self) -> list[str]:
        """In words."""
        found = [line for finding in self.findings for line in finding.lines()]
        found += [checked.line(self.findings) for checked in self.checked]
        return found + [f"note: {note}" for note in self.notes]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {"clean": self.clean, **asdict(self)}

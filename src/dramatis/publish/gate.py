"""What stands against publishing: scores that are too low, pictures that nobody looked at, places of this machine."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dramatis.publish.contents import Entry
from dramatis.publish.lineage import Lineage
from dramatis.publish.params import PublishParams

TEXTS = {".md", ".json", ".jsonl", ".html", ".yaml", ".txt", ".csv", ".toml"}
HEADED = ".safetensors"
MOST_HEADER = 100 << 20
"""Bytes of a header, the limit of the format itself."""
MOST_NAMED = 5

Facts = Mapping[str, Any]


def of_scores(score: Facts, limits: PublishParams) -> list[str]:
    """What the verdict on a model says against it, each with figure and limit.

    A figure that was not measured stands against it too: nobody knows.
    """
    found = []
    for key, bound, limit in (
        ("recscore", "at least", limits.min_recscore),
        ("copy_risk", "at most", limits.max_copy_risk),
    ):
        value, name = score.get(key), key.replace("_", " ")
        if value is None:
            found.append(f"{name} was not measured, {bound} {limit:g} is asked")
        elif value < limit if key == "recscore" else value > limit:
            interval = score.get("interval") if key == "recscore" else score.get(f"{key}_interval")
            ranged = " [{:.2f}, {:.2f}]".format(*interval) if interval else ""
            found.append(f"{name} is {value:.3f}{ranged}, {bound} {limit:g} is asked")
    return found


def of_panels(rows: Iterable[Facts]) -> list[str]:
    """The panels that a person should look at, with the reason."""
    return [f"panel {row['scene']}: {row['flag']}" for row in rows if row["flag"]]


def of_lineage(lineage: Lineage | None) -> list[str]:
    """What was made anew after the thing itself, so that the lock files belong to another one."""
    return [f"{path} was made anew since" for path in lineage.direct] if lineage else []


def of_places(entries: Iterable[Entry], project: Path, home: Path) -> list[str]:
    """Files that name a folder of this machine: texts, and what is written into weights beside the numbers."""
    folders = [str(project.resolve()), f"{home}/"]
    found = []
    for entry in entries:
        text = _text(entry)
        named = next((folder for folder in folders if folder.encode() in text), None)
        if named and len(named) > len("/x/"):
            found.append(f"{entry.name} names a folder of this machine ({named})")
    return found


def _text(entry: Entry) -> bytes:
    """What a person can read of a file."""
    ending = Path(entry.name).suffix.lower()
    if ending in TEXTS:
        return entry.read()
    if ending != HEADED or isinstance(entry.source, bytes):
        return b""
    with entry.source.open("rb") as stream:
        return stream.read(min(int.from_bytes(stream.read(8), "little"), MOST_HEADER))


def in_a_line(findings: Sequence[str]) -> str:
    """Some of them, and how many more."""
    more = len(findings) - MOST_NAMED
    return "; ".join([*findings[:MOST_NAMED], *([f"and {more} more"] if more > 0 else [])])


def gate_lines(findings: Sequence[str]) -> list[str]:
    """A section of a card, Markdown, on what it is published in spite of; none if nothing stands against it."""
    if not findings:
        return []
    return ["## Published in spite of", "", *(f"- {finding}." for finding in findings), ""]

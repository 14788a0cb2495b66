"""Known weaknesses of the pinned packages: pip-audit over the locks, for `make audit`.

Ends with 1 if one is known. Where the service of advisories cannot be reached, it says so and ends with 0: no network
is no weakness, and a build without one goes on.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dramatis.bench.licences import LOCKS
from dramatis.core.errors import MissingError, one_line_errors

WAIT_S = 900
KNOWN: Mapping[str, str] = {}
"""Advisories that do not concern this project, by id, and why."""


def audited(program: str, lock: Path) -> list[dict[str, Any]] | str:
    """What pip-audit says of the packages of a lock; a text if it could not ask.

    Raises:
        MissingError: there is no such program.
    """
    command = [program, "--requirement", str(lock), "--no-deps", "--disable-pip", "--format", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S, check=False)
    except FileNotFoundError:
        raise MissingError(program, "there is no such program", "Run `make audit`, which installs it") from None
    except subprocess.TimeoutExpired:
        return f"no answer within {WAIT_S} s"
    try:
        return json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return (done.stderr.strip().splitlines() or ["it said nothing"])[-1]


def lines_of(packages: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each weakness that concerns this project."""
    found = []
    for package in packages:
        for advisory in package.get("vulns", ()):
            if advisory["id"] not in KNOWN:
                mended = ", ".join(advisory["fix_versions"]) or "no version yet"
                found.append(f"{package['name']} {package['version']}: {advisory['id']}, mended in {mended}")
    return found


def main() -> None:
    """Prints what is known against the pinned packages."""
    program = sys.argv[1] if len(sys.argv) > 1 else "pip-audit"
    found: list[str] = []
    for lock in LOCKS:
        said = audited(program, lock)
        if isinstance(said, str):
            sys.stdout.write(f"{lock}: not audited, as the advisories cannot be asked: {said}\n")
            continue
        skipped = [package["name"] for package in said if "skip_reason" in package]
        lines = lines_of(said)
        sys.stdout.write(f"{lock}: {len(said) - len(skipped)} packages asked about, {len(lines)} weaknesses known\n")
        sys.stdout.write("".join(f"  not asked about: {name}\n" for name in skipped))
        found += lines
    sys.stdout.write("".join(f"  {line}\n" for line in found))
    if found:
        sys.exit(1)


if __name__ == "__main__":
    with one_line_errors():
        main()

"""The weights that parameters name, and those that were fetched."""

from collections.abc import Iterable, Mapping

from dramatis.doctor.finding import Finding, fail, ok, warn
from dramatis.models.state import Row
from dramatis.models.wanted import Named


def check_named(named: Iterable[Named], faults: Mapping[str, str]) -> list[Finding]:
    """Every file or folder of weights that a parameter names.

    Args:
        faults: what is wrong with some of them, by key.
    """
    keys = list(named)
    found = []
    for each in keys:
        if each.key not in faults:
            continue
        judge = warn if each.key == "score.clip" and "there is no" in faults[each.key] else fail
        found.append(judge("weights", faults[each.key], each.remedy))
    return found or [ok("weights", f"all {len(keys)} that the parameters name are there, and whole by their headers")]


def check_locked(rows: Iterable[Row]) -> list[Finding]:
    """Folders of models/real against models/real.lock."""
    found, here = [], 0
    for row in rows:
        if row.state in ("changed", "incomplete"):
            remedy = f"`dvc checkout {row.folder}`, or `dramatis models pull {row.name}`"
            found.append(fail("real weights", f"{row.name} is {row.state}: {row.why}", remedy))
        elif row.state == "by hand":
            said = f"{row.name} lies there, but nothing says what its bytes should be"
            found.append(
                warn("real weights", said, f"`dramatis models pull {row.name} --by-hand` checks and records it")
            )
        here += row.state in ("here", "verified")
    if here or not found:
        said = f"{here} as models/real.lock has them" if here else "none were fetched"
        found.append(ok("real weights", said))
    return found

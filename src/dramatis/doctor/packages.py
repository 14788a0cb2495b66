"""Installed packages against requirements.lock."""

import re
from collections.abc import Mapping

from dramatis.doctor.finding import Finding, fail, ok, warn

PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*])?==([^\s;#]+)", re.MULTILINE)
INSTALL = "`make install`"


def pins(text: str) -> dict[str, str]:
    """Version of each package that a lock file pins."""
    return dict(PINNED.findall(text))


def check_packages(pinned: Mapping[str, str], installed: Mapping[str, str | None]) -> Finding:
    """Versions that differ; those of the build, such as +cpu, do not count."""
    lacking = [name for name in pinned if installed.get(name) is None]
    other = [name for name in pinned if name not in lacking and not _same(pinned[name], installed[name] or "")]
    if lacking:
        return fail("packages", f"{len(lacking)} are not installed, such as {lacking[0]}", INSTALL)
    if other:
        first = f"{other[0]} {installed[other[0]]}, tested with {pinned[other[0]]}"
        return warn("packages", f"{len(other)} of another version: {first}", f"{INSTALL}: results may differ")
    return ok("packages", f"{len(pinned)} as requirements.lock has them")


def _same(pinned: str, installed: str) -> bool:
    return installed == pinned or installed.split("+")[0] == pinned.split("+")[0]

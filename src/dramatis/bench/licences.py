"""The licences of all packages that the locks pin: `python -m dramatis.bench.licences` writes `docs/licences.md`.

What a package says of itself (its metadata) is brought to one spelling, and compared with what is allowed here. A new
package without a known licence, or with one that is not allowed, is an error.
"""

import re
import sys
from collections.abc import Iterable, Mapping
from email.message import Message
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import NamedTuple, cast

from dramatis.core.errors import InputError, MissingError, one_line_errors

LOCKS = (Path("requirements.lock"), Path("requirements-dev.lock"))
OUT = Path("docs/licences.md")
PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-0",
    "MIT-CMU", "PSF-2.0", "Public-Domain", "Unlicense", "ZPL-2.1", "Zlib", "Apache-2.0 WITH LLVM-exception", "BSD",
}  # fmt: skip
"""Licences that ask for no more than their own text and notices; `BSD` where a package does not say which."""
COPYLEFT = {
    "EPL-2.0": "weak: changes of its own files stay under it",
    "MPL-2.0": "weak: changes of its own files stay under it",
    "GPL-2.0 WITH GCC-exception-2.0": "linking with it is free, by its exception",
    "GPL-2.0-only": "strong",
    "GPL-2.0-or-later": "strong",
    "GPL-3.0-or-later": "strong",
    "LGPL-3.0-only": "weak: it must stay replaceable",
    "LGPL-3.0-or-later": "weak: it must stay replaceable",
}
"""Licences that ask for more, and what of it matters here."""
ALLOWED = {
    "docutils": "its one file under the GPL is a mode for Emacs, which pip does not install",
    "grandalf": "DVC draws `dvc dag` with it; it is not part of what Dramatis hands on",
}
"""Packages with a strong copyleft that are used nevertheless, and why they may be."""
SPELLED = {
    "apache software license": "Apache-2.0", "apache license 2.0": "Apache-2.0", "apache 2.0 license": "Apache-2.0",
    "apache 2.0": "Apache-2.0", "apache-2": "Apache-2.0", "bsd license": "BSD", "3-clause bsd license": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause", "mit license": "MIT", "isc license (iscl)": "ISC", "public domain": "Public-Domain",
    "python software foundation license": "PSF-2.0", "psfl": "PSF-2.0",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "zope public license": "ZPL-2.1", "gnu general public license v2 (gplv2)": "GPL-2.0-only",
    "gnu general public license (gpl)": "GPL-3.0-or-later",
    "gplv2 with linking exception": "GPL-2.0 WITH GCC-exception-2.0",
}  # fmt: skip
"""What packages write, in the spelling of SPDX."""
BY_HAND = {
    "antlr4-python3-runtime": "BSD-3-Clause",  # its metadata says only BSD
    "asyncssh": "EPL-2.0 OR GPL-2.0-or-later",  # LICENSE; its metadata says only that it is approved
    "deepface": "MIT",
    "docutils": "Public-Domain AND BSD-2-Clause AND GPL-3.0-or-later",
    "future": "MIT",
    "hdbscan": "BSD-3-Clause",  # LICENSE; its metadata says only that it is approved
    "pysocks": "BSD-3-Clause",
    "umap-learn": "BSD-3-Clause",  # LICENSE.txt; likewise
}
"""Packages whose metadata does not say it, as read in the licence that they carry."""
READ = "Read it, and add it to `PERMISSIVE` or `COPYLEFT` in dramatis/bench/licences.py"
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==(\S+)", re.MULTILINE)


class Package(NamedTuple):
    """A pinned package.

    Attributes:
        licence: expression in the spelling of SPDX: one, or several with AND (all hold) and OR (one may choose).
        note: what a licence that is not permissive asks, and why that is no hindrance; empty if it is.
    """

    name: str
    version: str
    licence: str
    note: str


def pinned(text: str) -> dict[str, str]:
    """Packages and versions of a lock."""
    return dict(PIN.findall(text))


def licence_of(name: str, about: Message) -> str:
    """The licence that a package states, in the spelling of SPDX.

    Raises:
        InputError: it states none that is known here.
    """
    if name.lower() in BY_HAND:
        return BY_HAND[name.lower()]
    said = about.get("License-Expression")
    if said:
        return said
    told = [line.split("::")[-1].strip() for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    told = [line for line in told if line != "OSI Approved"] or (about.get("License") or "").strip().splitlines()[:1]
    known = [SPELLED.get(word.lower(), word) for word in told if word]
    if not known:
        remedy = "Read the licence that it carries, and add it to `BY_HAND` in dramatis/bench/licences.py"
        raise InputError(name, "its metadata names no licence", remedy)
    return " OR ".join(dict.fromkeys(known))


def note_on(name: str, licence: str) -> str:
    """What a licence asks for beyond its text and notices; empty if nothing.

    Raises:
        InputError: it is not known, or a strong copyleft that nobody has looked at.
    """
    if _is_permissive(licence):
        return ""
    notes = []
    for part in (part.strip(" ()") for part in re.split(r"\s+(?:AND|OR)\s+", licence)):
        if part not in PERMISSIVE | COPYLEFT.keys():
            raise InputError(name, f"its licence is {part!r}, which is not known here", READ)
        if part in COPYLEFT:
            notes.append(f"{part}: {COPYLEFT[part]}")
    weak = any("strong" not in note for note in notes)
    if not weak and name.lower() not in ALLOWED:
        raise InputError(name, f"its licence is {licence}, a strong copyleft", "Do without it, or say why it may be")
    return "; ".join([*dict.fromkeys(notes), *([ALLOWED[name.lower()]] if name.lower() in ALLOWED else [])])


def _is_permissive(licence: str) -> bool:
    """True if one may choose permissive licences only: OR of ANDs, or ANDs of groups in brackets."""
    if "(" in licence:
        groups = re.split(r"\s+AND\s+(?![^(]*\))", licence)
        return all(_is_permissive(group.strip().removeprefix("(").removesuffix(")")) for group in groups)
    choices = (re.split(r"\s+AND\s+", choice) for choice in re.split(r"\s+OR\s+", licence))
    return any(all(part.strip() in PERMISSIVE for part in parts) for parts in choices)


def packages(pins: Mapping[str, str]) -> list[Package]:
    """The pinned packages, by name.

    Raises:
        MissingError: one is not installed, so that it cannot be asked.
        InputError: see `licence_of` and `note_on`.
    """
    found = []
    for name, version in sorted(pins.items(), key=lambda item: item[0].lower()):
        try:
            about = cast(Message, metadata(name))
        except PackageNotFoundError:
            raise MissingError(name, "it is pinned and not installed", "Run `make dev`") from None
        licence = licence_of(name, about)
        found.append(Package(name, version, licence, note_on(name, licence)))
    return found


def page(found: Iterable[Package]) -> str:
    """The page of docs."""
    found = list(found)
    noted = [package for package in found if package.note]
    lines = [
        "# Licences of the packages",
        "",
        "<!-- generated by `python -m dramatis.bench.licences` -->",
        "",
        "Dramatis itself is under Apache-2.0. These are the packages that `requirements.lock` and",
        "`requirements-dev.lock` pin, with the licences that they state. None of them is part of this repository.",
        f"{len(found) - len(noted)} of {len(found)} ask for their text and notices only.",
        "",
        "## Those that ask for more",
        "",
        "| package | licence | what that means here |",
        "|---|---|---|",
        *(f"| {package.name} | {package.licence} | {package.note} |" for package in noted),
        "",
        "## All",
        "",
        "| package | version | licence |",
        "|---|---|---|",
        *(f"| {package.name} | {package.version} | {package.licence} |" for package in found),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Writes the page, or says which licence is in the way."""
    pins: dict[str, str] = {}
    for lock in LOCKS:
        pins |= pinned(lock.read_text())
    found = packages(pins)
    OUT.write_text(page(found))
    noted = sum(bool(package.note) for package in found)
    sys.stdout.write(f"{OUT}: {len(found)} packages, {noted} with a licence that asks for more\n")


if __name__ == "__main__":
    with one_line_errors():
        main()

"""Every pinned package has a licence that is known and may be used, and the page of docs says which."""

from email.message import Message

import pytest
from conftest import TOP

from dramatis.bench.audit import audited, lines_of
from dramatis.bench.licences import LOCKS, OUT, licence_of, note_on, packages, page, pinned
from dramatis.core.errors import InputError, MissingError


def about(**fields):
    made = Message()
    for name, value in fields.items():
        made[name.replace("_", "-")] = value
    return made


def test_the_page_is_up_to_date():
    pins = {name: version for lock in LOCKS for name, version in pinned((TOP / lock).read_text()).items()}
    assert len(pins) > 150
    assert (TOP / OUT).read_text() == page(packages(pins)), "run `python -m dramatis.bench.licences`"


def test_what_a_package_says_of_itself():
    assert licence_of("x", about(License_Expression="MIT OR Apache-2.0")) == "MIT OR Apache-2.0"
    assert licence_of("x", about(Classifier="License :: OSI Approved :: BSD License")) == "BSD"
    assert licence_of("x", about(License="Apache License 2.0")) == "Apache-2.0"
    with pytest.raises(InputError, match="names no licence"):
        licence_of("x", about(Classifier="License :: OSI Approved"))


@pytest.mark.parametrize("licence", ["MIT", "BSD-3-Clause AND MIT", "GPL-2.0-only OR MIT", "MIT AND (MPL-2.0 OR ISC)"])
def test_what_asks_for_nothing_more(licence):
    assert note_on("x", licence) == ""


def test_what_asks_for_more_is_noted_or_refused():
    assert note_on("x", "MPL-2.0 AND MIT").startswith("MPL-2.0: weak")
    assert note_on("x", "MPL-2.0 AND (Apache-2.0 OR MIT)").startswith("MPL-2.0: weak")
    for licence in ("GPL-2.0-only", "GPL-2.0-or-later AND MIT", "Proprietary", "AGPL-3.0-only"):
        with pytest.raises(InputError):
            note_on("x", licence)


def test_an_audit_that_cannot_ask_says_so(tmp_path):
    silent = tmp_path / "pip-audit"
    silent.write_text("#!/bin/sh\necho 'ERROR: no network' >&2\nexit 1\n")
    silent.chmod(0o755)
    assert audited(str(silent), TOP / LOCKS[0]) == "ERROR: no network"
    silent.write_text('#!/bin/sh\necho \'{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}\'\n')
    assert audited(str(silent), TOP / LOCKS[0]) == [{"name": "a", "version": "1", "vulns": []}]
    with pytest.raises(MissingError):
        audited(str(tmp_path / "none"), TOP / LOCKS[0])


def test_a_known_weakness_is_a_line():
    weak = {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}
    assert lines_of([weak, {"name": "b", "version": "1", "vulns": []}]) == ["a 1: PYSEC-1, mended in 2"]

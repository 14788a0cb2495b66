"""A zip of pictures, read in place: nothing is written to disk."""

import re
import stat
import zipfile
import zlib
from functools import partial
from pathlib import Path

from dramatis.core.errors import InputError
from dramatis.core.picture_files import MOST_BYTES, is_picture
from dramatis.core.stills import Still
from dramatis.frames.source_folder import folder_of

PIECE = 1 << 20
"""A member is unpacked by pieces of so many bytes, so that one that lies about its size takes no more memory."""
MOST_MEMBERS = 1_000_000
"""A zip that lists more is refused: a list of that length is a bomb itself."""
TRICK = re.compile(r"^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)|[\x00-\x1f]")
"""Names that lead out of the archive, or hide what they are."""


def stills(source: Path) -> list[Still]:
    """The pictures in a zip, by path; it stays open as long as one of them is held.

    Raises:
        InputError: it is no zip, holds no picture, has a password, or a member that means harm.
    """
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise InputError(str(source), f"it cannot be read as a zip ({error})", "Get a whole copy of it") from None
    if len(archive.infolist()) > MOST_MEMBERS:
        problem = f"it lists {len(archive.infolist())} files, and at most {MOST_MEMBERS} are read"
        raise InputError(str(source), problem, "Pack the pictures anew")
    for member in archive.infolist():
        _check(source, member)
    found = sorted((m for m in archive.infolist() if is_picture(m.filename)), key=lambda member: member.filename)
    if not found:
        raise InputError(str(source), "this zip holds no picture", "Put JPEG, PNG or WebP files into it")
    return [
        Still(f"{source}/{m.filename}", m.filename, folder_of(m.filename), partial(_read, archive, m)) for m in found
    ]


def _check(source: Path, member: zipfile.ZipInfo) -> None:
    """Refuses what a zip of pictures has no reason to hold."""
    problem = ""
    if TRICK.search(member.orig_filename):
        problem = "leads out of the archive"
    elif stat.S_ISLNK(member.external_attr >> 16):
        problem = "is a link"
    elif member.flag_bits & 1:
        problem = "needs a password"
    elif member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        problem = f"is packed by method {member.compress_type}, and only stored and deflated ones (0, 8) are read"
    elif member.file_size > MOST_BYTES and is_picture(member.filename):
        problem = f"unpacks to {member.file_size >> 20} MiB, and at most {MOST_BYTES >> 20} are read"
    if problem:
        raise InputError(str(source), f"its member {member.orig_filename!r} {problem}", "Pack the pictures anew")


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The bytes of a member, no more than it declares."""
    try:
        with archive.open(member) as stream:  # by pieces: zipfile unpacks all of one before it counts
            return b"".join(iter(partial(stream.read, PIECE), b""))
    except (zipfile.BadZipFile, zlib.error) as error:
        raise OSError(str(error)) from None

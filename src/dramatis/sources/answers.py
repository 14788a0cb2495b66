"""What a web server's answer says: name, length, digests, and whether it is a page instead of a file."""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from email.message import Message
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*(?:<!doctype\s+html|<html|<head|<\?xml)", re.IGNORECASE)
TITLE = re.compile(rb"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
PLAYLIST = b"#EXTM3U"
RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
WHOLE = re.compile(r"bytes \*/(\d+)")


class Part(NamedTuple):
    """Which bytes an answer holds: from `start`, of `total` (null if the server does not say)."""

    start: int
    total: int | None


def part_of(status: int, headers: Mapping[str, str]) -> Part | None:
    """Which bytes an answer 200, 206 or 416 is about; null if it does not say so soundly."""
    if status == 200:
        length = headers.get("Content-Length", "")
        return Part(0, int(length) if length.isdecimal() else None)
    said = headers.get("Content-Range", "").strip()
    if status == 416:
        whole = WHOLE.fullmatch(said)
        return Part(int(whole[1]), int(whole[1])) if whole else None
    found = RANGE.fullmatch(said)
    return Part(int(found[1]), None if found[3] == "*" else int(found[3])) if found else None


def validator_of(headers: Mapping[str, str]) -> str | None:
    """What tells whether the file is still the same: a strong ETag, else the time of its last change."""
    etag = headers.get("ETag", "")
    return etag if etag and not etag.startswith("W/") else headers.get("Last-Modified")


def name_of(headers: Mapping[str, str], urls: Iterable[str]) -> str:
    """Name of the file: as the server says, else from the first address that has one; never a path."""
    message = Message()
    message["Content-Disposition"] = _text(headers.get("Content-Disposition", "")) or "none"
    names = [message.get_filename() or "", *(unquote(urlsplit(url).path) for url in urls)]
    plain = [name.replace("\\", "/").rstrip("/").rpartition("/")[2] for name in names]
    return next((name for name in plain if name.strip(". ")), "download")


def _text(header: str) -> str:
    """A header whose bytes are UTF-8, as many servers send them; HTTP libraries read them as Latin-1."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def digests_of(status: int, headers: Mapping[str, str]) -> dict[str, str]:
    """Digests of the whole file that a server states, in hex: `sha256`, `md5` (RFC 9530, RFC 3230, Content-MD5)."""
    found: dict[str, str] = {}
    stated = f"{headers.get('Repr-Digest', '')},{headers.get('Digest', '')},{headers.get('x-goog-hash', '')}"
    if status == 200 and headers.get("Content-MD5"):
        stated += f",md5={headers['Content-MD5']}"
    for name, value in re.findall(r"([\w-]+)=:?([\w+/]+=*):?", stated):
        kind, size = {"sha-256": ("sha256", 32), "md5": ("md5", 16)}.get(name.lower(), ("", 0))
        try:
            raw = base64.b64decode(value, validate=True)
        except binascii.Error:
            continue
        if kind and len(raw) == size:
            found[kind] = raw.hex()
    return found


def no_file(kind: str, head: bytes) -> str | None:
    """What is wrong with content that is no video and no pictures: a web page, a playlist; null if nothing shows.

    Args:
        kind: the answer's Content-Type.
        head: its first bytes.
    """
    media = kind.partition(";")[0].strip().lower()
    if head.startswith(PLAYLIST):
        return "the address leads to a playlist (m3u8), which only names the pieces of a video"
    if media in ("text/html", "application/xhtml+xml") or PAGE.match(head):
        title = TITLE.search(head)
        said = f" called {' '.join(title[1].decode(errors='replace').split())!r}" if title else ""
        return f"the address leads to a web page{said}, not to a file"
    if media in ("application/json", "application/problem+json"):
        return f"the server answers with text ({media}), not with a file"
    return None

"""What a word on the command line means: a path, an address of the web, or a torrent."""

import os
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from dramatis.core.errors import InputError

SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+):(?://|\?|/)")
TORRENT = ".torrent"
SHA256 = re.compile(r"[0-9a-fA-F]{64}")
KINDS = "a file, a folder, an address with http:// or https://, a magnet link or a .torrent"


class Local(NamedTuple):
    """A file or folder of this machine."""

    path: Path


class Web(NamedTuple):
    """A file behind an address.

    Attributes:
        url: without a fragment.
        sha256: digest that the file must have, in small letters; null if nobody said one.
    """

    url: str
    sha256: str | None

    @property
    def shown(self) -> str:
        """The address without what may be secret in it: user, password, query."""
        return public(self.url)


class Torrent(NamedTuple):
    """A magnet link, or a file or address that ends with `.torrent`."""

    link: str
    sha256: str | None

    @property
    def shown(self) -> str:
        """Its name, or the link up to its hash."""
        if not self.link.startswith("magnet:"):
            return public(self.link) if "://" in self.link else self.link
        said = parse_qs(self.link.partition("?")[2])
        return said["dn"][0] if "dn" in said else f"magnet:?xt={said['xt'][0]}"


Kind = Local | Web | Torrent


def public(url: str) -> str:
    """An address that may stand in a file of git: scheme, host, port and path."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def kind_of(source: str, sha256: str | None = None) -> Kind:
    """What a source is. A path that is there wins over an address.

    Args:
        source: as it was typed.
        sha256: digest that the file must have; a fragment `#sha256=…` of an address says it too.

    Raises:
        InputError: there is no such path, or nothing of this kind can be fetched.
    """
    if os.path.lexists(source):
        if source.lower().endswith(TORRENT) and os.path.isfile(source):
            return Torrent(source, digest_of(sha256, source))
        return Local(Path(source))
    if source.startswith("magnet:"):
        if not any(value.startswith("urn:bt") for value in parse_qs(source.partition("?")[2]).get("xt", [])):
            raise InputError(_short(source), "this magnet link names no torrent (xt=urn:btih:…)", "Copy it whole")
        return Torrent(source, digest_of(sha256, source))
    scheme = SCHEME.match(source)
    if not scheme:
        raise InputError(_short(source), "there is no such file or folder", f"A source is {KINDS}")
    if scheme[1].lower() not in ("http", "https"):
        remedy = "Name the path itself" if scheme[1].lower() == "file" else f"A source is {KINDS}"
        raise InputError(_short(source), f"{scheme[1].lower()}: is not fetched", remedy)
    return _web(source, sha256)


def _web(source: str, sha256: str | None) -> Kind:
    try:
        parts = urlsplit(source)
        host, _ = parts.hostname, parts.port  # a port that is no number raises here
    except ValueError as error:
        raise InputError(_short(source), f"this is no address ({error})", "Copy it whole") from None
    if not host or re.search(r"[\s\x00-\x1f]", source):
        raise InputError(_short(source), "this is no address: it needs a host, and no spaces", "Copy it whole")
    said = parse_qs(parts.fragment).get("sha256", [None])[0]
    if said and sha256 and said.lower() != sha256.lower():
        raise InputError(public(source), "the address and --sha256 say two digests", "Leave one of them out")
    url, digest = urlunsplit(parts._replace(fragment="")), digest_of(said or sha256, source)
    return (Torrent if unquote(parts.path).lower().endswith(TORRENT) else Web)(url, digest)


def digest_of(text: str | None, place: str) -> str | None:
    """A SHA-256 in small letters.

    Raises:
        InputError: it is no such digest.
    """
    if text is not None and not SHA256.fullmatch(text):
        raise InputError(_short(place), f"sha256 = {text!r} is not 64 digits of 0-9 and a-f", "Copy it whole")
    return text.lower() if text else None


def _short(text: str) -> str:
    """A source as an error shows it: on one line, not too long, without a password."""
    shown = public(text) if SCHEME.match(text) and "@" in text else text
    shown = "".join(letter if letter.isprintable() else "�" for letter in shown)
    return shown if len(shown) <= 120 else shown[:117] + "..."

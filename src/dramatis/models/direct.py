"""Bytes from an address, by HTTPS alone, gone on with where they were cut off: in this process, or by the next one."""

import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from functools import partial
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit
from urllib.request import Request

from tqdm import tqdm

from dramatis.core.again import PASSING, Again, patiently, size_of, wait_of
from dramatis.core.errors import InputError

BLOCK = 2**20
WAIT_S = 30.0
"""How long a server may say nothing [s]."""
MOST = 64 * 2**30
"""Bytes that are taken of one file, at most: a server that never ends fills no disk."""
PAUSE_S = 1.0
"""How long is waited before the second try [s]; see `patiently`."""
HERE = ("127.0.0.1", "localhost")
AGAIN = "Run it again where there is a network: what has come so far is kept"


class _Onward(urllib.request.HTTPRedirectHandler):
    """Follows a redirection only to HTTPS (or on this machine); another host is not shown the token."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if after.scheme != "https" and (before.hostname not in HERE or after.hostname not in HERE):
            raise urllib.error.URLError(f"it leads away from HTTPS, to {newurl}")
        onward = super().redirect_request(req, fp, code, msg, headers, newurl)
        if onward is not None and before.netloc != after.netloc:
            onward.remove_header("Authorization")
        return onward


def download(url: str, part: Path, most: int | None = None, headers: Mapping[str, str] | None = None) -> Path:
    """Fetches `url` into `part`, after the bytes that are there already, and goes on if the connection breaks.

    Args:
        most: bytes that the file has, if that is known; what is longer is refused.
        headers: more to be sent, such as a token.

    Raises:
        InputError: the server is out of reach, says no, stops early again and again, or sends more than it should.
    """
    part.parent.mkdir(parents=True, exist_ok=True)
    return patiently(partial(_once, url, part, most, headers or {}), part, url, AGAIN, PAUSE_S)


def _once(url: str, part: Path, most: int | None, headers: Mapping[str, str]) -> Path:
    have = size_of(part)
    if most is not None and have >= most:
        return part
    said = {"User-Agent": "dramatis", **headers, "Accept-Encoding": "identity"}
    request = urllib.request.Request(url, headers=said | ({"Range": f"bytes={have}-"} if have else {}))
    try:
        with urllib.request.build_opener(_Onward).open(request, timeout=WAIT_S) as response:
            _receive(response, url, part, have, most or MOST)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # nothing is behind what is there
            return part
        if error.code in PASSING:
            raise Again(f"the server says no ({error.code}: {error.reason})", wait_of(error.headers)) from None
        raise InputError(url, f"the server says no ({error.code}: {error.reason})", AGAIN) from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, (ConnectionError, TimeoutError)):
            raise Again(f"the server is out of reach ({error.reason})") from None
        raise InputError(url, f"the server is out of reach ({error.reason})", AGAIN) from None
    except (HTTPException, ConnectionError, TimeoutError, ssl.SSLError) as error:
        raise Again(f"the connection broke ({error or type(error).__name__})") from None
    return part


def _receive(response: HTTPResponse, url: str, part: Path, have: int, most: int) -> None:
    """Writes the body behind what is there, or from the start if the server sends all of it."""
    if response.status == 206:
        told = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
        if not told or int(told[1]) != have:
            raise InputError(url, "the server sends another part than the one asked for", "Bring the file by hand")
    else:
        have = 0
    length = response.headers.get("Content-Length")
    total = have + int(length) if length and length.isdigit() else None
    if total is not None and total > most:
        raise InputError(url, f"it is {total} bytes, and at most {most} are expected", "See what lies there")
    bar = tqdm(total=total, initial=have, unit="B", unit_scale=True, desc=part.name, disable=None, leave=False)
    with part.open("ab" if have else "wb") as stream, bar:
        while block := response.read(BLOCK):
            have += len(block)
            if have > most:
                raise InputError(url, f"it sends more than the {most} bytes expected", "See what lies there")
            stream.write(block)
            bar.update(len(block))
    if total is not None and have < total:
        raise Again(f"the connection broke after {have} of {total} bytes")

"""Files of the web: fetched in pieces that stay when the line is cut, and go on where they ended."""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from tqdm import tqdm

from dramatis.core.again import PASSING, Again, patiently, wait_of
from dramatis.core.errors import InputError
from dramatis.sources.answers import name_of, no_file, part_of
from dramatis.sources.kinds import Web, public
from dramatis.sources.pieces import Fetched, Piece, folder_for
from dramatis.sources.space import RESERVE, check_room

LOG = logging.getLogger("sources")
BLOCK = 1 << 18
TIMEOUT_S = 30.0
"""Longest silence of a server [s]."""
MOST_REDIRECTS = 8
REDIRECTS = (301, 302, 303, 307, 308)
SAID = {
    401: ("it asks for a password", "Put it into the address (https://user:password@host/…) or into ~/.netrc"),
    403: ("the server does not allow it (403)", "Fetch it with a browser, then `dramatis add` the file"),
    404: ("there is no such file (404)", "Mend the address"),
    410: ("the file is gone (410)", "Look for another address"),
}
HEADERS = {"Accept-Encoding": "identity", "User-Agent": "dramatis"}
CUT = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
"""What a broken line raises."""
NO_ADDRESS = (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError)
DISK = (errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EACCES)
"""Errors that another try does not mend."""


class Offer(NamedTuple):
    """What a server says about a file: its name, and its bytes if it tells."""

    name: str
    size: int | None


def offered(web: Web) -> Offer:
    """What a server would send, without fetching it.

    Raises:
        InputError: it would send no file.
    """
    with requests.Session() as session, _one_line(web):
        try:
            answer, urls = _ask(session, web, {})
        except CUT as error:
            raise InputError(web.shown, _reason(error), "Try again later") from None
        with answer:
            if answer.status_code != 200:
                raise _refusal(web, answer.status_code)
            head = next(answer.raw.stream(BLOCK, decode_content=False), b"")
            _refuse_page(web, answer, head)
            said = part_of(200, answer.headers)
            return Offer(name_of(answer.headers, urls), said.total if said else None)


def fetch(web: Web, parts: Path, copies: int = 1, pause_s: float = 1.0, timeout_s: float = TIMEOUT_S) -> Fetched:
    """Fetches a file into a folder of its own in `parts`, from where an earlier try ended if the file is the same.

    Args:
        copies: how often the file will be on the disk in the end, for the room that it takes.
        pause_s: wait before the second try [s]; doubled before each further one: see `patiently`.

    Raises:
        InputError: the server does not send it, it is cut again and again, a page comes instead, the disk is too small,
            or its digest is another than stated. What came stays, but for what has a wrong digest.
    """
    part = Piece(folder_for(parts, web.url), web)
    with part.alone(), requests.Session() as session, _one_line(web):
        try:
            one_try = partial(_once, session, web, part, copies, timeout_s)
            patiently(one_try, part.file, web.shown, "Try again later", pause_s)
            return part.finished()
        except KeyboardInterrupt:
            LOG.info("%s is kept: the same command goes on from there", part.file)
            raise
        finally:
            part.leave()


def _once(session: requests.Session, web: Web, part: Piece, copies: int, timeout_s: float) -> None:
    """One try, after which the file is whole."""
    try:
        if not _one_try(session, web, part, copies, timeout_s):
            raise Again("the answer ended early")
    except NO_ADDRESS:
        raise
    except CUT as error:
        if _is_nowhere(error) or getattr(error, "errno", None) in DISK:
            raise InputError(web.shown, _reason(error), "Mend that, then run it again") from None
        raise Again(_reason(error)) from None


def _one_try(session: requests.Session, web: Web, part: Piece, copies: int, timeout_s: float) -> bool:
    """One request; true if the file is whole then."""
    answer, urls = _ask(session, web, part.wanted(), timeout_s)
    with answer:
        status, said = answer.status_code, part_of(answer.status_code, answer.headers)
        if status in PASSING:
            raise Again(f"the server answers {status}", wait_of(answer.headers))
        if status == 416 and part.size:
            if said and said.total == part.size and not part.changed(answer):
                return True
            part.begin()
            raise Again("the file there is another now, so from the start", 0)
        if status not in (200, 206):
            raise _refusal(web, status)
        if answer.headers.get("Content-Encoding", "identity").lower() not in ("identity", ""):
            raise InputError(web.shown, "the server packs the file although asked not to", "Fetch it with a browser")
        if status == 206 and (said is None or said.start != part.size or part.changed(answer, said.total)):
            part.begin()
            raise Again("the file there is another now, so from the start", 0)
        if status == 200:
            part.begin()
        total = said.total if said else None
        part.learn(answer, name_of(answer.headers, urls), total)
        if total:
            check_room(part.file.parent, total * copies - part.size, part.name)
        return _take(web, part, answer)


def _take(web: Web, part: Piece, answer: requests.Response) -> bool:
    bar = tqdm(
        total=part.total, initial=part.size, desc=part.name[:40], unit="B", unit_scale=True,
        disable=None, leave=False,
    )  # fmt: skip
    looked = 0
    with bar, part.file.open("ab") as stream:
        for block in answer.raw.stream(BLOCK, decode_content=False):
            if not stream.tell():
                _refuse_page(web, answer, block)
            if part.total is None and stream.tell() >= looked:
                check_room(part.file.parent, 0, part.name)
                looked = stream.tell() + RESERVE // 2  # pieces of a server that tells no length have any size
            stream.write(block)
            bar.update(len(block))
    if part.total is not None and part.size > part.total:
        part.begin()
        raise Again("more came than the server said")
    return part.size == part.total if part.total is not None else part.size > 0


def _ask(
    session: requests.Session, web: Web, headers: dict[str, str], timeout_s: float = TIMEOUT_S
) -> tuple[requests.Response, list[str]]:
    """The answer at the end of all redirects, its body unread, and the addresses on the way, the last one first."""
    urls = [web.url]
    for _ in range(MOST_REDIRECTS + 1):
        answer = session.get(urls[0], headers=HEADERS | headers, stream=True, allow_redirects=False, timeout=timeout_s)
        to = answer.headers.get("Location")
        if answer.status_code not in REDIRECTS or not to:
            return answer, urls
        answer.close()
        urls.insert(0, urljoin(urls[0], to.encode("latin-1", "ignore").decode(errors="replace")))
        schemes = [urlsplit(url).scheme for url in urls[:2]]
        if schemes[0] not in ("http", "https"):
            raise InputError(web.shown, f"it leads to {schemes[0]}:, which is not fetched", "Look for another address")
        if schemes == ["http", "https"] and not web.sha256:
            remedy = "State the file's digest with --sha256, or look for another address"
            raise InputError(web.shown, f"it leads from https to http ({public(urls[0])})", remedy)
    raise InputError(web.shown, f"it leads on more than {MOST_REDIRECTS} times", "Look for another address")


def _refusal(web: Web, status: int) -> InputError:
    problem, remedy = SAID.get(status, (f"the server answers {status}", "Try again later, or another address"))
    return InputError(web.shown, problem, remedy)


def _refuse_page(web: Web, answer: requests.Response, head: bytes) -> None:
    problem = no_file(answer.headers.get("Content-Type", ""), head[:4096])
    if problem:
        remedy = "Copy the address of the file itself, or fetch it with a browser and `dramatis add` the file"
        raise InputError(web.shown, problem, remedy)


@contextmanager
def _one_line(web: Web) -> Iterator[None]:
    """Addresses that the library cannot read become an error of ours."""
    try:
        yield
    except NO_ADDRESS as error:
        raise InputError(web.shown, f"this is no address ({error})", "Copy it whole") from None


def _reason(error: Exception) -> str:
    """What went wrong, in a few words and without an address that may hold a password."""
    inner: Any = error
    while getattr(inner, "reason", None) is not None or (inner.args and isinstance(inner.args[0], Exception)):
        inner = getattr(inner, "reason", None) or inner.args[0]
    if isinstance(inner, urllib3.exceptions.NameResolutionError):
        return "no host of this name is known, or this machine is offline"
    if isinstance(inner, urllib3.exceptions.NewConnectionError):  # a timeout too, by its class
        inner = inner.__cause__ or inner
        return f"nobody answers there ({getattr(inner, 'strerror', None) or 'no connection'})".lower()
    if isinstance(error, requests.Timeout) or isinstance(inner, (TimeoutError, urllib3.exceptions.TimeoutError)):
        return "the server is silent"
    if isinstance(inner, urllib3.exceptions.IncompleteRead):
        return "the line was cut"
    if isinstance(inner, OSError) and inner.strerror:
        return inner.strerror.lower()
    if isinstance(inner, urllib3.exceptions.HTTPError):
        return "the line was cut"
    return " ".join(str(inner).split())[:200]


def _is_nowhere(error: Exception) -> bool:
    return "no host of this name" in _reason(error)

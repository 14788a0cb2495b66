"""The server: on this machine only, behind a random token, pictures and clips by number."""

import secrets
import socket
import sys
from collections.abc import Iterable
from contextlib import closing
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, Response
from nicegui import app as pages
from nicegui import ui
from starlette.types import ASGIApp, Receive, Scope, Send

from dramatis.core.errors import InputError, UserError
from dramatis.core.tables import box_of
from dramatis.review.board import Board
from dramatis.review.captions.page import build_caption_page
from dramatis.review.captions.pictures import Shown, kind_of
from dramatis.review.captions.view import about_pictures
from dramatis.review.clips import span
from dramatis.review.page import build_page
from dramatis.review.pictures import reference_thumb
from dramatis.review.site import Site

HOST = "127.0.0.1"
NAMES = ("127.0.0.1", "localhost")
"""Names under which a browser may ask for the page; the port may be another, as behind `ssh -L`."""
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""What the page may load and ask: nothing from elsewhere. NiceGUI's templates need inline code and `eval`."""
FOREVER = {"Cache-Control": "private, max-age=86400, immutable"}
GUARDS = (
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"content-security-policy", POLICY.encode()),
)
"""Headers of every answer: the token leaves this page with no link, and no other page can show or read it."""


class Gate:
    """Lets through what has the token as the first part of its path, and comes from its own page; all else is 403.

    A page of another site that makes its name mean 127.0.0.1 (DNS rebinding) is known by `Host`, one that opens a
    socket or sends a form by `Origin`.
    """

    def __init__(self, app: ASGIApp, token: str, name: str):
        self._app, self._token, self._name = app, token, name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif _is_own(scope["headers"]) and self._has_token(scope["path"]):
            await self._app(scope, receive, _guarded(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            refusal = Response(f"403: the address that `dramatis {self._name}` printed has a token", 403)
            await refusal(scope, receive, _guarded(send))

    def _has_token(self, path: str) -> bool:
        return secrets.compare_digest(_first(path).encode(errors="replace"), self._token.encode())


def _is_own(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """True if a request names this machine as its host, once, and no other page as its origin."""
    hosts = [value for name, value in headers if name == b"host"]
    origins = [value for name, value in headers if name == b"origin"]
    if len(hosts) != 1 or hosts[0].decode("latin-1").partition(":")[0].lower() not in NAMES:
        return False
    return all(origin.lower() == b"http://" + hosts[0].lower() for origin in origins)


def _first(path: str) -> str:
    """The first part of a path; of `*`, which a request for the options of the server has, the whole."""
    return path.removeprefix("/").split("/")[0]


def _guarded(send: Send) -> Send:
    async def guarded(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *GUARDS]
        await send(message)

    return guarded


def serve(port: int, show: bool) -> None:
    """Reads the project in the working folder and serves its page until Ctrl-C.

    Args:
        port: 0 takes any that is free.
        show: open the page in the browser.

    Raises:
        InputError: the port is taken, or an output of a stage is missing.
    """
    board = Board()
    with closing(board):
        add_desk(board)
        serve_site(board.site, port, show, "every decision is in cast.yaml and captions.yaml by then")


def add_desk(board: Board) -> None:
    """Adds the tabs of the cast and of captions, with their pictures."""
    add_routes(board)
    add_caption_routes(board)
    build_page(board)
    build_caption_page(board)


def serve_site(site: Site, port: int, show: bool, kept: str) -> None:
    """Serves the pages that were added until Ctrl-C.

    Args:
        site: their name.
        port, show: as for `serve`.
        kept: where everything is that a person did.

    Raises:
        InputError: the port is taken.
    """
    door = _listen(port)
    token = secrets.token_urlsafe(24)
    address = f"http://{HOST}:{door.getsockname()[1]}/{token}/"
    pages.add_exception_handler(UserError, _refusal)
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    ui.run_with(
        outer,
        mount_path=f"/{token}",
        title=f"Dramatis {site.name}",
        dark=None,
        show_welcome_message=False,
        gzip_middleware_factory=None,  # pictures do not get smaller, and nothing leaves this machine
        reconnect_timeout=60,  # a busy machine is no closed tab
    )
    gate = Gate(outer, token, site.name)
    config = uvicorn.Config(gate, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    config.load()  # which imports much: done before anybody comes, or ends it
    sys.stdout.write(f"{address}\nCtrl-C ends it; {kept}\n")
    sys.stdout.flush()
    if show:
        import webbrowser  # only where a person sits in front of it

        webbrowser.open(address)
    uvicorn.Server(config).run(sockets=[door])


def _refusal(request: Request, error: Exception) -> Response:
    return Response(str(error), 422, media_type="text/plain")


def _listen(port: int) -> socket.socket:
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((HOST, port))
        door.listen()  # who comes before the server is up waits
    except OSError as error:
        door.close()
        raise InputError(f"port {port}", f"it cannot be used ({error.strerror})", "Take another: `--port`") from None
    return door


def add_routes(board: Board) -> None:
    """Pictures, clips and facts of faces, by their positions and the number of the reading of the project."""

    @pages.get("/face/{generation:int}/{face:int}.jpg")
    def face_picture(generation: int, face: int) -> Response:
        _known(board, generation, face)
        return Response(board.pictures.thumb(face), media_type="image/jpeg", headers=FOREVER)

    @pages.get("/frame/{generation:int}/{face:int}.jpg")
    def frame_picture(generation: int, face: int) -> Response:
        _known(board, generation, face)
        return Response(board.pictures.frame(face), media_type="image/jpeg", headers=FOREVER)

    @pages.get("/reference/{generation:int}/{picture:int}.jpg")
    def reference_picture(generation: int, picture: int) -> Response:
        references = list(board.session.project.references.values())
        if generation != board.session.generation or not picture < len(references):
            raise HTTPException(404)
        return Response(reference_thumb(references[picture].image), media_type="image/jpeg", headers=FOREVER)

    @pages.get("/about/{generation:int}/{face:int}.json")
    def about(generation: int, face: int) -> dict[str, Any]:
        _known(board, generation, face)
        return about_face(board.session.project.faces.rows[face])

    @pages.get("/clip/{generation:int}/{face:int}.mp4")
    def clip(generation: int, face: int) -> Response:
        _known(board, generation, face)
        project = board.session.project
        row = project.faces.rows[face]
        if row["still"]:
            raise HTTPException(404)
        file = board.clips.clip(project.sources[row["video"]], *span(row["start_s"], row["end_s"], row["pts_s"]))
        return FileResponse(file, media_type="video/mp4")


def add_caption_routes(board: Board) -> None:
    """Pictures and captions of the other tab, by position and the number of the reading of the gallery."""

    @pages.get("/small/{generation:int}/{n:int}.jpg")
    def small(generation: int, n: int) -> Response:
        return Response(_shown(board, generation, n).small(n), media_type="image/jpeg", headers=FOREVER)

    @pages.get("/whole/{generation:int}/{n:int}")
    def whole(generation: int, n: int) -> Response:
        data = _shown(board, generation, n).whole(n)
        return Response(data, media_type=kind_of(data), headers=FOREVER)

    @pages.get("/gallery/{generation:int}.json")
    def gallery(generation: int) -> list[Any]:
        if generation != board.captions.generation:
            raise HTTPException(404)
        return about_pictures(board.captions.gallery)

    @pages.get("/captions-since/{generation:int}/{version:int}.json")
    def since(generation: int, version: int) -> dict[str, Any]:
        captions = board.captions
        if generation != captions.generation:
            raise HTTPException(404)
        return {"version": captions.version, "rows": captions.since(version)}


def _shown(board: Board, generation: int, n: int) -> Shown:
    captions = board.captions
    if generation != captions.generation or not n < len(captions.gallery.pictures):
        raise HTTPException(404)
    return captions.shown


def _known(board: Board, generation: int, face: int) -> None:
    if generation != board.session.generation or not face < len(board.session.project.faces.rows):
        raise HTTPException(404)


def about_face(row: dict[str, Any]) -> dict[str, Any]:
    """What the viewer says of a face, and where it is in its frame in percent."""
    x0, y0, x1, y1 = box_of(row["box"])
    wide, high = row["width_px"], row["height_px"]
    sides = {"left": x0 / wide, "top": y0 / high, "width": (x1 - x0) / wide, "height": (y1 - y0) / high}
    place = "" if row["still"] else f"shot {row['shot']}, {row['end_s'] - row['start_s']:.1f} s · "
    return {
        "video": row["video"],
        "time": row["file"] or row["time_code"],
        "note": f"{place}face {x1 - x0}×{y1 - y0} px · sharpness {row['sharpness']:.2f} · {row['moment']}",
        "box": {side: f"{100 * share:.3f}%" for side, share in sides.items()},
        "wide": wide / high,
        "clip": not row["still"],
    }

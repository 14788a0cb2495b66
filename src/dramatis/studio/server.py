"""The server of the studio: the pages of the review, and those of runs, pictures and stories, behind one token."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from nicegui import ui

from dramatis.core.errors import InputError, MissingError, UserError
from dramatis.core.locks import take
from dramatis.core.params import read_params
from dramatis.review.board import Board
from dramatis.review.server import add_desk, serve_site
from dramatis.review.site import Site
from dramatis.studio.drawing import Queue
from dramatis.studio.generate_page import add_generate
from dramatis.studio.parts import StudioBar, studio_site
from dramatis.studio.pictures import Pictures
from dramatis.studio.runs import Runs
from dramatis.studio.runs_page import add_runs
from dramatis.studio.stories import Stories
from dramatis.studio.stories_page import add_stories

WORK = Path("work/studio")
"""What the studio draws and is given, outside git."""


def serve(port: int, show: bool) -> None:
    """Serves the studio of the project in the working folder until Ctrl-C.

    Args:
        port: 0 takes any that is free.
        show: open the page in the browser.

    Raises:
        InputError: the port is taken, or another studio of this project runs.
        ParameterError: `params.yaml` is at fault.
    """
    read_params()
    site = studio_site()
    with ExitStack() as stack:
        stack.enter_context(only_studio(WORK))
        stack.callback(site.runner.stop)
        _add_people(site, stack)
        runs, stories, pictures = Runs(), Stories(), Pictures(WORK / "pictures")
        runs.look()  # a page of before a restart asks for pictures, and sends some
        stories.look()
        queue = stack.enter_context(closing(Queue(pictures)))
        add_runs(site, runs)
        add_generate(site, runs, pictures, queue)
        add_stories(site, stories, runs, queue)
        serve_site(
            site, port, show, "what you decided is in the YAML files of the project, pictures are in work/studio"
        )


@contextmanager
def only_studio(folder: Path) -> Iterator[None]:
    """Holds the lock of the studio: two would draw and write side by side.

    Raises:
        InputError: another studio of this project runs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        if not take(lock):
            raise InputError("studio", "another one of this project is running", "Use that one, or end it")
        yield


def _add_people(site: Site, stack: ExitStack) -> None:
    """The tabs of the cast and of captions; before there is a cast, the word what to run."""
    try:
        board = Board(site=site)
    except MissingError as error:
        _add_missing(site, error)
    else:
        stack.enter_context(closing(board))
        add_desk(board)


def _add_missing(site: Site, error: UserError) -> None:
    def page(here: str) -> None:
        bar = StudioBar(site, here, {}, [], "")
        ui.label(f"{error} Then start the studio again.").classes("missing")
        ui.keyboard(bar.key, repeating=False, ignore=["input", "textarea", "select"])

    ui.page("/", title="Dramatis studio")(lambda: page(""))
    ui.page("/captions", title="Dramatis studio: captions")(lambda: page("captions"))

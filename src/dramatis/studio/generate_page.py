"""The page of single pictures: a prompt, the queue, and the gallery of what was drawn, each with its recipe."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from nicegui import app as pages
from nicegui import ui
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from dramatis.core.errors import UserError
from dramatis.core.recipe import Recipe
from dramatis.review.server import FOREVER
from dramatis.review.site import Site
from dramatis.studio.drawing import Queue
from dramatis.studio.parts import Drawing, StudioBar
from dramatis.studio.pictures import Drawn, Pictures
from dramatis.studio.recipes import asked_of, drawable, recipe_of, usual_of
from dramatis.studio.runs import Runs

KEYS = {
    "Generate": [
        ("↑ ↓ Enter, Tab", "take a word that is offered"),
        ("Ctrl Enter", "draw"),
        ("r", "another seed"),
        ("Esc", "close the picture"),
    ]
}
BEAT_S = 0.4
"""How often a tab looks how far the queue is [s]."""
NONE = "No run can draw yet: run `dvc repro`, stage train makes checkpoints."


def add_generate(site: Site, runs: Runs, pictures: Pictures, queue: Queue) -> None:
    """Adds the page and its pictures, which are named by the files that are there."""

    @pages.get("/studio-small/{name}")
    def small(name: str) -> Response:
        return Response(_found(pictures.small, name), media_type="image/jpeg", headers=FOREVER)

    @pages.get("/studio-whole/{name}")
    def whole(name: str) -> Response:
        return FileResponse(_found(pictures.file, name), media_type="image/png", headers=FOREVER)

    @ui.page("/generate", title=f"Dramatis {site.name}: generate")
    def _page() -> None:
        GenerateTab(site, runs, pictures, queue)


def _found(look: Callable[[str], Any], name: str) -> Any:
    try:
        return look(name)
    except UserError:
        raise HTTPException(404) from None


class GenerateTab:
    """One browser tab."""

    def __init__(self, site: Site, runs: Runs, pictures: Pictures, queue: Queue):
        self._runs, self._pictures, self._queue = runs, pictures, queue
        self._seen: tuple[int, ...] = ()
        self._bar = StudioBar(site, "generate", KEYS, [], "")
        runs.look()
        with ui.element("main").classes("stage studio"):
            self._drawing = Drawing()
            self._drawing.on("draw", lambda e: self._draw(e.args))
            self._drawing.on("cancel", lambda e: self._queue.cancel(int(e.args)))
            self._drawing.on("again", lambda e: self._add(lambda: pictures.recipe(str(e.args))))
            self._missing = ui.label(NONE).classes("missing")
        ui.keyboard(self._bar.key, repeating=False, ignore=["input", "textarea", "select"])
        self._drawing.props["fault"] = ""
        self._show()
        ui.timer(BEAT_S, self._poll)

    async def _poll(self) -> None:
        await asyncio.to_thread(self._runs.look)
        if self._versions() != self._seen:
            self._show()

    def _versions(self) -> tuple[int, ...]:
        return self._runs.version, self._queue.version, self._pictures.version

    def _show(self) -> None:
        before, self._seen = self._seen, self._versions()
        there = bool(drawable(self._runs))
        self._missing.set_visibility(not there)
        if there and before[:1] != self._seen[:1]:
            self._drawing.props["usual"] = usual_of(self._runs)
        self._drawing.props["tasks"] = [
            {"id": one.id, "state": one.state, "share": one.share, "said": one.said, "prompt": one.recipe.prompt}
            for one in reversed(self._queue.tasks)
            if one.state != "done"
        ]
        if before[2:] != self._seen[2:]:
            self._drawing.props["gallery"] = [about_drawn(one) for one in self._pictures.last()]
        waiting = sum(task.state in ("waiting", "drawing") for task in self._queue.tasks)
        self._bar.tell(f"{waiting} in the queue" if waiting else "", self._runs.fault)
        self._drawing.update()

    async def _draw(self, said: Mapping[str, Any]) -> None:
        await self._add(lambda: recipe_of(asked_of(said), self._runs))

    async def _add(self, make: Callable[[], Recipe]) -> None:
        """Puts a recipe into the queue; a fault of it stands below the form."""
        try:
            self._queue.add(await asyncio.to_thread(make))
            fault = ""
        except UserError as error:
            fault = str(error)
        self._drawing.props["fault"] = fault
        self._show()


def about_drawn(drawn: Drawn) -> dict[str, Any]:
    """A picture of the gallery as the page shows it, and what the form holds for its recipe."""
    recipe = drawn.recipe
    figure = recipe.figures[0] if recipe.figures else None
    form: dict[str, Any] = {
        "prompt": recipe.prompt,
        "negative": recipe.negative,
        "step": figure.step if figure else 0,
        "scale": figure.scale if figure else 1.0,
        "seed": recipe.seed,
        "width": recipe.width_px,
        "height": recipe.height_px,
        **{name: recipe.drawing[name] for name in ("sampler", "steps", "guidance") if name in recipe.drawing},
    }
    if figure:
        form["run"] = figure.run
    by = f"{figure.run}, step {figure.step}, scale {figure.scale:g}" if figure else recipe.base
    about = f"{by} · seed {recipe.seed} · {recipe.width_px}×{recipe.height_px}"
    return {"name": drawn.name, "prompt": recipe.prompt, "about": about, "form": form}

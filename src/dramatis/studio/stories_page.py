"""The page of stories: from a line to panels, and what a person changes in them."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from nicegui import app as pages
from nicegui import ui
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from dramatis.core.errors import InputError, UserError
from dramatis.core.params import validate
from dramatis.core.recipe import Edit
from dramatis.core.seeds import rng
from dramatis.review.head import complain
from dramatis.review.jobs import Goal
from dramatis.review.site import Site
from dramatis.studio.drawing import Queue
from dramatis.studio.generate_page import BEAT_S
from dramatis.studio.parts import Panels, StudioBar
from dramatis.studio.recipes import triggers
from dramatis.studio.runs import Runs
from dramatis.studio.stories import MADE, SETTINGS, Stories
from dramatis.studio.uploads import body_of, keep_picture
from dramatis.studio.view import about_story

KEYS = {"Stories": [("click a panel", "look closely"), ("Esc", "close")]}
STAGES = {"story": "Write", "panels": "Draw", "render": "Render"}
FILE = "pipelines/stories/dvc.yaml"
ADDRESSES = {"story": [f"{FILE}:story"], "panels": [f"{FILE}:players", f"{FILE}:panels"], "render": ["render"]}
"""What each button runs beside those before it, as `dvc repro` takes it."""


def add_stories(site: Site, stories: Stories, runs: Runs, queue: Queue) -> None:
    """Adds the page, the pictures of panels, what is rendered, and where pictures for poses come in."""

    @pages.get("/panel/{version:int}/{name}/{scene:int}.png")
    def panel(version: int, name: str, scene: int) -> Response:
        try:
            return Response(stories.image(name, scene), media_type="image/png")
        except UserError:
            raise HTTPException(404) from None

    @pages.get("/made/{name}/{file}")
    def made(name: str, file: str) -> Response:
        if name not in stories.stories or file not in MADE or file not in stories.made(name):
            raise HTTPException(404)
        save = "attachment" if file.endswith(("html", "pdf")) else "inline"
        path = f"data/stories/{name}/{file}"
        return FileResponse(path, filename=f"{name}-{file}", content_disposition_type=save)

    @pages.post("/pose/{name}/{scene:int}")
    async def pose(name: str, scene: int, request: Request) -> Response:
        file = await asyncio.to_thread(keep_picture, await body_of(request))
        await asyncio.to_thread(stories.pose, name, scene, str(file))
        return Response(str(file), media_type="text/plain")

    @ui.page("/stories", title=f"Dramatis {site.name}: stories")
    def _page() -> None:
        StoriesTab(site, stories, runs, queue)


class StoriesTab:
    """One browser tab.

    Attributes:
        open: name of the story that is shown; empty for none.
        tries: pictures that are drawn to choose from: number of the task, story, scene, and what taking it writes.
    """

    def __init__(self, site: Site, stories: Stories, runs: Runs, queue: Queue):
        self._site, self._stories, self._runs, self._queue = site, stories, runs, queue
        self._seen: tuple[Any, ...] = ()
        self._turn = asyncio.Lock()  # one thing after the other, as a person did them
        self.open = ""
        self.tries: dict[int, tuple[str, int, Callable[[], None]]] = {}
        self._bar = StudioBar(site, "stories", KEYS, [], "")
        with ui.element("main").classes("stage studio"):
            self._panels = Panels()
        for name, act in self._deeds().items():
            self._panels.on(name, lambda e, act=act: self._do(act, e.args))
        self._panels.on("open", lambda e: self._show_story(str(e.args)))
        self._panels.on("stop", lambda: site.runner.stop())
        ui.keyboard(self._bar.key, repeating=False, ignore=["input", "textarea", "select"])
        runs.look()
        stories.look()
        self._show()
        ui.timer(BEAT_S, self._poll)

    def _deeds(self) -> dict[str, Callable[[Mapping[str, Any]], None]]:
        """What each thing that a person does on the page leads to; all run beside the server's loop."""
        stories = self._stories
        return {
            "add": self._new,
            "settings": lambda said: stories.change(str(said["story"]), _settings(said)),
            "run": self._run,
            "say": lambda said: stories.say(*_place(said), str(said["field"]), str(said["text"])),
            "order": lambda said: stories.order(str(said["story"]), [int(one) for one in said["order"]]),
            "another": self._another,
            "try-edit": self._try_edit,
            "undo-edit": lambda said: stories.edit(*_place(said), self._edits(said)[:-1]),
            "take": self._take,
            "unpick": lambda said: stories.pick(*_place(said), None),
            "no-pose": lambda said: stories.pose(*_place(said), None),
            "forget-own": lambda said: stories.forget_own(str(said["story"])),
        }

    # What is shown

    async def _poll(self) -> None:
        await asyncio.to_thread(self._stories.look)
        if self._versions() != self._seen:
            self._show()

    def _versions(self) -> tuple[Any, ...]:
        job = self._site.runner.job
        running = (job.state, job.stage, job.share, len(job.lines)) if job else ()
        return self._stories.version, self._queue.version, *running

    def _show(self) -> None:
        stories, self._seen = self._stories, self._versions()
        if self.open not in stories.stories:
            self.open = next(iter(stories.stories), "")
        tasks = {task.id: task for task in self._queue.tasks}
        tries = [
            {"id": number, "scene": scene, "state": tasks[number].state, "share": tasks[number].share,
             "said": tasks[number].said}
            for number, (name, scene, _) in list(self.tries.items()) if name == self.open and number in tasks
        ]  # fmt: skip
        self._panels.props["about"] = {
            "names": list(stories.stories),
            "fault": stories.faults.get(self.open, ""),
            "story": about_story(stories, self.open) if self.open else None,
            "tries": tries,
            "words": [word._asdict() for word in triggers(self._runs.runs)],
            "runs": [run.name for run in self._runs.runs if run.about],
            "stages": [{"name": name, "label": label} for name, label in STAGES.items()],
            "job": self._job(),
        }
        count = len(stories.stories)
        self._bar.tell(f"{count} stor{'y' if count == 1 else 'ies'}", stories.faults.get("", ""))
        self._panels.update()

    def _job(self) -> dict[str, Any] | None:
        job = self._site.runner.job
        if job is None:
            return None
        last = [line for line in job.lines if line.startswith("error: ")] or job.lines
        said = {"running": f"stage {job.stage}" if job.stage else "starting", "stopping": "stopping", "done": "done",
                "stopped": "stopped"}  # fmt: skip
        return {
            "state": job.state,
            "share": job.share,
            "said": said.get(job.state, last[-1] if last else "it failed"),
            "lines": job.lines[-40:],
        }

    def _show_story(self, name: str) -> None:
        self.open = name
        self._show()

    # What a person does

    async def _do(self, act: Callable[[Mapping[str, Any]], None], said: Mapping[str, Any]) -> None:
        try:
            async with self._turn:
                await asyncio.to_thread(act, said)
        except UserError as error:
            complain(error)
        self._show()

    def _new(self, said: Mapping[str, Any]) -> None:
        name = str(said.get("name") or "").strip()
        if not name:
            raise InputError("name", "it is empty", "Give the story a short name, such as lost")
        self._stories.add(name, _settings(said))
        self.open = name

    def _run(self, said: Mapping[str, Any]) -> None:
        stage, name = str(said["stage"]), str(said["story"])
        self._stories.story(name)
        if stage not in STAGES:
            raise InputError(stage, "it is no stage of a story", f"Run one of {', '.join(STAGES)}")
        if self._site.runner.busy:
            raise InputError("pipeline", "a run is on already", "Wait until it has ended, or stop it")
        self._site.runner.start(Goal(stage, STAGES[stage], targets_of(stage, name), alone=True))

    def _another(self, said: Mapping[str, Any]) -> None:
        """Draws a panel from another seed, to choose from."""
        name, scene = _place(said)
        recipe = self._stories.recipe(name, scene)
        drawn = sum(place[:2] == (name, scene) for place in self.tries.values())
        seed = int(rng(recipe.seed, f"{name}-{scene}-{drawn}").integers(2**31))
        task = self._queue.add(recipe.model_copy(update={"seed": seed, "edits": self._edits(said)}))
        self.tries[task.id] = name, scene, lambda: self._stories.pick(name, scene, seed)

    def _try_edit(self, said: Mapping[str, Any]) -> None:
        """Draws a panel with one change more, to look at before it is kept."""
        name, scene = _place(said)
        asked = {key: value for key, value in said["edit"].items() if value not in (None, "")}
        edit = validate(asked, Edit, "this change")
        edits = [*self._edits(said), edit]
        recipe = self._stories.recipe(name, scene)
        seed = self._stories.story(name).picked.get(scene, recipe.seed)
        task = self._queue.add(recipe.model_copy(update={"edits": edits, "seed": seed}))

        def keep() -> None:
            self._stories.pick(name, scene, seed)  # a change is of this picture and no other
            self._stories.edit(name, scene, edits)

        self.tries[task.id] = name, scene, keep

    def _take(self, said: Mapping[str, Any]) -> None:
        number = int(said["id"])
        if number in self.tries:
            self.tries[number][2]()
            del self.tries[number]

    def _edits(self, said: Mapping[str, Any]) -> list[Edit]:
        name, scene = _place(said)
        return list(self._stories.story(name).edits.get(scene, []))


def targets_of(stage: str, story: str) -> list[str]:
    """What a button runs for a story: its stages, after those of the buttons before it."""
    names = list(STAGES)
    until = names[: names.index(stage) + 1]
    return [f"{address}@{story}" for one in until for address in ADDRESSES[one]]


def _place(said: Mapping[str, Any]) -> tuple[str, int]:
    return str(said["story"]), int(said["scene"])


def _settings(said: Mapping[str, Any]) -> dict[str, Any]:
    given = {key: said[key] for key in SETTINGS if key in said}
    return {key: value.strip() if isinstance(value, str) else value for key, value in given.items()}

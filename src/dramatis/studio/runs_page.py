"""The page of runs: scores and pictures of every step side by side, and a person's vote for one of them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import app as pages
from nicegui import ui
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dramatis.compare.curves import COLOURS, curves
from dramatis.compare.page import CURVES, points_of
from dramatis.core.errors import UserError
from dramatis.preview.show import NAMES
from dramatis.review.captions.pictures import kind_of
from dramatis.review.head import POLL_S, complain
from dramatis.review.jobs import ALL, Goal
from dramatis.review.server import FOREVER
from dramatis.review.site import Site
from dramatis.studio.parts import RunBoard, StudioBar
from dramatis.studio.runs import SHOWN, Runs, Trained, table_of

SAID = "Every vote is in votes.yaml already. This runs the stages that depend on it."
RELEASE = Goal("release", "Releases (stage release)", ["vote", "release"], alone=True)
KEYS = {"Runs": [("click a picture", "look closely"), ("Take it", "vote for a step"), ("g", "apply")]}


def add_runs(site: Site, runs: Runs) -> None:
    """Adds the page and its pictures, which are named by the reading of the runs and their position."""

    @pages.get("/drawn/{version:int}/{n:int}.jpg")
    def small(version: int, n: int) -> Response:
        return Response(_known(runs, version, n).shown.small(n), media_type="image/jpeg", headers=FOREVER)

    @pages.get("/drawn-whole/{version:int}/{n:int}")
    def whole(version: int, n: int) -> Response:
        data = _known(runs, version, n).shown.whole(n)
        return Response(data, media_type=kind_of(data), headers=FOREVER)

    @ui.page("/runs", title=f"Dramatis {site.name}: runs")
    def _page() -> None:
        RunsTab(site, runs)


def _known(runs: Runs, version: int, n: int) -> Runs:
    if version != runs.version or not n < len(runs.shown):
        raise HTTPException(404)
    return runs


class RunsTab:
    """One browser tab."""

    def __init__(self, site: Site, runs: Runs):
        self._runs, self._version = runs, -1
        self._bar = StudioBar(site, "runs", KEYS, [RELEASE, ALL], SAID)
        with ui.element("main").classes("stage studio"):
            self._board = RunBoard()
            self._board.on("vote", lambda e: self._vote(e.args))
            self._board.on("take-back", lambda e: self._do(f"{e.args}: vote taken back", runs.take_back, str(e.args)))
        ui.keyboard(self._bar.key, repeating=False, ignore=["input", "textarea", "select"])
        runs.look()
        self._show()
        ui.timer(POLL_S, self._poll)

    async def _poll(self) -> None:
        if await asyncio.to_thread(self._runs.look) != self._version:
            self._show()

    def _show(self) -> None:
        runs = self._runs
        self._version = runs.version
        count = len(runs.votes)
        self._bar.tell(f"{len(runs.runs)} runs, {count} vote{'s' * (count != 1)}", runs.fault)
        self._board.props["about"] = about_runs(runs)
        self._board.props["version"] = runs.version
        self._board.update()

    async def _vote(self, said: Mapping[str, Any]) -> None:
        name, step = str(said["run"]), int(said["step"])
        await self._do(f"{name}: step {step}", self._runs.vote, name, step, str(said.get("why") or ""))

    async def _do(self, label: str, act: Any, *args: Any) -> None:
        try:
            await asyncio.to_thread(act, *args)
        except UserError as error:
            complain(error)
            return
        self._show()
        ui.notify(label, position="bottom", timeout=2500)


def about_runs(runs: Runs) -> dict[str, Any]:
    """What the page draws: each run by itself, and the curves of all."""
    scored = {run.name: run.verdict for run in runs.runs if run.verdict}
    plots = []
    for measure in CURVES:
        found = {name: points for name, verdict in scored.items() if (points := points_of(verdict, measure))}
        if found:
            plots.append(curves(measure.replace("_", " "), found))
    colour = {name: COLOURS[n % len(COLOURS)] for n, name in enumerate(scored)}
    return {
        "runs": [about_run(runs, run) | {"colour": colour.get(run.name, "")} for run in runs.runs],
        "measures": [measure.replace("_", " ") for measure in SHOWN],
        "curves": plots,
        "kinds": [{"name": name, "said": said} for name, said in NAMES.items()],
    }


def about_run(runs: Runs, run: Trained) -> dict[str, Any]:
    """One run: what it is, which step counts and by whom, and every step with its scores and pictures."""
    step, by, waits = runs.chosen(run)
    vote = runs.votes.get(run.name)
    whom = ", ".join(run.settings.characters) or "a style"
    return {
        "name": run.name,
        "said": f"{run.settings.method} of {whom} on {run.settings.base}{_last(run)}",
        "missing": run.missing,
        "step": step,
        "by": by,
        "best": run.verdict["best_step"] if run.verdict else None,
        "reason": run.verdict["reason"] if run.verdict else "",
        "why": vote.why if vote else None,
        "waits": vote.step if vote and waits else None,
        "table": table_of(run),
        "steps": _steps(run.prompts),
        "prompts": run.prompts,
    }


def _steps(prompts: Sequence[Mapping[str, Any]]) -> list[int]:
    return sorted({step for each in prompts for step in each["pictures"]})


def _last(run: Trained) -> str:
    return f", {int(run.about['last'].removeprefix('step-'))} steps" if run.about and run.about.get("last") else ""

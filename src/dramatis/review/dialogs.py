"""Dialogs of the page: a name, the keys, decisions that meet nothing, and the run of the pipeline."""

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from typing import NamedTuple

from nicegui import ui

from dramatis.review.jobs import Goal, Runner

KEYS = {
    "Wall": [
        ("← → ↑ ↓", "move"),
        ("Enter", "open"),
        ("Space, Ctrl click", "select"),
        ("m", "the selected cards are one person"),
        ("drag a card on another", "the same"),
        ("1 … 6", "filters"),
        ("/", "search"),
    ],
    "Inside a group": [
        ("↑ ↓", "move by track"),
        ("Space, click", "select a track"),
        ("Shift ↑ ↓, Shift click", "select several"),
        ("a", "select all"),
        ("Enter, click a face", "frame and time code"),
        ("v", "play the shot"),
        ("y", "same person as the first beside"),
        ("[ ]", "group before, after"),
        ("drag tracks on a card", "they belong there"),
        ("Esc", "back"),
    ],
    "Decide, about the selection or the whole group": [
        ("n", "name, rename; selected tracks: split off"),
        ("p", "pin: right as it is"),
        ("x", "not in the cast"),
        ("o", "not a person"),
        ("f", "forget what was decided"),
    ],
    "Everywhere": [
        ("z, Ctrl z", "undo"),
        ("Shift z, Ctrl Shift z", "redo"),
        ("g", "apply"),
        ("t", "light or dark"),
        ("?", "this list"),
    ],
}
"""Every key of the page of the cast; docs/review.md has the same list."""


class Typed(NamedTuple):
    """What a person typed into the name dialog; what does not apply is empty."""

    name: str
    display: str
    trigger: str
    rest: str


class NameDialog:
    """Asks for a name, with those that are there to choose from."""

    def __init__(self) -> None:
        with ui.dialog() as self._dialog, ui.element("form").classes("dialog") as form:
            self._title = ui.label().classes("dialog-title")
            self._hint = ui.label().classes("meta")
            self._name = ui.input("Name").props("autofocus outlined dense id=name-field").classes("wide")
            self._chips = ui.element("div").classes("choices")
            self._rest = (
                ui.input("Name of the other tracks; empty: they follow").props("outlined dense").classes("wide")
            )
            self._display = ui.input("Shown as").props("outlined dense").classes("wide")
            self._trigger = ui.input("Word in captions").props("outlined dense").classes("wide")
            with ui.element("div").classes("dialog-foot"):
                ui.html("Cancel", tag="button", sanitize=False).classes("act").props("type=button").on(
                    "click", self._dialog.close
                )
                ui.html("OK<kbd>Enter</kbd>", tag="button", sanitize=False).classes("act primary").props(
                    "type=submit id=name-ok"
                )
            form.on("submit.prevent", lambda: self._dialog.submit(True))

    async def ask(
        self, title: str, hint: str, choices: Sequence[str], *, name: str = "", rest: bool = False,
        described: tuple[str, str] | None = None,
    ) -> Typed | None:  # fmt: skip
        """What was typed; None if the dialog was left.

        Args:
            choices: names to offer.
            name: what stands in the field.
            rest: ask for the name of the other tracks too.
            described: display name and trigger word, to be changed along.
        """
        self._title.text, self._hint.text = title, hint
        self._name.value, self._rest.value = name, ""
        self._display.value, self._trigger.value = described or ("", "")
        self._rest.set_visibility(rest)
        self._display.set_visibility(described is not None)
        self._trigger.set_visibility(described is not None)
        self._chips.clear()
        with self._chips:
            for choice in choices:
                chip = ui.html(escape(choice), tag="button", sanitize=False).classes("chip").props("type=button")
                chip.on("click", lambda choice=choice: self._choose(choice, leave=not rest and described is None))
        if not await self._dialog:
            return None
        return Typed(*(field.value.strip() for field in (self._name, self._display, self._trigger, self._rest)))

    def _choose(self, name: str, leave: bool) -> None:
        self._name.value = name
        if leave:
            self._dialog.submit(True)


def help_dialog(keys: Mapping[str, Sequence[tuple[str, str]]]) -> ui.dialog:
    """What each key does, by where it does it."""
    with ui.dialog() as dialog, ui.element("div").classes("dialog keys"):
        for part, inside in keys.items():
            rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(what)}</dd>" for key, what in inside)
            ui.html(f"<h3>{escape(part)}</h3><dl>{rows}</dl>", sanitize=False)
    return dialog


def show_lines(title: str, lines: Sequence[tuple[str, str]]) -> None:
    """A list of things and what is said of each."""
    with ui.dialog(value=True), ui.element("div").classes("dialog"):
        ui.label(title).classes("dialog-title")
        for thing, said in lines:
            with ui.element("div").classes("line"):
                ui.label(thing).classes("code")
                ui.label(said).classes("meta")


class ApplyDialog:
    """Runs the pipeline and shows what it says."""

    def __init__(self, runner: Runner, said: str, goals: Sequence[Goal]) -> None:
        self._runner = runner
        with ui.dialog() as self._dialog, ui.element("div").classes("dialog apply"):
            ui.label("Apply the decisions").classes("dialog-title")
            ui.label(said).classes("meta")
            with ui.element("div").classes("dialog-foot left") as self._choice:
                for goal in goals:
                    self._start_button(goal).classes(remove="" if goal == goals[0] else "primary")
            with ui.element("div").classes("progress"):
                self._bar = ui.element("i")
            self._said = ui.label().classes("meta")
            with ui.element("pre").classes("log") as self._log:
                self._text = ui.label()
            with ui.element("div").classes("dialog-foot"):
                self._stop = ui.html("Stop", tag="button", sanitize=False).classes("act").on("click", runner.stop)
                close = ui.html("Close", tag="button", sanitize=False).classes("act").props("id=apply-close")
                close.on("click", self._dialog.close)
        self._timer = ui.timer(0.4, self._tell, active=False)
        self._tell()

    def open(self) -> None:
        """Shows it."""
        self._dialog.open()
        self._timer.activate()
        self._tell()

    def _start_button(self, goal: Goal) -> ui.html:
        button = ui.html(goal.label, tag="button", sanitize=False).classes("act primary").props(f"id=apply-{goal.name}")
        return button.on("click", partial(self._begin, goal))

    def _begin(self, goal: Goal) -> None:
        self._runner.start(goal)
        self._tell()

    def _tell(self) -> None:
        job, running = self._runner.job, self._runner.busy
        unsure = job is not None and running and job.share is None
        self._choice.set_visibility(not running)
        self._stop.set_visibility(running)
        self._log.set_visibility(job is not None)
        share = 0.0 if job is None else 1.0 if job.state == "done" else job.share or 0.0
        self._bar.style(f"width: {100 * share:.0f}%").classes(
            add="busy" if unsure else "", remove="" if unsure else "busy"
        )
        if job:
            said = {"running": f"Stage {job.stage} runs" if job.stage else "Starting", "done": "Done",
                    "stopping": "Stopping: the stage clears up",
                    "failed": "It failed: the last lines say why", "stopped": "Stopped"}  # fmt: skip
            self._said.text = said[job.state]
            self._text.text = "\n".join(job.lines[-200:])
        if not self._dialog.value:
            self._timer.deactivate()

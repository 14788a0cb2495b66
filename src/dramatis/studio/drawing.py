"""The queue of pictures: what waits, what is being drawn, and what became of it."""

import multiprocessing
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from dramatis.core.errors import InputError
from dramatis.core.recipe import Recipe
from dramatis.core.stops import deaf_children
from dramatis.studio.pictures import Pictures
from dramatis.studio.worker import draw_forever

MOST_WAITING = 50
KEPT = 20
"""Pictures that came to their end and are still listed."""
BEAT_S = 0.2
"""How often it is looked whether a picture is still wanted [s]."""
END_S = 5.0
"""How long a process may take to end by itself [s]."""
DIED = "the process that draws has ended (memory?); the next picture starts another"

State = Literal["waiting", "drawing", "done", "failed", "stopped"]


@dataclass
class Task:
    """A picture that was asked for.

    Attributes:
        id: number, from 1.
        recipe: what decides it.
        state: where it is.
        share: how far the drawing is [0..1].
        said: why it failed, or the name of its file.
    """

    id: int
    recipe: Recipe
    state: State = "waiting"
    share: float = 0.0
    said: str = ""


class Queue:
    """Draws pictures one after the other in a process of its own; may be asked from any thread.

    Attributes:
        version: grows with every change that a page must show.
        tasks: the oldest first.
    """

    def __init__(self, pictures: Pictures, draw: Callable[..., None] = draw_forever):
        self._pictures, self._draw = pictures, draw
        self._context = multiprocessing.get_context("spawn")
        self._stop = self._context.Event()
        self._change = threading.Condition()
        self._process: Any = None
        self._pipe: Any = None
        self._closed = False
        self._count = 0
        self.version = 0
        self.tasks: list[Task] = []
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def add(self, recipe: Recipe) -> Task:
        """Asks for a picture.

        Raises:
            InputError: too many wait.
        """
        with self._change:
            if sum(task.state == "waiting" for task in self.tasks) >= MOST_WAITING:
                raise InputError("queue", f"{MOST_WAITING} pictures wait already", "Let some be drawn, or cancel them")
            self._count += 1
            task = Task(self._count, recipe)
            ended = [one for one in self.tasks if one.state not in ("waiting", "drawing")]
            self.tasks = [one for one in self.tasks if one not in ended[:-KEPT]] + [task]
            self._changed()
            return task

    def cancel(self, number: int) -> None:
        """A picture is not wanted any more: it leaves the queue, or its drawing ends at the next step."""
        with self._change:
            for task in self.tasks:
                if task.id == number and task.state == "waiting":
                    task.state = "stopped"
                elif task.id == number and task.state == "drawing":
                    self._stop.set()
            self._changed()

    def close(self) -> None:
        """Ends the process that draws, and waits until a picture that is done is kept."""
        with self._change:
            self._closed = True
            self._changed()
        while self._thread.is_alive():
            self._end()  # once more, if a picture had just begun
            self._thread.join(BEAT_S)

    def _changed(self) -> None:
        self.version += 1
        self._change.notify_all()

    def _work(self) -> None:
        while True:
            with self._change:
                task = None
                while not self._closed and task is None:
                    task = next((one for one in self.tasks if one.state == "waiting"), None)
                    if task is None:
                        self._change.wait()
                if self._closed or task is None:
                    return
                task.state = "drawing"
                self._stop.clear()
                self._changed()
            self._one(task)

    def _one(self, task: Task) -> None:
        """Lets the process draw one picture, and hears what it says."""
        try:
            process = self._start()
            self._pipe.send(task.recipe.model_dump_json())
            while True:
                if not self._pipe.poll(BEAT_S):
                    if not process.is_alive() and not self._pipe.poll():
                        raise EOFError
                    continue
                kind, value = self._pipe.recv()
                if kind != "share":
                    break
                self._tell(task, "drawing", value)
            if kind == "broken":  # it says why in the server's log and ends: the next picture needs another process
                process.join(END_S)
                self._end()
                kind = "failed"
        except (EOFError, OSError):
            self._end()
            kind, value = "failed", DIED
        if kind == "done":
            try:
                value = self._pictures.keep(value)
            except OSError as error:
                kind, value = "failed", f"the picture cannot be written: {error.strerror or error}"
        self._tell(task, kind, task.share, value)

    def _tell(self, task: Task, state: State, share: float, said: str = "") -> None:
        with self._change:
            task.state, task.share, task.said = state, share, said
            self._changed()

    def _start(self) -> Any:
        """The process that draws; may be ended by another thread at any time."""
        process = self._process
        if process is None or not process.is_alive():
            self._pipe, theirs = self._context.Pipe()
            process = self._context.Process(target=self._draw, args=(theirs, self._stop), daemon=True)
            with deaf_children():  # Ctrl-C is the server's, which then ends it
                process.start()
            theirs.close()
            self._process = process
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.join(END_S)
            process.kill()

"""The process that draws: it loads libraries and models once, and draws one recipe after the other."""

from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any

from dramatis.attention.picture import with_recipe
from dramatis.core.errors import as_user_error
from dramatis.core.orphans import stop_with_parent
from dramatis.core.recipe import Recipe


class Stopped(Exception):
    """A person does not want this picture any more."""


def draw_forever(pipe: Connection, stop: Event) -> None:
    """Draws what comes through the pipe, until that ends.

    Takes the JSON of recipes; gives `("share", s)` while it draws, s in [0, 1], and then one of `("done", png)`,
    `("failed", words)` and `("stopped", "")`, or `("broken", words)` and ends.

    Args:
        pipe: to the server.
        stop: set when the picture that is being drawn is not wanted any more.
    """
    stop_with_parent()
    easel: Any = None
    while True:
        try:
            text = pipe.recv()
        except EOFError:
            return
        try:
            recipe = Recipe.model_validate_json(text)
            easel = easel or _easel()
            with _Watch(int(recipe.drawing["steps"]), lambda share: pipe.send(("share", share)), stop):
                drawn = easel.picture(recipe)
            pipe.send(("done", with_recipe(drawn.image, recipe)))
        except Stopped:
            pipe.send(("stopped", ""))
        except BaseException as error:
            told = as_user_error(error)
            if told is None:
                pipe.send(("broken", f"this is a fault of the program: {type(error).__name__}: {error}"))
                raise
            pipe.send(("failed", str(told)))


def _easel() -> Any:
    from dramatis.panels.easel import Easel  # with torch and diffusers, so in this process alone

    return Easel()


class _Watch:
    """Sees each step of a drawing in progress: how far it is, and whether it is still wanted.

    Every model asks its UNet once or several times at each step, whatever it draws; so it is enough to watch that.
    """

    def __init__(self, steps: int, tell: Callable[[float], None], stop: Event):
        self._steps, self._tell, self._stop = steps, tell, stop
        self._seen: set[float] = set()

    def __enter__(self) -> None:
        from diffusers import UNet2DConditionModel
        from torch.nn.modules.module import register_module_forward_pre_hook

        def watch(module: Any, given: tuple[Any, ...]) -> None:
            if isinstance(module, UNet2DConditionModel):
                self._step(float(given[1].flatten()[0]) if len(given) > 1 else 0.0)

        self._hook = register_module_forward_pre_hook(watch)

    def __exit__(self, *error: object) -> None:
        self._hook.remove()

    def _step(self, time: float) -> None:
        if self._stop.is_set():
            raise Stopped
        if time not in self._seen:
            self._seen.add(time)
            self._tell(min(len(self._seen) / self._steps, 1.0))

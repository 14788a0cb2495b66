"""Work on a Ray cluster: the same functions on the same items, results in order, whatever nodes come and go.

Tasks rather than actors, because a task whose node is lost runs on any other, while an actor waits for its CPU to come
back. What a task works with is loaded once in each process.
"""

import os
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from dramatis.core.digests import tree_digest
from dramatis.core.engine import SECTION, EngineParams
from dramatis.core.errors import InputError, ParameterError, UserError
from dramatis.core.params import PARAMS
from dramatis.core.workers import one_thread

Item = TypeVar("Item")
Result = TypeVar("Result")

TRIES = 4
"""How often a node or process may be lost under one item."""
REACH_S = 10.0
"""How long the head of a cluster may take to answer [s]."""
AHEAD = 3
"""Items that wait or are worked on, for each CPU of the cluster: so many stand in memory."""

LOOK_EVERY = 64
"""Items after which the size of the cluster is asked again."""

_loaded: dict[str, Any] = {}  # in a process of the cluster: what the tasks of one stage work with


def map_on_ray(
    load: Callable[[], Any], work: Callable[[Any, Item], Result], items: Iterable[Item], engine: EngineParams
) -> Iterator[Result]:
    """`work(model, item)` for every item, in order; see `workers.map_in_order`.

    Raises:
        UserError: of the work, or because the cluster cannot be reached, has other code, or loses too many processes.
    """
    ray = _connect(engine)
    task = ray.remote(num_cpus=1, max_retries=TRIES - 1)(_call)
    home, code = str((engine.project or Path.cwd()).absolute()), _code()
    stage, shared, waiting = os.urandom(8).hex(), ray.put((load, work)), deque[Any]()
    for number, item in enumerate(items):
        if number % LOOK_EVERY == 0:  # nodes come and go
            most = AHEAD * max(int(ray.cluster_resources().get("CPU", 1)), 1)
        waiting.append(task.remote(home, code, stage, shared, item))
        while len(waiting) >= most:
            yield _result(ray, waiting.popleft())
    while waiting:
        yield _result(ray, waiting.popleft())


def _connect(engine: EngineParams) -> Any:
    """The module `ray`, with a connection to the cluster, which lasts as long as this process."""
    try:
        import ray
    except ModuleNotFoundError:
        place, problem = f"{PARAMS}: {SECTION}.name = ray", "Ray is not installed"
        raise ParameterError(place, problem, "Run `pip install 'dramatis[ray]'`, or say local") from None
    if ray.is_initialized():
        return ray
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    _check_answers(engine.address)
    try:
        ray.init(engine.address or "local", log_to_driver=False, logging_level="error", include_dashboard=None)
    except (ConnectionError, RuntimeError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        place = f"{PARAMS}: {SECTION}.address = {engine.address}"
        raise InputError(place, f"no Ray cluster can be used there ({said})", "Start one: docs/scale.md") from None
    return ray


def _check_answers(address: str | None) -> None:
    """Ray itself would try for minutes."""
    if address is None or "://" in address or address == "auto":
        return
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), REACH_S).close()
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "it must be <host>:<port>"
        place = f"{PARAMS}: {SECTION}.address = {address}"
        raise InputError(place, f"no Ray cluster answers there ({said})", "Start one: docs/scale.md") from None


def _result(ray: Any, reference: Any) -> Any:
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, UserError):
            raise error.cause from None
        raise
    except ray.exceptions.RayError as error:
        problem = f"{TRIES} processes were lost over one item ({type(error).__name__})"
        remedy = "Look whether the nodes have memory enough, or lower `batch_size` of this stage"
        raise InputError("the Ray cluster", problem, remedy) from None


def _call(
    home: str, code: str, stage: str, shared: tuple[Callable[[], Any], Callable[[Any, Any], Any]], item: Any
) -> Any:
    """One item, in a process of the cluster."""
    load, work = shared
    if stage not in _loaded:
        _arrive(home, code)
        _loaded.clear()
        _loaded[stage] = load()
        one_thread()
    return work(_loaded[stage], item)


def _arrive(home: str, code: str) -> None:
    """Makes a process of the cluster like one of the stage: in the project's folder, with the same code."""
    node = f"node {os.uname().nodename}"
    try:
        os.chdir(home)
    except OSError:
        remedy = f"Share the project's folder with every node, and say its path there in `{SECTION}.project`"
        raise InputError(node, f"there is no {home}", remedy) from None
    if _code() != code:
        raise InputError(node, "its dramatis is another version", "Install the same one on every node")


@cache
def _code() -> str:
    """Digest of the package's Python files."""
    import dramatis

    folder = Path(dramatis.__file__).parent
    return tree_digest(folder, "*.py")

"""Worker processes: one loaded model in each, results in the order of the items."""

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context, parent_process
from typing import Any, TypeVar

import cv2
from threadpoolctl import threadpool_limits

from dramatis.core.engine import LOCAL, EngineParams
from dramatis.core.errors import InputError
from dramatis.core.orphans import die_with_parent, end_children
from dramatis.core.resume import Kept
from dramatis.core.stops import deaf_children

Model = TypeVar("Model")
Item = TypeVar("Item")
Result = TypeVar("Result")

ENDS = (signal.SIGTERM, signal.SIGINT)
PART = 4
"""Items that go to a worker together."""

_loaded: Any = None  # the model of this worker process, set once by `_start`


def map_in_order(
    load: Callable[[], Model],
    work: Callable[[Model, Item], Result],
    items: Iterable[Item],
    workers: int = 1,
    engine: EngineParams = LOCAL,
    kept: Kept | None = None,
) -> Iterator[Result]:
    """`work(model, item)` for every item, in order; workers and engine change the speed only.

    Args:
        load: makes the model; called once in this process, and once in each worker.
        work: a module-level function, so that it can be sent to a worker.
        items: read in blocks, so that a long table never stands in memory as a whole.
        workers: processes; 1 works in this process.
        engine: a Ray cluster, which then works with all its CPUs instead.
        kept: what an earlier call had done of the same items, which is not done again; tuples come back as lists.

    Raises:
        InputError: a worker was ended from outside.
    """
    if kept is not None:
        left = iter(items)
        for result, _ in zip(kept.before(), left, strict=False):
            yield result
        for result in map_in_order(load, work, left, workers, engine):
            kept.add(result)
            yield result
        return
    if engine.name == "ray":
        from dramatis.core.on_ray import map_on_ray

        yield from map_on_ray(load, work, items, engine)
        return
    model = load()  # here too with workers: a missing file is then an error of this process
    if workers == 1:
        with one_thread():
            for item in items:
                yield work(model, item)
        return
    del model
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_start, initargs=(load,)) as pool:
        try:
            for block in in_blocks(items, 16 * workers):
                # a signal that comes while the pool starts a worker would make it lose sight of that
                with _signals_wait(), deaf_children():
                    parts = [pool.submit(_call, work, part) for part in in_blocks(block, PART)]
                    pool.submit(_nothing)  # it then looks at all its workers: it may not watch the one started last
                for part in parts:  # not `pool.map`: it cancels what is left, for which a broken pool waits for ever
                    yield from part.result()
        except BrokenProcessPool:
            problem = "it was ended from outside, as a system does that has no memory left"
            remedy = "Lower `workers` or `batch_size` of this stage in params.yaml, then run it again"
            raise InputError("a worker process", problem, remedy) from None
        except BaseException:
            _end(pool)
            raise


def in_blocks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Items in lists of `size`, the last one shorter."""
    left = iter(items)
    while block := list(islice(left, size)):
        yield block


def one_thread() -> threadpool_limits:
    """Has OpenCV and the matrix products of numpy use one thread from now on; as a context, only inside for the latter.

    Several would add up numbers in another order, and so give other bits on a machine with other cores.
    """
    cv2.setNumThreads(1)
    return threadpool_limits(1, "blas")


@contextmanager
def _signals_wait() -> Iterator[None]:
    """SIGTERM and Ctrl-C wait for the end of the block, where somebody listens to them: in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in ENDS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for late in came:
        signal.raise_signal(late)


def _end(pool: ProcessPoolExecutor) -> None:
    """Ends the workers of a pool, which by itself would wait until they have done what they were given.

    Of a worker that had written half a result it would wait for the rest, and for ever, since this process too could
    write it (Python 3.11, concurrent/futures/process.py).
    """
    end_children()
    pool._result_queue._writer.close()  # type: ignore[attr-defined]


def _nothing() -> None:
    pass


def _start(load: Callable[[], Any]) -> None:
    global _loaded
    if (parent := parent_process()) is not None and parent.pid is not None:
        die_with_parent(parent.pid)
    _loaded = load()
    one_thread()


def _call(work: Callable[[Any, Any], Any], items: list[Any]) -> list[Any]:
    return [work(_loaded, item) for item in items]

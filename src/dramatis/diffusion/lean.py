"""Imports torch, transformers and diffusers without what a stage never uses: half the start, 130 MB less.

Of what they import, training and drawing never touch torch's compiler (`torch._dynamo`: 800 modules), scipy, sklearn
and pandas. And Python's garbage collector walks again and again through a million objects that stay for good.
"""

import gc
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from types import ModuleType, SimpleNamespace
from typing import Any

UNUSED = ("scipy", "sklearn")
"""Packages that transformers and diffusers import where they find them, for schedulers and losses not used here."""
COMPILER, TRACING = "torch._dynamo", "torch._dynamo._trace_wrapped_higher_order_op"
"""The compiler, and the one part of it that transformers imports by name."""


class Deferred(ModuleType):
    """A module that is loaded when something is asked of it that was not given."""

    def __init__(self, name: str, **given: Any):
        super().__init__(name)
        self.__spec__ = ModuleSpec(name, None, is_package=True)
        self.__path__ = []
        self.__dict__.update(given)

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        return getattr(self.load(), key)

    def load(self) -> ModuleType:
        """The real one, which takes its place."""
        for name in (COMPILER, TRACING):
            if isinstance(sys.modules.get(name), Deferred):
                del sys.modules[name]
        return importlib.import_module(self.__name__)


def _loaded(name: str) -> ModuleType:
    """A module of the disk, run but not entered among those that are imported."""
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _Parts(Loader):
    """Finds the parts of a deferred compiler: loads the whole first, and gives what is there then."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        whole = sys.modules.get(COMPILER)
        if not name.startswith(f"{COMPILER}.") or not isinstance(whole, Deferred):
            return None
        whole.load()
        return ModuleSpec(name, self)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return sys.modules.get(spec.name) or _loaded(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


@contextmanager
def lean_imports() -> Iterator[None]:
    """Imports inside the block leave out what is unused; for the top of a stage's script.

    `torch._dynamo` is loaded after all as soon as something asks for it (torch.compile). Afterwards transformers and
    diffusers take scipy and sklearn for absent, and pyarrow takes pandas for absent.
    """
    collecting = gc.isenabled()
    gc.disable()
    _pyarrow_without_pandas()
    hidden = [name for name in UNUSED if name not in sys.modules]
    absent: dict[str, Any] = dict.fromkeys(hidden)  # None: not to be found
    sys.modules.update(absent)
    _defer_compiler()
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
        gc.freeze()  # what is there now stays to the end: no collection looks at it again
        if collecting:
            gc.enable()


def _defer_compiler() -> None:
    """Puts in place of the compiler what is asked of it where nothing is compiled."""
    if COMPILER in sys.modules:
        return
    import torch

    never = type("OptimizedModule", (torch.nn.Module,), {})
    torch._dynamo = sys.modules[COMPILER] = Deferred(
        COMPILER,
        allow_in_graph=_unchanged,
        assume_constant_result=_unchanged,
        disable=_unchanged,
        graph_break=_nothing,
        eval_frame=SimpleNamespace(OptimizedModule=never),  # a compiled model: there is none
    )
    sys.modules[TRACING] = Deferred(TRACING, TransformGetItemToIndex=_trace_indexing)
    sys.meta_path.insert(0, _Parts())


def _unchanged(function: Callable[..., Any] | None = None, *_: Any, **__: Any) -> Any:
    """A decorator, with or without arguments, that does nothing."""
    return (lambda inner: inner) if function is None else function


def _trace_indexing() -> Any:
    """The real one, for masks of a kind that CLIP does not have."""
    if isinstance(sys.modules.get(TRACING), Deferred):
        sys.modules[TRACING].load()
    return sys.modules[TRACING].TransformGetItemToIndex()


def _nothing(*_: Any, **__: Any) -> None:
    pass


class _NoPandas:
    """A finder that finds no pandas."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _pyarrow_without_pandas() -> None:
    """Lets pyarrow look for pandas, which it does once, at the first list it converts, and find none."""
    if "pandas" in sys.modules:
        return
    import pyarrow

    finder: Any = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pyarrow.array([0])
    finally:
        sys.meta_path.remove(finder)

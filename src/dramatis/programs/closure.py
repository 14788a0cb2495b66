"""Which project files a script imports, directly or through others: DVC does not see Python imports."""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import dramatis

SOURCES = Path("src")
PACKAGE = Path(dramatis.__file__).parent


def place(file: Path, top: Path) -> Path:
    """Where a project file is; that of a project without `src/` is in the installed package."""
    if file.is_relative_to(SOURCES) and not (top / SOURCES).is_dir():
        return PACKAGE.parent / file.relative_to(SOURCES)
    return top / file


def closure(script: Path, backends: Mapping[str, Collection[str]], top: Path = Path()) -> set[Path]:
    """Project files that a script runs, itself included, relative to the project's top folder.

    Imports inside functions count; those under `if TYPE_CHECKING:` do not, nor do `__init__.py` files that hold
    nothing but a docstring: they decide no result. Where a capability's `__init__.py` is imported, the backends in
    use count too, since they are loaded by name; where that of `methods` is, all files beside it, since runs name
    them. Files beside a module that are no code (a page, a list of words) count as it does.

    Args:
        script: path relative to `top`.
        backends: backends in use for each capability, such as {"detect": ["yolo_onnx"]}.
        top: the project's top folder.
    """
    found, waiting = set(), [script]
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found.add(file)
        waiting += imports_of(file, top)
        if file.name == "__init__.py" and file.parent.parent.name == "backends" and file.parent.name in backends:
            chosen = (file.with_name(f"{name}.py") for name in sorted(backends[file.parent.name]))
            waiting += [other for other in chosen if place(other, top).is_file()]
        if file.name == "__init__.py" and file.parent.name == "methods":
            waiting += sorted(file.with_name(other.name) for other in place(file, top).parent.glob("*.py"))
    code = {file for file in found if file.name != "__init__.py" or _does_something(place(file, top))}
    folders = {file.parent for file in code if file.is_relative_to(SOURCES)}
    return code.union(*(_beside(folder, top) for folder in folders))


def _beside(folder: Path, top: Path) -> set[Path]:
    """Files of a package that are no code."""
    files = (file for file in place(folder, top).iterdir() if file.is_file() and file.suffix not in (".py", ".pyc"))
    return {folder / file.name for file in files}


def imports_of(file: Path, top: Path = Path()) -> list[Path]:
    """Project files that one file imports, packages as their `__init__.py`."""
    package = _package(file)
    files = []
    for name in _imported_names(place(file, top).read_bytes(), package):
        files += _files_of(name, top)
    return files


def _package(file: Path) -> list[str]:
    """Names of the packages around a file; none for a script outside `src`."""
    return list(file.parent.relative_to(SOURCES).parts) if file.is_relative_to(SOURCES) else []


@cache
def _tree(source: bytes) -> ast.Module:
    """The code of a file; none of one that is no valid Python: whoever runs it will be told."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _imported_names(source: bytes, package: list[str]) -> Iterator[str]:
    """Dotted names that may be modules: `from a.b import c` gives both `a.b` and `a.b.c`."""
    for node in _run_nodes(_tree(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _run_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that only a type checker sees."""
    yield node
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        children: Iterable[ast.AST] = node.orelse
    else:
        children = ast.iter_child_nodes(node)
    for child in children:
        yield from _run_nodes(child)


def _files_of(name: str, top: Path) -> list[Path]:
    """The files that Python runs to import a dotted name: each package's `__init__.py`, then the module."""
    parts, files = name.split("."), []
    if parts[0] != PACKAGE.name:
        return []
    for depth in range(1, len(parts) + 1):
        path = SOURCES.joinpath(*parts[:depth])
        files += [file for file in (path / "__init__.py", path.with_suffix(".py")) if place(file, top).is_file()]
    return files


def _does_something(file: Path) -> bool:
    body = _tree(file.read_bytes()).body
    return any(not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) for node in body)

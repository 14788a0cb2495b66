"""What a new project is made of: files of this repository, which the wheel carries in `dramatis/template`."""

from collections.abc import Iterator
from pathlib import Path

from dramatis.programs.closure import PACKAGE

FOLDERS = ("pipelines", "stages", "presets")
FILES = (
    "dvc.yaml",
    "params.yaml",
    "cast.yaml",
    "captions.yaml",
    "votes.yaml",
    "grammar.yaml",
    "stories/README.md",
    ".dvcignore",
    ".gitattributes",
)
POCKET = Path("models/pocket")
NOT_NEEDED = {"dvc.yaml", "dvc.lock", "params.yaml", "grid.png", "stages", "metrics"}
"""Of the pocket models' folder: what trains and shows them."""


def template_root() -> Path:
    """Folder that the files come from: in the wheel's package, or the clone that an editable install points at."""
    carried = PACKAGE / "template"
    return carried if carried.is_dir() else PACKAGE.parent.parent


def project_files(root: Path) -> Iterator[Path]:
    """The text files of a project below `root`, relative to it, in a fixed order."""
    for name in FILES:
        yield Path(name)
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            if file.is_file() and file.suffix in (".py", ".yaml", ".json"):
                yield file.relative_to(root)


def pocket_files(root: Path) -> Iterator[Path]:
    """The weights of the pocket models below `root`, relative to it."""
    for entry in sorted((root / POCKET).iterdir()):
        if entry.name in NOT_NEEDED:
            continue
        for file in sorted(entry.rglob("*")) if entry.is_dir() else [entry]:
            if file.is_file():
                yield file.relative_to(root)

"""What each stage runs: the digest of every project file that its script imports."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from dramatis.core.tables import whole_folder
from dramatis.programs.closure import SOURCES, closure, place
from dramatis.programs.digest import code_digest
from dramatis.programs.params import BackendChoice

ALL = "fused"
"""A backend that loads others of its folder, which its weights name."""


def run(choices: Mapping[str, BackendChoice], out: Path, top: Path = Path()) -> None:
    """Writes `<stage>.json` for each script in `stages/`: its files with their digests.

    DVC does not see Python imports. So this stage depends on all code that stages run, and every other stage on its own
    file here, which changes only if the code that it runs does something else.

    Args:
        choices: for each folder of `backends` the section that chooses among its files.
        out: folder to write.
        top: the project's top folder.
    """
    backends = {capability: in_use(capability, choice, top) for capability, choice in choices.items()}
    digest = cache(lambda file: code_digest(place(file, top)))
    with whole_folder(out) as folder:
        for script in sorted((top / "stages").glob("*.py")):
            files = sorted(closure(script.relative_to(top), backends, top))
            digests = {file.as_posix(): digest(file) for file in files}
            (folder / f"{script.stem}.json").write_text(json.dumps(digests, indent=1) + "\n")


def in_use(capability: str, choice: BackendChoice, top: Path = Path()) -> set[str]:
    """The backends of one capability that stages may load; those that a file of weights names are known to nobody."""
    if ALL not in choice.names:
        return choice.names
    files = place(SOURCES / "dramatis/backends" / capability, top).glob("*.py")
    return {file.stem for file in files if file.name != "__init__.py"}

"""DVC keeps the weights: one small .dvc file for each folder, which git keeps."""

import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from dramatis.core.errors import InputError
from dramatis.core.links import clones
from dramatis.state.cache import cache_folder
from dramatis.state.hashes import UnsureError


def track(folder: Path) -> str:
    """Puts a folder under DVC and says how to commit it; says so too where there is no DVC."""
    if not Path(".dvc").is_dir():
        return f"not tracked, as there is no DVC here: `dvc init`, then `dvc add {folder}`"
    done = subprocess.run(
        [sys.executable, "-m", "dvc", "add", "--quiet", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = " ".join(line.removeprefix("ERROR: ") for line in done.stderr.split("\n") if line.startswith("ERROR"))
        raise InputError(str(folder), f"it is there, but DVC cannot track it ({said})", f"Run `dvc add {folder}`")
    return f"tracked: git add {folder}.dvc models/real.lock; and to share it `dvc push {folder}.dvc`"


@lru_cache
def copies_data() -> bool:
    """True where DVC keeps a copy of its own of every file, as the disk cannot clone blocks."""
    try:
        cache = cache_folder()
    except UnsureError:  # DVC itself says what is wrong with its settings
        return True
    there = next(folder for folder in (cache, *cache.parents) if folder.is_dir())
    return not clones(there, Path())

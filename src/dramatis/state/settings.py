"""DVC's settings on this machine, read without DVC: what its files say, by section and key."""

import os
from collections.abc import Mapping
from configparser import Error, RawConfigParser
from pathlib import Path

from dramatis.state.hashes import UnsureError

DVC = Path(".dvc")
Settings = Mapping[str, Mapping[str, str]]


def setting_files(dvc: Path = DVC) -> tuple[Path, ...]:
    """The files that DVC reads, the one that wins last: of the machine, of the person, of the project, of this copy."""
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    machine = Path(os.environ.get("DVC_SYSTEM_CONFIG_DIR", "/etc/xdg/dvc"))
    person = Path(os.environ.get("DVC_GLOBAL_CONFIG_DIR", home / "dvc"))
    return machine / "config", person / "config", dvc / "config", dvc / "config.local"


def settings_in(file: Path) -> Settings:
    """What one file says; nothing if there is none.

    Raises:
        UnsureError: it cannot be read: DVC itself says what is wrong with it.
    """
    if not file.is_file():
        return {}
    parser = RawConfigParser(strict=False, inline_comment_prefixes=("#",))
    try:
        parser.read_string(file.read_text("utf-8"))
    except (Error, UnicodeDecodeError):
        raise UnsureError(str(file)) from None
    return {
        name.strip("'"): {key: value.strip("'\"") for key, value in parser.items(name)} for name in parser.sections()
    }

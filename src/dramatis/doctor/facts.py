"""What the doctor asks the machine: the only place that looks."""

import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib import metadata, util
from pathlib import Path
from typing import Any

from dramatis.core.errors import MissingError
from dramatis.core.ffmpeg import ffmpeg_binary, input_name, input_options
from dramatis.core.links import clones
from dramatis.doctor.machine import DiskUse
from dramatis.doctor.programs import Media
from dramatis.doctor.repository import Repository
from dramatis.doctor.store import Cache, Config, Reached, endpoint
from dramatis.state.cache import cache_folder
from dramatis.state.hashes import UnsureError
from dramatis.state.settings import DVC, Settings, setting_files, settings_in

DATA = Path("data")
COMMITTED = (
    "dvc.lock",
    "pipelines",
    "models/real.lock",
    "models/real",
    "raw",
    "params.yaml",
    "cast.yaml",
    "captions.yaml",
)
"""What git must have for a version to be whole; of folders the .lock and .dvc files."""
IGNORED = ("data/x", "work/x", "models/x/x", "raw/x.mkv")
PATIENCE_S, PROGRAM_S = 4.0, 30.0
"""How long a remote and a program may take [s]."""
ASK_TORCH = "import torch; torch.zeros(1, device='cuda'); print('ok', torch.cuda.get_device_name())"


def memory() -> tuple[float, float]:
    """Memory of the machine, and what of it is free [bytes]."""
    file = Path("/proc/meminfo")
    if not file.is_file():
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return total, total
    said = {name: int(value) * 1024 for name, value in re.findall(r"(\w+):\s+(\d+) kB", file.read_text())}
    return said["MemTotal"], said.get("MemAvailable", said["MemFree"])


def disk_clock() -> float:
    """The time that the project's disk gives a new file [s since 1970]."""
    with tempfile.NamedTemporaryFile(dir=Path()) as file:
        return os.stat(file.name).st_mtime


def newest_commit() -> float | None:
    """When the last commit was made [s since 1970]; None without one."""
    said = git("log", "-1", "--format=%ct")
    return float(said) if said else None


def git(*arguments: str) -> str | None:
    """What git says; None if it says no, or is not there."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False, timeout=30)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    return done.stdout.rstrip() if done.returncode == 0 else None  # a line may begin with a space


def repository() -> Repository:
    """What git says of the project."""
    if git("rev-parse", "--git-dir") is None:
        return Repository(False)
    identity = bool(os.environ.get("GIT_AUTHOR_NAME") or git("config", "user.name")) and bool(
        os.environ.get("GIT_AUTHOR_EMAIL") or git("config", "user.email")
    )
    held = (git("ls-files", "data", "raw", "models", "work") or "").splitlines()
    small = (".dvc", ".lock", ".gitignore")
    pocket = "models/pocket/"
    data = [file for file in held if not file.endswith(small) and not file.startswith(pocket)]
    open_ = [path.split("/")[0] for path in IGNORED if git("check-ignore", "-q", path) is None]
    changed = (
        git("status", "--porcelain", "--untracked-files=all", "--no-renames", "--", *COMMITTED) or ""
    ).splitlines()
    told = [path for line in changed if (path := line[3:].strip('"')).endswith((".lock", ".dvc", ".yaml"))]
    return Repository(True, identity, data, open_, told)


def media(encoders: Sequence[str], filters: Sequence[str], sources: Sequence[Path]) -> tuple[Media, float]:
    """ffmpeg, PyAV and the videos, and how many minutes these have together."""
    import av
    import av.filter

    try:
        program: str | None = ffmpeg_binary()
    except MissingError:
        program = None
    version, known = "", ""
    if program is not None:
        version = _output([program, "-version"]).split("\n")[0].split(" Copyright")[0]
        known = _output([program, "-hide_banner", "-encoders"])
    minutes, unreadable = 0.0, {}
    for source in sources:
        try:
            with av.open(input_name(source), options=input_options()) as container:
                if not container.streams.video:
                    unreadable[str(source)] = "it has no picture"
                elif container.streams.video[0].codec_context is None:
                    unreadable[str(source)] = "nothing here decodes it"
                minutes += (container.duration or 0) / 60e6
        except (av.FFmpegError, OSError) as error:
            unreadable[str(source)] = f"it cannot be opened ({error.strerror or error})"
    found = Media(
        ffmpeg=program,
        version=version,
        encoders=[name for name in encoders if re.search(rf"^ \S+ {name} ", known, re.MULTILINE)],
        pyav=av.__version__,
        filters=[name for name in filters if name in av.filter.filters_available],
        unreadable=unreadable,
    )
    return found, minutes


def _output(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PROGRAM_S)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def torch_build() -> tuple[str, str | None]:
    """torch's version and the CUDA that it is built for, without loading it."""
    found = util.find_spec("torch")
    if found is None or found.origin is None:
        return "not installed", None
    text = (Path(found.origin).parent / "version.py").read_text()
    version, cuda = re.search(r"__version__ = '([^']+)'", text), re.search(r"^cuda[^=]*= '([^']+)'", text, re.MULTILINE)
    return version[1] if version else "of an unknown version", cuda[1] if cuda else None


def driver_here() -> bool:
    """True where the kernel has NVIDIA's driver (on Windows' Linux its bridge)."""
    return any(Path(place).exists() for place in ("/proc/driver/nvidia/version", "/dev/nvidiactl", "/dev/dxg"))


def ask_torch() -> str:
    """What torch says when it is to use the GPU; begins with ok if it can."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", ASK_TORCH], capture_output=True, text=True, check=False, timeout=60
        )
    except subprocess.TimeoutExpired:
        return "it gave no answer for 60 s"
    return done.stdout.strip() or (done.stderr.strip().splitlines() or ["it ended without a word"])[-1][:160]


def disk_use(copies: bool, minutes: float) -> DiskUse:
    """Room on the disk, and what the last run took."""
    written = sum(file.stat().st_size for file in _data_files())
    return DiskUse(shutil.disk_usage(Path()).free, written, _minutes_done(), minutes, copies)


def _data_files() -> list[Path]:
    return [
        Path(where, name)
        for where, _, names in os.walk(DATA)
        if Path(where).parts[1:2] != ("film",)
        for name in names
        if Path(where, name).is_file()
    ]


def _minutes_done() -> float:
    """Minutes of video in the frames of the last run."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    minutes = 0.0
    for file in DATA.glob("frames/*/shots.parquet"):
        try:
            ends = pq.read_table(file, columns=["end_s"])["end_s"]
        except (pa.ArrowInvalid, OSError, KeyError):  # of a run that was cut off: it tells no rate
            continue
        minutes += (pc.max(ends).as_py() or 0.0) / 60
    return minutes


def versions(names: Sequence[str]) -> dict[str, str | None]:
    """Installed version of each package; None for what is not installed."""
    there: dict[str, str | None] = {}
    for name in names:
        try:
            there[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            there[name] = None
    return there


def dvc_config() -> Config | None:
    """DVC's configuration; None where there is no DVC."""
    if not DVC.is_dir():
        return None
    merged: dict[str, dict[str, str]] = {}
    for file in setting_files():
        for section, values in _settings(file).items():
            merged.setdefault(section, {}).update(values)
    return Config(_settings(DVC / "config"), merged)


def _settings(file: Path) -> Settings:
    try:
        return settings_in(file)
    except UnsureError:  # DVC itself says what is wrong with it
        return {}


def cache(config: Config) -> Cache:
    """Where DVC's cache is, and how it links."""
    said = config.merged.get("cache", {})
    try:
        place = cache_folder()
    except UnsureError:  # DVC itself says what is wrong with its settings
        place = Path(".dvc/cache")
    there = next(folder for folder in (place, *place.parents) if folder.is_dir())
    kinds = tuple(kind.strip() for kind in said.get("type", "reflink,copy").split(","))
    same = there.stat().st_dev == Path().stat().st_dev
    return Cache(os.path.normpath(place), kinds, "reflink" in kinds and clones(there, Path()), same)


def remote_folder(settings: Mapping[str, Any]) -> Path | None:
    """The folder of a remote that is one; None for one on a network. Relative paths count from .dvc/."""
    url = str(settings.get("url", ""))
    return None if "://" in url and not url.startswith("file://") else Path(".dvc", url.removeprefix("file://"))


def reach(settings: Mapping[str, Any], ask: bool) -> Reached:
    """Whether the remote answers: a folder is looked at, a host is only called when asked to."""
    folder = remote_folder(settings)
    if folder is not None:
        if not folder.is_dir():
            return Reached(True, "there is no such folder")
        return Reached(True, None if os.access(folder, os.R_OK | os.W_OK) else "no permission to read and write there")
    if not ask or (place := endpoint(settings)) is None:
        return Reached(False)
    try:
        with socket.create_connection(place, timeout=PATIENCE_S):
            return Reached(True)
    except OSError as error:
        return Reached(True, f"{place[0]}:{place[1]} does not answer ({error})")


def python_version() -> tuple[int, ...]:
    """Of the running interpreter."""
    return tuple(int(part) for part in platform.python_version_tuple()[:2]) + (sys.version_info.micro,)


def now() -> float:
    """The machine's clock [s since 1970]."""
    return time.time()

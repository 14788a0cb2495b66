"""The whole examination of a project, in the order in which things build on each other."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dramatis.checks.faults import faults
from dramatis.checks.files import check_named
from dramatis.core.errors import UserError
from dramatis.core.params import read_params
from dramatis.doctor import facts, machine, packages, programs, repository, store, weights
from dramatis.doctor.finding import Finding, fail, ok
from dramatis.frames.sources import ZIPS
from dramatis.models.lock import read_lock
from dramatis.models.manifest import manifest
from dramatis.models.state import rows
from dramatis.models.wanted import Named, entries, named_weights

LOCK = Path("requirements.lock")
DEVICES = ("train.device", "preview.drawing.device", "regularize.drawing.device", "tag.sentence.device")
PROVIDERS = ("detect.providers", "embed.providers", "tag.providers")


def examine(ask_remote: bool = False) -> list[Finding]:
    """All findings for the project in the working folder.

    Args:
        ask_remote: also calls a remote that is on a network.
    """
    try:
        params = read_params()
    except UserError as error:
        return [machine.check_python(facts.python_version()), fail("parameters", _said(error), error.remedy)]
    config = facts.dvc_config()
    cache = facts.cache(config) if config else None
    found, minutes = facts.media(
        programs.encoders_needed(params), programs.filters_needed(params), sources := video_files(params)
    )
    on_gpu, named = devices(params), named_weights(params)
    wrong = {each.key: said for each in named if (said := fault_of(each)) is not None}
    return [
        machine.check_python(facts.python_version()),
        *_packages(),
        programs.check_ffmpeg(found, programs.encoders_needed(params)),
        *programs.check_decoding(found, programs.filters_needed(params), len(sources)),
        *_gpu(on_gpu),
        programs.check_providers(providers(params), _providers_here()),
        machine.check_ram(*facts.memory(), largest_base(params), bool(on_gpu)),
        machine.check_disk(facts.disk_use(not (cache and cache.clones), minutes)),
        machine.check_clock(facts.now(), facts.newest_commit(), facts.disk_clock()),
        *repository.check_git(facts.repository()),
        *store_findings(config, cache, ask_remote),
        *_weights(named, wrong),
        *_parameters(set(wrong.values())),
        programs.check_aria2c(facts.shutil.which("aria2c")),
    ]


def value_of(params: Mapping[str, Any], key: str) -> Any:
    """What stands under a key with dots; None if nothing does."""
    value: Any = params
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def devices(params: Mapping[str, Any]) -> list[str]:
    """Parameters that ask for a GPU."""
    runs = [f"runs.{name}.train.device" for name in entries(params, "runs")]
    return [key for key in (*DEVICES, *runs) if value_of(params, key) == "cuda"]


def providers(params: Mapping[str, Any]) -> dict[str, list[str]]:
    """What onnxruntime is to run models on, by parameter."""
    said = {key: value_of(params, key) for key in PROVIDERS}
    return {key: value for key, value in said.items() if isinstance(value, list)}


def video_files(params: Mapping[str, Any]) -> list[Path]:
    """Sources that are one file of video, as far as they are there."""
    named = [Path(str(entry.get("source", ""))) for entry in entries(params, "videos").values()]
    return [file for file in named if file.is_file() and file.suffix.lower() not in ZIPS]


def largest_base(params: Mapping[str, Any]) -> float:
    """Size of the weights of the largest base that is named [bytes]."""
    named = [each for each in named_weights(params) if each.path != Path()]
    keys = [each.path for each in named if each.key.startswith(("runs.", "regularization."))]
    sizes = [sum(file.stat().st_size for file in _files(path, "**/*.safetensors")) for path in keys]
    return float(max(sizes, default=0))


def _files(path: Path, pattern: str) -> list[Path]:
    return [path] if path.is_file() else [file for file in path.glob(pattern) if file.is_file()]


def _packages() -> Iterator[Finding]:
    if LOCK.is_file():
        pinned = packages.pins(LOCK.read_text())
        yield packages.check_packages(pinned, facts.versions(list(pinned)))


def _gpu(wanted: list[str]) -> Iterator[Finding]:
    build, cuda = facts.torch_build()
    driver = facts.driver_here()
    said = facts.ask_torch() if wanted and cuda and driver else None
    yield programs.check_cuda_runs(said) or programs.check_torch(build, cuda, driver, wanted)


def _providers_here() -> list[str]:
    from onnxruntime import get_available_providers

    return get_available_providers()


def store_findings(config: store.Config | None, cache: store.Cache | None, ask: bool) -> Iterator[Finding]:
    """Cache, secrets and remote of DVC."""
    if config is None or cache is None:
        yield fail("dvc", "there is no DVC here, so nothing is versioned", "`dvc init`")
        return
    yield store.check_cache(cache)
    yield from store.check_secrets(config.committed)
    remote = store.remote_of(config)
    reached = facts.reach(remote[1], ask) if remote and remote[1].get("url") else store.Reached(False)
    yield from store.check_remote(remote, facts.remote_folder(remote[1]) if remote else None, reached)


def _weights(named: list[Named], wrong: Mapping[str, str]) -> Iterator[Finding]:
    yield from weights.check_named(named, wrong)
    try:
        locked = read_lock()
    except UserError as error:
        yield fail("real weights", _said(error), error.remedy)
        return
    yield from weights.check_locked(rows(manifest(), locked, named, {}))


def fault_of(named: Named) -> str | None:
    """What is wrong with the files under a parameter; None if nothing is."""
    try:
        check_named(named)
    except UserError as error:
        return _said(error)
    return None


def _parameters(told: set[str]) -> Iterator[Finding]:
    wrong = faults()
    others = [error for error in wrong if _said(error) not in told]
    for error in others:
        yield fail("parameters", _said(error), error.remedy)
    if not others:
        yield ok("parameters", "whole but for the weights" if wrong else "whole, as `dramatis check` says")


def _said(error: UserError) -> str:
    return f"{error.place}: {error.problem}"

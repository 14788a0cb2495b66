"""The stages as `dvc.yaml` declares them, and who needs whom."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dramatis.core.params import PARAMS, read_yaml

FOLDERS = ("programs", "videos", "pictures", "dataset", "stories")
FILES = (*(Path("pipelines", folder, "dvc.yaml") for folder in FOLDERS), Path("dvc.yaml"))
"""The pipeline files; `models/pocket/dvc.yaml` is a pipeline of its own."""

PROGRAMS = "programs"
"""The stage that stands before all others: it says which code they run."""

CODE = ("src/", "stages", "data/programs/")


@dataclass(frozen=True)
class Stage:
    """A stage, or with placeholders filled in, one of the stages that a `foreach` stands for.

    Attributes:
        name: `frames`, or filled in `frames@e01`.
        file: the pipeline file that declares it.
        each: parameter that `foreach` goes through (`videos`, `runs`, `film.titles`); None for a single stage.
        deps: files and folders that it reads, code among them.
        params: key paths, those of another file than `params.yaml` as `cast.yaml:outfits`.
        outs: files and folders that it writes: outputs, metrics and plots.
    """

    name: str
    file: Path
    each: str | None
    desc: str
    cmd: str
    deps: tuple[str, ...]
    params: tuple[str, ...]
    outs: tuple[str, ...]

    @property
    def script(self) -> Path:
        """The script that `cmd` runs."""
        return Path(self.cmd.split()[1])

    @property
    def data(self) -> tuple[str, ...]:
        """What it reads beside code and what stands for code."""
        return tuple(dep for dep in self.deps if not dep.startswith(CODE))


def load_stages(top: Path = Path()) -> list[Stage]:
    """All stages with their placeholders, each after those that it needs."""
    stages = [_stage(name, body, file) for file in FILES for name, body in read_yaml(top / file)["stages"].items()]
    needs = needed_by(stages, read_yaml(top / PARAMS))
    ordered: list[Stage] = []
    while len(ordered) < len(stages):
        done = {stage.name for stage in ordered}
        ordered.append(next(stage for stage in stages if stage.name not in done and needs[stage.name] <= done))
    return ordered


def filled(stages: list[Stage], params: Mapping[str, Any]) -> list[Stage]:
    """The stages that DVC would run: one per video, run or title, all placeholders filled in."""
    found = []
    for stage in stages:
        if stage.each is None:
            found.append(_fill(stage, stage.name, params))
            continue
        items = _look_up(stage.each, params)
        for key in items:
            scope = {**params, "key": key, "item": items[key] if isinstance(items, Mapping) else key}
            found.append(_fill(stage, f"{stage.name}@{key}", scope))
    return found


def needed_by(stages: list[Stage], params: Mapping[str, Any]) -> dict[str, set[str]]:
    """For each stage (without `@…`) the other stages whose output it reads."""
    every = filled(stages, params)
    needs: dict[str, set[str]] = {stage.name: set() for stage in stages}
    made: dict[str, set[str]] = {}
    inside: dict[str, set[str]] = {}
    for writer in every:
        for out in writer.outs:
            made.setdefault(_places(out)[0], set()).add(_group(writer))
            for place in _places(out):
                inside.setdefault(place, set()).add(_group(writer))
    for reader in every:
        for dep in reader.deps:
            own, *above = _places(dep)
            needs[_group(reader)].update(inside.get(own, ()), *(made.get(place, ()) for place in above))
    return {name: found - {name} for name, found in needs.items()}


def without_detours(needs: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The same order with the fewest edges: an edge that a longer path implies is left out."""
    above: dict[str, set[str]] = {}

    def ancestors(name: str) -> set[str]:
        if name not in above:
            above[name] = needs[name].union(*(ancestors(other) for other in needs[name]))
        return above[name]

    return {name: found - set().union(*(ancestors(other) for other in found)) for name, found in needs.items()}


def _stage(name: str, body: Mapping[str, Any], file: Path) -> Stage:
    each = body.get("foreach")
    body = body.get("do", body)
    outs = [item for kind in ("outs", "metrics", "plots") for item in body.get(kind, [])]
    params = []
    for item in body.get("params", []):
        params += [item] if isinstance(item, str) else [f"{other}:{key}" for other in item for key in item[other]]
    return Stage(
        name=name,
        file=file,
        each=each.strip("${}") if each else None,
        desc=body["desc"],
        cmd=body["cmd"],
        deps=tuple(body.get("deps", [])),
        params=tuple(params),
        outs=tuple(item if isinstance(item, str) else next(iter(item)) for item in outs),
    )


def _fill(stage: Stage, name: str, scope: Mapping[str, Any]) -> Stage:
    def texts(templates: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_text(template, scope) for template in templates)

    return Stage(
        name=name,
        file=stage.file,
        each=stage.each,
        desc=stage.desc,
        cmd=_text(stage.cmd, scope),
        deps=texts(stage.deps),
        params=texts(stage.params),
        outs=texts(stage.outs),
    )


def _text(template: str, scope: Mapping[str, Any]) -> str:
    return re.sub(r"\$\{([^}]+)\}", lambda match: str(_look_up(match[1], scope)), template)


def _look_up(path: str, scope: Mapping[str, Any]) -> Any:
    value: Any = scope
    for key in path.split("."):
        value = value[key]
    return value


def _group(stage: Stage) -> str:
    return stage.name.split("@")[0]


def _places(path: str) -> list[str]:
    """A path, then the folders that it lies in."""
    return [str(place) for place in (Path(path), *Path(path).parents)]

"""The stages as the pipeline files declare them, in a form that is quick to read again."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from dramatis.state.memory import Memory

NAME = "plan"

KNOWN = {"desc", "wdir", "cmd", "deps", "params", "outs", "metrics", "plots"}
"""What a stage may say; of anything else, such as `frozen`, only DVC knows what it means."""


class Item(NamedTuple):
    """A stage that DVC would run, such as `frames@e01`; fields as of `pipeline.graph.Stage`, placeholders filled in."""

    cmd: str
    deps: list[str]
    params: list[str]
    outs: list[str]
    uncached: list[str]
    """Outputs that stay in git."""


class Group(NamedTuple):
    """A stage of the pipeline files, or all that its `foreach` stands for."""

    name: str
    file: str
    items: dict[str, Item]
    needs: list[str]
    """Names of those whose output it reads."""
    odd: bool
    """It says something that only DVC understands."""


def load_plan(memory: Memory) -> list[Group]:
    """All stages, each after those that it needs.

    Raises:
        MissingError: a pipeline file or params.yaml is not there.
    """
    known = memory.last(NAME)
    if known and known[0] == _digests([file for file, _ in known[0]]):
        value = memory.remember(NAME, known[0], _made)
    else:
        value = memory.remember(NAME, _digests(_files()), _made)
    return [
        Group(name, file, {key: Item(*item) for key, item in items.items()}, needs, odd)
        for name, file, items, needs, odd in value
    ]


def _files() -> list[str]:
    """What decides the plan: the pipeline files, the parameters, and the code that reads them."""
    from dramatis.core.params import PARAMS
    from dramatis.pipeline import graph

    return [*map(str, graph.FILES), str(PARAMS), graph.__file__, __file__]


def _digests(files: list[str]) -> list[list[str]]:
    return [[file, _digest(Path(file))] for file in files]


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def _made() -> list[list[Any]]:
    from dramatis.core.params import PARAMS, read_yaml
    from dramatis.pipeline.graph import FILES, filled, load_stages, needed_by

    params, stages = read_yaml(PARAMS), load_stages()
    bodies = {name: body.get("do", body) for file in FILES for name, body in read_yaml(file)["stages"].items()}
    order = [stage.name for stage in stages]
    needs = needed_by(stages, params)
    groups = []
    for stage in stages:
        uncached = {one.name: one.outs for one in filled([replace(stage, outs=_uncached(bodies[stage.name]))], params)}
        items = {
            one.name: [one.cmd, list(one.deps), list(one.params), list(one.outs), list(uncached[one.name])]
            for one in filled([stage], params)
        }
        odd = not bodies[stage.name].keys() <= KNOWN
        groups.append([stage.name, str(stage.file), items, sorted(needs[stage.name], key=order.index), odd])
    return groups


def _uncached(body: dict[str, Any]) -> tuple[str, ...]:
    outs = [item for kind in ("outs", "metrics", "plots") for item in body.get(kind, []) if not isinstance(item, str)]
    return tuple(path for item in outs for path, said in item.items() if said.get("cache") is False)

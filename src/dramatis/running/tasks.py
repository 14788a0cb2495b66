"""What there is to run, as DVC itself sees it: the stages of the targets and all that they need, stale or not."""

import difflib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.params import PARAMS, read_yaml
from dramatis.running.gpus import wants_gpu
from dramatis.state.dvc import opened as open_dvc
from dramatis.state.reasons import reason


@dataclass(frozen=True)
class Task:
    """One stage, or one file that `dvc add` tracks.

    Attributes:
        address: as `dvc repro` takes it: `train@solo`, `pipelines/dataset/dvc.yaml:cast`, `raw/e01.mkv.dvc`.
        needs: addresses of the tasks whose outputs it reads.
        stale: why it must run, in words; None if it stands as long as what it needs does.
        gpu: True if its parameters put it on a GPU.
        deps: files and folders that it reads, from the project's top folder.
        wdir: folder that DVC's files count its paths from.
        moved: True if what lies on the disk is not what its lock says.
    """

    address: str
    needs: frozenset[str]
    stale: str | None = None
    gpu: bool = False
    deps: tuple[str, ...] = ()
    wdir: str = "."
    moved: bool = False

    @property
    def name(self) -> str:
        """The address without its file: `cast`."""
        return self.address.split(":")[-1]


def read_tasks(targets: Sequence[str] = ()) -> list[Task]:
    """The tasks of the targets, each after those that it needs.

    Args:
        targets: stages (`train@solo`), groups of them (`train`), with or without the file in front
            (`pipelines/dataset/dvc.yaml:cast`), or whole files; none means every stage.

    Raises:
        MissingError: there is no pipeline here.
        ParameterError: a target is no stage.
        InputError: DVC cannot read the pipeline.
    """
    import networkx
    from dvc.repo.reproduce import get_active_graph

    params = read_yaml(PARAMS) if PARAMS.is_file() else {}
    with opened() as repo:
        graph = get_active_graph(repo.index.graph)
        by_address = {stage.addressing: stage for stage in graph}
        wanted = chosen(targets, list(by_address))
        kept = set(wanted).union(
            *(
                {other.addressing for other in networkx.descendants(graph, by_address[address])}  # what it needs
                for address in wanted
            )
        )
        changes = repo.status(targets=sorted(kept)) if len(kept) < len(by_address) else repo.status()
        ordered = [stage for stage in networkx.dfs_postorder_nodes(graph) if stage.addressing in kept]
        return [
            Task(
                address=stage.addressing,
                needs=frozenset(other.addressing for other in graph.successors(stage)),
                stale=_why(changes, stage.addressing),
                gpu=wants_gpu(stage.addressing, _keys(stage), params),
                deps=tuple(os.path.relpath(dep.fs_path) for dep in stage.deps if dep.protocol == "local"),
                wdir=os.path.relpath(stage.wdir),
                moved=any("changed outs" in entry for entry in changes.get(stage.addressing, ())),
            )
            for stage in ordered
        ]


@contextmanager
def opened() -> Iterator[Any]:
    """DVC's own view of the project.

    Raises:
        MissingError: there is no pipeline here.
        InputError: DVC cannot read it, or another DVC command works on it.
    """
    if not Path("dvc.yaml").is_file():
        raise MissingError("dvc.yaml", "there is no such file", "Run this in the project's top folder")
    with open_dvc("dvc.yaml") as repo:
        yield repo


def chosen(targets: Sequence[str], addresses: Sequence[str]) -> list[str]:
    """The addresses that targets stand for; without targets those of all stages, but not of files by themselves.

    Raises:
        ParameterError: a target stands for none; names what is like it.
    """
    if not targets:
        return [address for address in addresses if not address.endswith(".dvc")]
    found: dict[str, None] = {}
    for target in targets:
        some = [address for address in addresses if target in _names(address)]
        if not some:
            every = sorted({name for address in addresses for name in _names(address)})
            near = difflib.get_close_matches(target, every, 3, 0.5) or sorted({_names(a)[2] for a in addresses})
            raise ParameterError(target, "there is no such stage", f"Name one such as {', '.join(near)}")
        found.update(dict.fromkeys(some))
    return list(found)


def levels(tasks: Sequence[Task]) -> list[list[Task]]:
    """The tasks by the number of others that must run one after the other before them."""
    depth: dict[str, int] = {}
    for task in tasks:  # each after those that it needs
        depth[task.address] = max((depth[other] + 1 for other in task.needs if other in depth), default=0)
    return [
        [task for task in tasks if depth[task.address] == level] for level in range(max(depth.values(), default=-1) + 1)
    ]


def _names(address: str) -> tuple[str, ...]:
    """All that a person may call a stage: `dvc.yaml:train@solo`, `train@solo`, `train`, its file."""
    file, _, name = address.rpartition(":")
    file = file or ("" if name.endswith(".dvc") else "dvc.yaml")
    group = name.split("@")[0]
    return address, name, group, f"{file}:{name}", f"{file}:{group}", file


def _why(changes: Mapping[str, Any], address: str) -> str | None:
    return (reason(changes[address]) or "changed") if address in changes else None


def _keys(stage: Any) -> list[str]:
    """Key paths of `params.yaml` that a stage depends on."""
    return [
        key for dep in stage.deps if getattr(dep, "params", None) and dep.def_path == str(PARAMS) for key in dep.params
    ]

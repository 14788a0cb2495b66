"""A copy of the project in which every stage has run: the real pipeline files over stand-in weights and outputs.

DVC costs the same whether an output is a film or a word, so this measures DVC and not the stages.
"""

import json
import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from dramatis.core.params import PARAMS, read_yaml
from dramatis.pipeline.graph import PROGRAMS, Stage, filled, load_stages
from dramatis.programs.params import SECTIONS, BackendChoice
from dramatis.programs.run import run as run_programs

FOLDERS = ("pipelines", "stages", "src", "stories")
FILES = ("dvc.yaml", "params.yaml", "cast.yaml", "captions.yaml", "votes.yaml", "grammar.yaml", ".dvcignore")
OUTPUTS = "outputs.json"

SCRIPT = f'''"""Stand-in of a stage: writes what stands in {OUTPUTS} for it."""

import json
import sys
from pathlib import Path

name = "@".join([Path(__file__).stem, *sys.argv[1:]])
for path, text in json.loads(Path("{OUTPUTS}").read_text())[name].items():
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)
'''


def copy_code(source: Path, top: Path) -> None:
    """The files that decide what runs, without locks."""
    hidden = shutil.ignore_patterns("__pycache__", "*.egg-info", "dvc.lock")
    for name in FOLDERS:
        shutil.copytree(source / name, top / name, ignore=hidden)
    for name in FILES:
        shutil.copy(source / name, top)


def change_params(top: Path, change: Callable[[Any], None]) -> None:
    """Changes `params.yaml` as data; its comments stay."""
    yaml = YAML()
    params = yaml.load(top / PARAMS)
    change(params)
    yaml.dump(params, top / PARAMS)


def write_scripts(top: Path) -> None:
    """Stand-ins in place of the scripts of all stages but `programs`."""
    for script in (top / "stages").glob("*.py"):
        if script.stem != PROGRAMS:
            script.write_text(SCRIPT)


def write_programs(top: Path) -> None:
    """Runs stage `programs`, which nothing can stand in for: its output says what a change of code reruns."""
    params = read_yaml(top / PARAMS)
    choices = {folder: BackendChoice.model_validate(params[section]) for folder, section in SECTIONS.items()}
    run_programs(choices, top / "data/programs", top)


def write_outputs(top: Path, only_list: bool = False) -> None:
    """Says in `outputs.json` what each stage writes, and puts something where every stage reads or writes.

    Args:
        only_list: write nothing but that list.
    """
    stages = filled(load_stages(top), read_yaml(top / PARAMS))
    videos = read_yaml(top / PARAMS)["videos"]
    written = {stage.name: outputs(stage, stages, videos) for stage in stages if stage.name != PROGRAMS}
    (top / OUTPUTS).write_text(json.dumps(written))
    if only_list:
        return
    inputs = {path for stage in stages for path in stage.data if not (top / path).exists()}
    made = {path for files in written.values() for path in files}
    outside = {path for path in inputs if not any(_inside(file, path) for file in made)}
    everything = {path: text for files in written.values() for path, text in files.items()}
    for path, text in everything.items() | {(_file(path), path) for path in outside}:
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text)


def outputs(stage: Stage, stages: list[Stage], videos: Any) -> dict[str, str]:
    """Files that a stage writes, with their content.

    A folder holds the files that other stages read from it. All name all videos if the stage reads all of them, or
    learns from them, but for files of one video, which always are the same.
    """
    seen = ",".join(sorted(videos)) if "videos" in stage.params or stage.each == "runs" else ""
    files: dict[str, str] = {}
    for out in stage.outs:
        parts = {dep for other in stages for dep in other.deps if _inside(dep, out) and dep != out}
        files |= {_file(part): part if _of_video(part, videos) else f"{part} {seen}" for part in parts}
        files[_file(out)] = f"{out} {seen}"
    return files


def _of_video(path: str, videos: Any) -> bool:
    place = Path(path)
    return not {*place.parts, place.stem}.isdisjoint(videos)


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _file(path: str) -> str:
    """A path that names a file, for one that may name a folder."""
    return path if "." in path.rsplit("/", 1)[-1] else f"{path}/content"


def settle(top: Path) -> None:
    """Writes the locks as if all stages had run.

    `dvc commit` would read and write a whole lock once for each stage; here each is written once.
    """
    from dvc.repo import Repo
    from dvc.stage.serialize import to_lockfile
    from dvc.utils.serialize import dump_yaml

    locks: dict[Path, dict[str, Any]] = defaultdict(dict)
    with Repo(str(top)) as repo, repo.lock:
        for stage in repo.index.stages:
            stage.save(run_cache=False)
            stage.commit()
            locks[Path(stage.path).with_suffix(".lock")] |= to_lockfile(stage)
    for file, stages in locks.items():
        dump_yaml(file, {"schema": "2.0", "stages": stages})

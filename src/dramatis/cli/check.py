"""Is the configuration whole? Everything that can be said before a stage runs.

DVC looks for missing inputs by itself, but stops at the first, after it has cleared the stage's old output away.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dramatis.cast.decisions import FILE, Decisions
from dramatis.cli.preset import check_params
from dramatis.core.errors import MissingError, ParameterError, UserError
from dramatis.core.params import PARAMS, read_yaml, validate
from dramatis.core.runs import Run
from dramatis.frames.sources import missing, stills_of
from dramatis.pipeline.reference import MAPS
from dramatis.train.params import TrainParams, params_of

STAGES = Path("stages")
FILMS = Path("data/film")
INPUTS = (
    "detect.weights",
    "embed.weights",
    "caption.weights",
    "regularize.base",
    "score.second_opinion",
    "cast.references",
)
"""Keys of `params.yaml` that name a file or folder which a stage reads."""

Check = Callable[[], object]
Sections = Mapping[str, Any]


def check_project() -> None:
    """Prints a line for each fault in `params.yaml` and `cast.yaml` and ends with 1, or says that there is none."""
    found = faults()
    for fault in found:
        sys.stderr.write(f"error: {fault}\n")
    if found:
        raise SystemExit(1)
    sys.stdout.write(f"{PARAMS} and {FILE} are whole, and every file that they name is there\n")


def faults() -> list[UserError]:
    """Everything wrong with the configuration in the working folder; what is missing is looked for in sound values."""
    try:
        params = read_yaml(PARAMS) or {}
    except UserError as fault:
        return [fault]
    wrong = _raised([*_section_checks(params), lambda: validate(read_yaml(FILE) or {}, Decisions, str(FILE))])
    return wrong or _raised([*_run_checks(params), lambda: _check_film(params), *_input_checks(params)])


def _raised(checks: list[Check]) -> list[UserError]:
    found = []
    for check in checks:
        try:
            check()
        except UserError as fault:
            found.append(fault)
    return found


def _section_checks(params: Sections) -> Iterator[Check]:
    known = {*MAPS, *(file.stem for file in STAGES.glob("*.py"))}
    for section, value in params.items():
        if section in known:
            yield lambda section=section, value=value: check_params({section: value}, str(PARAMS))
        else:
            yield lambda section=section: _refuse_section(section, known)
    for section in sorted(known - params.keys()):
        yield lambda section=section: _miss_section(section)


def _refuse_section(section: str, known: set[str]) -> None:
    raise ParameterError(f"{PARAMS}: {section}", f"unknown section, allowed are {', '.join(sorted(known))}", "Mend it")


def _miss_section(section: str) -> None:
    raise ParameterError(f"{PARAMS}: {section}", "the section is missing", "Take it from docs/parameters.md")


def _run_checks(params: Sections) -> Iterator[Check]:
    """What a run says otherwise than the section `train`."""
    section = TrainParams.model_validate(params["train"])
    for name, values in (params["runs"] or {}).items():
        yield lambda name=name, values=values: params_of(section, Run.model_validate(values), name)


def _check_film(params: Sections) -> None:
    """Each film in `film.titles` has an episode among the videos."""
    sources = {Path(video["source"]).parent for video in (params["videos"] or {}).values()}
    for title in params["film"]["titles"]:
        if FILMS / title not in sources:
            raise ParameterError(
                f"{PARAMS}: film.titles", f"no video is an episode of {title!r}", "Set `film.titles: []`"
            )


def _input_checks(params: Sections) -> Iterator[Check]:
    """Every file or folder that somebody has to put there; what stage `film` writes is not asked for."""
    named = {f"videos.{key}.source": video["source"] for key, video in (params["videos"] or {}).items()}
    named |= {key: params[section][name] for key in INPUTS for section, name in [key.split(".")]}
    named |= {f"runs.{key}.base": run["base"] for key, run in (params["runs"] or {}).items()}
    for key, value in named.items():
        if not Path(value).is_relative_to(FILMS):
            check = _check_source if key.startswith("videos.") else _check_input
            yield lambda key=key, value=value, check=check: check(key, Path(value))


def _check_source(key: str, source: Path) -> None:
    """Of pictures also that there are any; what is in them is seen when they are read."""
    if not source.exists():
        raise missing(source, f"{PARAMS}: {key}")
    stills_of(source)


def _check_input(key: str, place: Path) -> None:
    if not place.exists():
        raise MissingError(
            f"{PARAMS}: {key}",
            f"there is no {place}",
            "Put it there (README, Models), or name another path; a model of a hub is first fetched into a folder",
        )

"""Is the configuration whole? Everything that can be said before a stage runs.

DVC looks for missing inputs by itself, but stops at the first, after it has cleared the stage's old output away.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import dramatis
from dramatis.caption import human
from dramatis.caption.human import read_captions
from dramatis.cast import decisions
from dramatis.cast.decisions import ABOUT_FACES, FILE, Decisions, Unmet, read_decisions
from dramatis.cast.references import SUFFIXES, list_references
from dramatis.checks.dataset import dataset_checks
from dramatis.checks.files import check_named, check_picture
from dramatis.checks.stories import story_checks
from dramatis.core.engine import SECTION as ENGINE
from dramatis.core.errors import MissingError, ParameterError, UserError
from dramatis.core.moments import parse
from dramatis.core.params import PARAMS, read_params, read_yaml
from dramatis.core.runs import Run
from dramatis.core.stories import STORIES
from dramatis.core.votes import read_votes
from dramatis.frames.sources import missing, stills_of
from dramatis.models.wanted import named_weights
from dramatis.pipeline.graph import PROGRAMS
from dramatis.pipeline.locks import refuse_cut_locks
from dramatis.pipeline.reference import MAPS
from dramatis.project.presets import check_params
from dramatis.project.upgrade import check_code
from dramatis.publish.params import SECTION as PUBLISH
from dramatis.regularize.folder import pictures_in
from dramatis.sources.journal import refuse_unsettled
from dramatis.train.params import TrainParams
from dramatis.train.phases import phases_of

MAY_BE_EMPTY = ("runs", STORIES)
"""Names may come before runs, and those before stories."""
STAGES = Path("stages")
FILMS = Path("data/film")
CROPS = Path("data/crops")
REFERENCES = "cast.references"

Check = Callable[[], object]
Sections = Mapping[str, Any]


def waiting() -> list[Unmet]:
    """The decisions that cannot be applied, as far as can be said before a stage runs."""
    params, decided = read_params(), read_decisions(FILE)
    folder = Path(params["cast"]["references"])
    files = list_references(folder) if folder != Path() and folder.is_dir() else {}
    pictures = {f"{name}/{file.name}" for name, inside in files.items() for file in inside}
    found = decisions.unmet(decided, files, pictures) if files or not folder.is_relative_to(FILMS) else []
    for section in (*ABOUT_FACES, "outfits"):
        for key in getattr(decided, section):
            moment = parse(key)
            if moment and moment.video not in params["videos"]:
                found.append(Unmet(section, key, f"{moment.video!r} is not among the videos"))
    return found


def faults() -> list[UserError]:
    """Everything wrong with the configuration in the working folder; what is missing is looked for in sound values."""
    try:
        params = read_params()
    except UserError as fault:
        return [fault]
    wrong = raised(
        [
            check_code,
            refuse_cut_locks,
            refuse_unsettled,
            *_section_checks(params),
            _check_decisions,
            lambda: read_captions(human.FILE),
        ]
    )
    return wrong or raised(
        [
            *_run_checks(params),
            *story_checks(params),
            *dataset_checks(params),
            lambda: _check_film(params),
            *_input_checks(params),
            lambda: _check_cast(params),
            lambda: _check_votes(params),
        ]
    )


def raised(checks: list[Check]) -> list[UserError]:
    """What each check that fails says."""
    found = []
    for check in checks:
        try:
            check()
        except UserError as fault:
            found.append(fault)
    return found


def _section_checks(params: Sections) -> Iterator[Check]:
    wanted = {*MAPS, *(file.stem for file in STAGES.glob("*.py"))} - {PROGRAMS}
    known = wanted | {ENGINE, PUBLISH}
    for section, value in params.items():
        if section in MAPS and not value and (section not in MAY_BE_EMPTY or value != {}):
            yield partial(_refuse_nothing, section)
        elif section in known:
            yield partial(check_params, {section: value}, str(PARAMS))
        else:
            yield partial(_refuse_section, section, known)
    for section in sorted(wanted - params.keys()):
        yield partial(_miss_section, section)


def _refuse_section(section: str, known: set[str]) -> None:
    raise ParameterError(f"{PARAMS}: {section}", f"unknown section, allowed are {', '.join(sorted(known))}", "Mend it")


def _refuse_nothing(section: str) -> None:
    remedy = "Add one, such as README and docs/parameters.md show"
    if section == "regularization":  # a stage reads their folder, which is then not there
        remedy = "For no class pictures at all, leave one source with `count: 0`"
    raise ParameterError(f"{PARAMS}: {section}", "there is none", remedy)


def _check_decisions() -> None:
    """Every section of `cast.yaml` is there, since DVC looks at each, and each value is sound."""
    decisions.check_alone(read_decisions(FILE))
    decided = read_yaml(FILE) or {}
    missing = [section for section in Decisions.model_fields if section not in decided]
    if missing:
        raise ParameterError(f"{FILE}: {', '.join(missing)}", "missing", "Write `<section>:` with nothing behind it")


def _check_votes(params: Sections) -> None:
    """The file of votes is there, since DVC looks for it, and each vote is sound."""
    file = Path(params["vote"]["file"])
    if not file.is_file():
        raise MissingError(str(file), "there is no such file", "Make one that holds `{}`, or mend vote.file")
    read_votes(file)


def _check_cast(params: Sections) -> None:
    """Names in `cast.yaml` and in the runs, as far as the reference folders are there yet."""
    folder = Path(params["cast"]["references"])
    if folder == Path() or not folder.is_dir():
        return
    files = list_references(folder)
    decided = read_decisions(FILE)
    decisions.check(decided, files)
    there = decided.held(files)
    for name, run in params["runs"].items():
        for character in run["characters"]:
            if character not in there:
                raise ParameterError(
                    f"{PARAMS}: runs.{name}.characters",
                    f"{character!r} is nobody; there are: {', '.join(sorted(there)) or 'none'}",
                    f"Correct it, add a folder {folder / character}, or name somebody so in {FILE}",
                )


def _miss_section(section: str) -> None:
    raise ParameterError(f"{PARAMS}: {section}", "the section is missing", "Take it from docs/parameters.md")


def _run_checks(params: Sections) -> Iterator[Check]:
    """What a run and its phases say otherwise than the section `train`."""
    section = TrainParams.model_validate(params["train"])
    for name, values in params["runs"].items():
        yield partial(_check_phases, section, name, values)
        yield partial(_check_method, name, values["method"])
    drawn = {f"{name}.drawing.device": params[name]["drawing"]["device"] for name in ("preview", "regularize")}
    drawn["tag.sentence.device"] = params["tag"]["sentence"].get("device", "cpu")
    for key, device in {"train.device": params["train"]["device"], **drawn}.items():
        yield partial(_check_device, key, device)


def _check_phases(section: TrainParams, run: str, values: dict[str, Any]) -> None:
    phases_of(section, Run.model_validate(values), run)


def _check_method(run: str, method: str) -> None:
    """Looks for the file of a method, as to load it takes seconds."""
    methods = Path(dramatis.__file__).parent / "train" / "methods"
    names = sorted(file.stem for file in methods.glob("*.py") if file.stem != "__init__")
    if method not in names:
        place = f"{PARAMS}: runs.{run}.method = {method!r}"
        raise ParameterError(place, f"must be one of {', '.join(names)}", "Mend it")


def _check_device(key: str, device: str) -> None:
    if device == "cuda":
        from torch.cuda import is_available  # takes seconds

        if not is_available():
            raise ParameterError(f"{PARAMS}: {key} = cuda", "torch finds no GPU here", "Say cpu, or see README, GPU")


def _check_film(params: Sections) -> None:
    """Each film in `film.titles` has an episode among the videos, and each episode a film."""
    sources = {Path(video["source"]).parent for video in params["videos"].values()}
    for title in params["film"]["titles"]:
        if FILMS / title not in sources:
            raise ParameterError(
                f"{PARAMS}: film.titles", f"no video is an episode of {title!r}", "Set `film.titles: []`"
            )
    for video, entry in params["videos"].items():
        source = Path(entry["source"])
        if source.is_relative_to(FILMS) and source.parts[len(FILMS.parts)] not in params["film"]["titles"]:
            raise ParameterError(
                f"{PARAMS}: videos.{video}.source",
                f"no stage makes {source}, as its film is not in `film.titles`",
                f"Take {video} out, or name the film there",
            )


def _input_checks(params: Sections) -> Iterator[Check]:
    """Every file or folder that somebody has to put there; what stages `film` and `release` write is not asked for."""
    yield from (partial(_check_class_source, key, source) for key, source in params["regularization"].items())
    yield from (partial(check_named, each) for each in named_weights(params) if each.key != "score.clip")
    yield partial(_check_strangers, params["score"].get("strangers"))
    for key, video in params["videos"].items():
        if not Path(video["source"]).is_relative_to(FILMS):
            yield partial(_check_source, f"videos.{key}.source", Path(video["source"]))
    folder = Path(params["cast"]["references"])
    if not folder.is_relative_to(FILMS):
        yield partial(_check_references, folder)
        if folder != Path() and folder.is_dir():
            yield from (partial(check_picture, file) for file in _reference_pictures(folder))


def _check_strangers(path: str | None) -> None:
    if path is not None and not Path(path).exists():
        problem, remedy = f"there is no {path}", "Name a file, a folder of pictures of others, or null"
        raise MissingError(f"{PARAMS}: score.strangers", problem, remedy)


def _check_references(folder: Path) -> None:
    if folder == Path():
        raise ParameterError(f"{PARAMS}: {REFERENCES}", "it names nothing", "Name a folder; an empty one names nobody")
    if not folder.exists():
        remedy = "Make it, with one folder of pictures for each name, or empty: `dramatis name` asks for names"
        raise MissingError(f"{PARAMS}: {REFERENCES}", f"there is no {folder}", remedy)


def _reference_pictures(folder: Path) -> list[Path]:
    """Pictures in the folders of references; whether these are called as they should be is another check."""
    inside = [file for inner in sorted(folder.iterdir()) if inner.is_dir() for file in sorted(inner.iterdir())]
    return [file for file in inside if file.suffix.lower() in SUFFIXES]


def _check_source(key: str, source: Path) -> None:
    """Of pictures also that there are any; what is in them is seen when they are read."""
    if source == Path():
        raise ParameterError(f"{PARAMS}: {key}", "it names nothing", "Name a video, or a folder or .zip of pictures")
    if not source.exists():
        raise missing(source, f"{PARAMS}: {key}")
    stills_of(source)


def _check_class_source(key: str, source: Mapping[str, Any]) -> None:
    """Of a folder also that there are pictures; of frames that they are those which stage `crops` writes."""
    place, path = f"{PARAMS}: regularization.{key}.path", Path(source["path"])
    if source["from"] == "frames":
        if path != CROPS and path.parent != CROPS:
            raise ParameterError(place, f"frames are taken from {CROPS}, but it says {path}", f"Say {CROPS}")
    elif source["from"] == "folder":
        if path == Path():
            raise ParameterError(place, "it names nothing", "Name a folder of pictures")
        pictures_in(path)

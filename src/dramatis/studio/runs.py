"""Runs as the page shows them: pictures and scores of every step, and the step that counts, by vote or score."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dramatis.core.errors import InputError, UserError
from dramatis.core.params import load_params
from dramatis.core.runs import Run
from dramatis.core.tables import read_json, read_rows
from dramatis.core.votes import Vote, holds, remove_vote, votes_in, write_vote
from dramatis.core.yaml_lines import text_of
from dramatis.preview.schema import PREVIEWS
from dramatis.preview.show import NAMES
from dramatis.review.captions.gallery import places
from dramatis.review.captions.pictures import Shown
from dramatis.studio.stamps import Stamps, stamps_of
from dramatis.train.schema import RUN_FILE, checkpoint_name

COLUMNS = [name for name in PREVIEWS.names if name not in ("image", "control_image", "landmarks")]
SHOWN = ("recscore", "identified", "control", "copy_risk")
"""Measures that stand beside each step."""
WAYS = f"models/{{}}/{RUN_FILE}", "data/scores/{}/verdict.json", "data/previews/{}/previews.parquet"
"""What stages `train`, `score` and `preview` make of a run."""


class Preview(NamedTuple):
    """A picture of a step, and where its bytes lie."""

    id: str
    file: Path
    group: int
    row: int


class Trained(NamedTuple):
    """A run.

    Attributes:
        name: of the run.
        settings: its entry in `params.yaml`.
        about: `run.json`; null before it is trained.
        verdict: of stage `score`; null before that.
        prompts: what was drawn, in order: purpose, prompt and, for each step, the position of its first picture.
        missing: which stage has not run; empty if all have.
    """

    name: str
    settings: Run
    about: Mapping[str, Any] | None
    verdict: Mapping[str, Any] | None
    prompts: list[dict[str, Any]]
    missing: str


class Runs:
    """All runs of the project in the working folder; may be asked from any thread.

    Attributes:
        runs: as last read.
        shown: their previews, by position.
        votes: of people, as the file has them.
        fault: what is wrong in the file of votes, or in `params.yaml`; empty if nothing.
        version: grows with every change that a page must show.
    """

    def __init__(self, top: Path = Path()):
        self._top, self._lock = top, threading.RLock()
        self.version, self.fault = 0, ""
        self.runs: list[Trained] = []
        self.votes: dict[str, Vote] = {}
        self.shown = Shown([])
        self._file = top / "votes.yaml"
        self._stamp: Stamps | None = None

    def look(self) -> int:
        """Reads again what is not as it was; gives the version to show."""
        with self._lock:
            stamp = self._stamps()
            if stamp != self._stamp:
                self._stamp = stamp  # of before it is read: what changes meanwhile is read at the next look
                try:
                    self._read()
                    self.fault = ""
                except UserError as error:
                    self.fault = str(error)
                self.version += 1  # last: who shows the one before looks again
            return self.version

    def run(self, name: str) -> Trained:
        """A run by name.

        Raises:
            InputError: there is none of that name.
        """
        found = next((run for run in self.runs if run.name == name), None)
        if found is None:
            raise InputError(f"run {name}", "there is no such run", "Take one of params.yaml")
        return found

    def vote(self, name: str, step: int, why: str = "") -> None:
        """Writes a person's vote for a step.

        Raises:
            InputError: there is no such run, or the step is not there.
            ParameterError: the file of votes is at fault.
        """
        self.run(name)
        write_vote(self._file, name, self._top / "models" / name / checkpoint_name(step), why)
        self.look()

    def take_back(self, name: str) -> None:
        """Takes a vote back: the score's choice counts again."""
        remove_vote(self._file, name)
        self.look()

    def chosen(self, run: Trained) -> tuple[int | None, str, bool]:
        """The step that counts, who chose it, and whether a vote waits since its checkpoint is gone."""
        vote, best = self.votes.get(run.name), run.verdict["best_step"] if run.verdict else None
        if vote and holds(vote, self._top / "models" / run.name):
            return vote.step, "a person", False
        return best, "the score" if best is not None else "", vote is not None

    def _stamps(self) -> Stamps:
        made = (file for way in WAYS for file in sorted(self._top.glob(way.format("*"))))
        return stamps_of([self._top / "params.yaml", self._file, *made])

    def _read(self) -> None:
        params = self._top / "params.yaml"
        settings = load_params("runs", dict[str, Run], params)
        self._file = self._top / load_params("vote.file", str, params)
        self.votes = votes_in(text_of(self._file) if self._file.is_file() else "", self._file.name)
        pictures: list[Preview] = []
        self.runs = [self._trained(name, settings[name], pictures) for name in settings]
        self.shown = Shown(pictures)

    def _trained(self, name: str, settings: Run, pictures: list[Preview]) -> Trained:
        trained, scored, drawn = (self._top / way.format(name) for way in WAYS)
        about = verdict = None
        prompts: list[dict[str, Any]] = []
        missing = ""
        try:
            about = read_json(trained, f"train@{name}")
            rows = read_rows(drawn, f"preview@{name}", COLUMNS)
            prompts = _prompts(rows, len(pictures))
            pictures += [Preview(row["preview_id"], *at) for row, at in zip(rows, places(drawn), strict=True)]
            verdict = read_json(scored, f"score@{name}")
        except UserError as error:
            missing = str(error)
        return Trained(name, settings, about, verdict, prompts, missing)


def _prompts(rows: Sequence[Mapping[str, Any]], first: int) -> list[dict[str, Any]]:
    """Each prompt with the position of its first picture at every step, the kinds in the order of the grid."""
    found: dict[tuple[int, str, str], dict[int, int]] = {}
    kinds = list(NAMES)
    for n, row in sorted(enumerate(rows), key=lambda pair: pair[1]["preview_id"]):
        steps = found.setdefault((kinds.index(row["purpose"]), row["character"] or "", row["prompt"]), {})
        steps.setdefault(row["step"], first + n)
    return [
        {"purpose": kinds[kind], "prompt": prompt, "pictures": pictures}
        for (kind, _, prompt), pictures in sorted(found.items())
    ]


def checkpoint_steps(name: str, top: Path = Path()) -> list[int]:
    """Steps of a run whose checkpoints are there, in order."""
    return sorted(int(folder.name.removeprefix("step-")) for folder in (top / "models" / name).glob("step-[0-9]*"))


def table_of(run: Trained) -> list[dict[str, Any]]:
    """For each step what the score says of it, the bare base first; nothing before the run is scored."""
    by_step = run.verdict["by_step"] if run.verdict else {}
    return [
        {"step": int(name.removeprefix("step-")), "scores": [score.get(measure) for measure in SHOWN]}
        for name, score in sorted(by_step.items())
    ]

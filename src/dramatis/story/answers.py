"""Answers of writers that would say something else the next time, kept in git by what was asked."""

import hashlib
import json
from pathlib import Path
from typing import Any

from dramatis.backends.writers import Draft, Task, Writer
from dramatis.core.errors import InputError
from dramatis.core.tables import write_json

FOLDER = "answers"


class Answers:
    """A folder of `<hash>.json`: what was asked of whom, and the scenes that were answered."""

    def __init__(self, folder: Path):
        self.folder = folder

    def file(self, writer: Writer, task: Task) -> Path:
        """Where the answer to a question is kept."""
        text = json.dumps(_asked(writer, task), sort_keys=True, ensure_ascii=False)
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"

    def read(self, writer: Writer, task: Task) -> str | None:
        """The answer to a question, JSON of a `Draft`; None if there is none, or the writer needs none kept.

        Raises:
            InputError: the file is damaged.
        """
        if writer.model is None or not (file := self.file(writer, task)).is_file():
            return None
        try:
            return json.dumps(json.loads(file.read_text("utf-8"))["answer"], ensure_ascii=False)
        except (ValueError, KeyError, TypeError):
            raise InputError(str(file), "this is no kept answer", "`git checkout` it, or delete it") from None

    def keep(self, writer: Writer, task: Task, draft: Draft) -> None:
        """Keeps an answer of a writer that could answer otherwise."""
        if writer.model is not None:
            value = {"asked": _asked(writer, task), "answer": draft.model_dump(mode="json")}
            write_json(value, self.file(writer, task))


def _asked(writer: Writer, task: Task) -> dict[str, Any]:
    """All that decides an answer."""
    actors = [actor._asdict() for actor in task.actors.values()]
    known = sorted(task.known) if task.known is not None else None
    digest = hashlib.sha256(json.dumps([actors, known, Draft.model_json_schema()]).encode()).hexdigest()[:16]
    return {
        "model": dict(writer.model or {}),
        "line": task.line,
        "panels": task.panels,
        "characters": list(task.actors),
        "style": task.style,
        "place": task.place,
        "seed": task.seed,
        "about": digest,
    }

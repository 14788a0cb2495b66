"""What the server holds: the project, the decisions of `cast.yaml` as last read, and what was done, to undo it."""

from collections.abc import Callable
from pathlib import Path

from dramatis.cast import edit
from dramatis.cast.decisions import ABOUT_FACES, FILE, Decisions
from dramatis.core.errors import UserError
from dramatis.core.moments import parse, track_at
from dramatis.review.actions import Desk
from dramatis.review.changes import Change, Flat, compare, fill, flatten, write_changes
from dramatis.review.groups import Group, group_faces
from dramatis.review.history import Undoable
from dramatis.review.project import Project, read_project
from dramatis.review.standing import Standing, stand

Action = Callable[[Desk], Flat]


class Session(Undoable):
    """State behind all tabs of one server; its methods may be called from any thread.

    Attributes:
        project: as last read.
        generation: how often the project was read; old pictures are asked for with an old one.
        version: grows with every change that a page must show.
        fault: what is wrong in `cast.yaml` now; empty if nothing.
        groups: of the faces, under the decisions as they are.
    """

    def __init__(self, file: Path = FILE, read: Callable[[], Project] = read_project):
        super().__init__(file)
        self._read = read
        self._text: str | None = None
        self._tracks: dict[str, str | None] = {}
        self.generation, self.version, self.fault = 0, 0, ""
        self.decided = Decisions()
        self.reload()

    def reload(self) -> None:
        """Reads the project again, after its stages ran."""
        with self._lock:
            self.project, self._tracks = self._read(), {}
            self.generation += 1
            self._text = None
            self.refresh()

    def refresh(self) -> bool:
        """Reads `cast.yaml` again if it is not as it was; true if it is not."""
        with self._lock:
            text = self._file.read_text() if self._file.is_file() else ""
            if text == self._text:
                return False
            try:
                decided = edit.decided(text, self._file.name)
                standing = stand(self.project, decided)
                self.fault = ""
            except UserError as error:
                if self._text is None and not self.version:
                    raise
                self.fault = str(error)
            else:
                self._take(decided, standing)
            self._text = text
            self.version += 1
            return True

    def _take(self, decided: Decisions, standing: Standing) -> None:
        self.decided, self.standing = decided, standing
        self.groups: list[Group] = group_faces(self.project.faces.rows, standing)

    def act(self, label: str, action: Action) -> list[Change]:
        """Writes what an action leads to; gives what changed, nothing if it asks for what is so already.

        Raises:
            ParameterError: `cast.yaml` is at fault, or would be.
            InputError: another process keeps the file.
        """
        return self._do(label, lambda flat: compare(flat, action(self._desk(flat))))

    def group(self, name: str) -> Group | None:
        """A group by id."""
        return next((group for group in self.groups if group.id == name), None)

    def home_of(self, face: int) -> str | None:
        """Id of the group that a face is in."""
        return next((group.id for group in self.groups if face in group.faces), None)

    def pending(self) -> set[int]:
        """Faces that the next run of stage `cast` will put elsewhere."""
        now, last = self.standing, self.project
        return {
            n
            for n in range(len(now.character))
            if now.character[n] != last.character[n] or (now.origin[n] == "none") != (last.origin[n] == "none")
        }

    def _write(self, changes_of: Callable[[Flat], list[Change]]) -> list[Change]:
        """Reads, changes and writes the file while nobody else can; then shows what it leads to."""
        made: list[Change] = []

        def changed(text: str) -> str:
            made[:] = changes_of(flatten(edit.decided(text, self._file.name)))
            return write_changes(text, made)

        self.refresh()
        edit.update(self._file, changed)
        self.refresh()
        return made

    def _desk(self, flat: Flat) -> Desk:
        standing = self._stand(flat)
        return Desk(self.project, flat, standing, self._governed(flat), self._stand)

    def _stand(self, flat: Flat) -> Standing:
        return stand(self.project, fill(flat, self.decided))

    def _governed(self, flat: Flat) -> dict[str, list[int]]:
        """Faces that each moment decides about: those of its track to which no other moment is nearer in time."""
        rows = self.project.faces.rows
        met: dict[str, list[tuple[float, str]]] = {}
        for section, key in flat:
            moment = parse(key) if section in ABOUT_FACES else None
            if moment and key not in self._tracks:
                own = [row for row in rows if row["video"] == moment.video]
                self._tracks[key] = track_at(moment, own, self.project.shots.get(moment.video, ()))
            if moment and (track := self._tracks[key]):
                met.setdefault(track, []).append((moment.time_s, key))
        governed: dict[str, list[int]] = {}
        for n, row in enumerate(rows):
            if said := met.get(row["track_id"]):
                nearest = min(said, key=lambda pair: abs(pair[0] - row["pts_s"]))[1]
                governed.setdefault(nearest, []).append(n)
        return governed

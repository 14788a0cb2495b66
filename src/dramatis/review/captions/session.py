"""What the server holds for the caption tab: the pictures, `captions.yaml` as last read, and what was done."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from dramatis.caption.edit import set_captions, update
from dramatis.caption.human import FILE, captions_in
from dramatis.core.errors import InputError, UserError
from dramatis.core.yaml_lines import text_of
from dramatis.review.captions.gallery import Gallery, read_gallery
from dramatis.review.captions.pictures import Shown
from dramatis.review.changes import Change, Flat, compare
from dramatis.review.history import Undoable

HUMAN, AUTO = "human", "auto"
Lines = Callable[[], Mapping[str, str | None]]
"""Gives lines of `captions.yaml` by hash of the picture; None for one that goes."""


class CaptionSession(Undoable):
    """State behind all tabs of one server; its methods may be called from any thread.

    Attributes:
        gallery: as last read; empty while a stage has not run.
        shown: its pictures.
        missing: which stage has not run; empty if all have.
        generation: how often the gallery was read; old pictures are asked for with an old one.
        version: grows with every change that a page must show.
        fault: what is wrong in `captions.yaml` now; empty if nothing.
        human: its captions by hash of the picture.
        captions: of each picture as the next run will have it; null where only that run can say.
        origins: of each: human or auto.
        changed_at: the version at which each last changed.
        numbers: positions of the pictures of each hash.
    """

    def __init__(self, file: Path = FILE, read: Callable[[], Gallery] = read_gallery):
        super().__init__(file)
        self._read = read
        self._stamp: tuple[int, ...] | None = None
        self.generation, self.version, self.fault, self.missing = 0, 0, "", ""
        self.human: dict[str, str] = {}
        self.reload()

    def reload(self) -> None:
        """Reads the pictures again, after their stages ran."""
        with self._lock:
            try:
                self.gallery, self.missing = self._read(), ""
            except UserError as error:
                self.gallery, self.missing = Gallery([], {}), str(error)
            pictures = self.gallery.pictures
            self.shown = Shown(pictures)
            self.numbers: dict[str, list[int]] = {}
            for n, each in enumerate(pictures):
                self.numbers.setdefault(each.picture, []).append(n)
            self.captions: list[str | None] = [None] * len(pictures)
            self.origins = [""] * len(pictures)
            self.changed_at = [0] * len(pictures)
            self.generation += 1
            self._stamp = None
            self._take(self.version + 1)
            self.version += 1
            self.refresh()

    def refresh(self) -> bool:
        """Reads `captions.yaml` again if it is not as it was; true if it is not."""
        with self._lock:
            stamp = _stamp(self._file)
            if stamp == self._stamp:
                return False
            self._stamp = stamp
            try:
                text = text_of(self._file) if self._file.is_file() else ""
                self.human, self.fault = captions_in(text, self._file.name), ""
            except UserError as error:
                self.fault = str(error)
            else:
                self._take(self.version + 1)
            self.version += 1  # last: who shows the one before looks again
            return True

    def act(self, label: str, wanted: Lines, generation: int | None = None) -> list[Change]:
        """Writes captions, and takes those that are None out; gives what changed.

        Args:
            label: what is done, in words.
            wanted: it is asked when all that was done before is written.
            generation: that of the positions which `wanted` goes by; none: it goes by none.

        Raises:
            ParameterError: `captions.yaml` is at fault, or would be.
            InputError: another process keeps the file, or positions mean other pictures now.
        """

        def changes_of(flat: Flat) -> list[Change]:
            if generation not in (None, self.generation):
                raise InputError(label, "all pictures were read anew meanwhile", "Look at them, then do it again")
            after = {("", picture): caption for picture, caption in wanted().items()}
            new = {key: caption for key, caption in {**flat, **after}.items() if caption is not None}
            return compare(flat, new)

        return self._do(label, changes_of)

    def automatic(self, n: int) -> str | None:
        """The automatic caption of a picture; None if only the next run can say it."""
        picture = self.gallery.pictures[n]
        return None if picture.human else picture.caption

    def pending(self, n: int) -> bool:
        """True if the next run of stage `caption` will write another caption for a picture."""
        picture = self.gallery.pictures[n]
        return (self.captions[n], self.origins[n] == HUMAN) != (picture.caption, picture.human)

    def waiting(self) -> dict[str, str]:
        """Captions of `captions.yaml` whose picture is in no table now."""
        return {picture: caption for picture, caption in self.human.items() if picture not in self.numbers}

    def line_for(self, picture: str, caption: str) -> str | None:
        """What `captions.yaml` must hold for a picture to have a caption: nothing if it has that by itself."""
        own = {self.automatic(n) for n in self.numbers.get(picture, ())}
        return None if own == {caption} else caption

    def caption_of(self, picture: str) -> str | None:
        """The caption of a picture by its hash; None if it is not known or the picture not there."""
        found = self.numbers.get(picture)
        return self.captions[found[0]] if found else None

    def since(self, version: int) -> list[tuple[int, str | None, bool, bool]]:
        """Position, caption, whether a person wrote it, and whether it waits for a run, of what changed after this."""
        with self._lock:
            return [
                (n, self.captions[n], self.origins[n] == HUMAN, self.pending(n))
                for n, changed in enumerate(self.changed_at)
                if changed > version
            ]

    def known(self, numbers: Sequence[int]) -> list[str]:
        """The captions of pictures, as far as they are known."""
        return [caption for n in numbers if (caption := self.captions[n]) is not None]

    def _take(self, version: int) -> None:
        for n, picture in enumerate(self.gallery.pictures):
            own = self.human.get(picture.picture)
            caption, origin = (self.automatic(n), AUTO) if own is None else (own, HUMAN)
            if (caption, origin) != (self.captions[n], self.origins[n]):
                self.captions[n], self.origins[n], self.changed_at[n] = caption, origin, version

    def _write(self, changes_of: Callable[[Flat], list[Change]]) -> list[Change]:
        """Reads, changes and writes the file while nobody else can; then takes over what stands there."""
        made: list[Change] = []

        def changed(text: str) -> str:
            self.refresh()
            held = captions_in(text, self._file.name)
            made[:] = changes_of({("", picture): caption for picture, caption in held.items()})
            return set_captions(text, {each.key: each.after for each in made}, self._file.name)

        update(self._file, changed)
        self.refresh()
        return made


def _stamp(file: Path) -> tuple[int, ...]:
    """What changes with a file; nothing for one that is not there."""
    if not file.is_file():
        return ()
    found = file.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size

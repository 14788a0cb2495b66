"""What a store holds, and whether each object is what its name says."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from tqdm import tqdm

from dramatis.fsck.digests import side_by_side
from dramatis.fsck.outs import FOLDER
from dramatis.fsck.report import Finding
from dramatis.fsck.stores import Store


@dataclass
class Held:
    """What was found in a store; kept up to date while it is repaired.

    Attributes:
        store: which.
        sizes: objects that are there, with their bytes.
        bad: objects whose bytes are not what their name says.
        unread: objects that could not be read, and why.
        strays: files without an object's name.
    """

    store: Store
    sizes: dict[str, int | None] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)
    unread: dict[str, str] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)

    def sound(self, oid: str) -> bool:
        """The object is there, and is what its name says."""
        return oid in self.sizes and oid not in self.bad and oid not in self.unread

    def folders(self) -> list[str]:
        """Sound lists of folders."""
        return [oid for oid in self.sizes if oid.endswith(FOLDER) and self.sound(oid)]

    def findings(self) -> list[Finding]:
        """What is wrong with what is there."""
        found = [
            Finding(self.store.name, "corrupt", oid, self.store.place(oid), self.sizes[oid]) for oid in sorted(self.bad)
        ]
        return found + [
            Finding(self.store.name, "unreadable", oid, self.store.place(oid), self.sizes[oid], why)
            for oid, why in self.unread.items()
        ]


def read_objects(held: Held, sizes: Mapping[str, int | None], jobs: int, errors: tuple[type[Exception], ...]) -> None:
    """Reads objects of a store and notes what they are; what is not there is left out.

    Args:
        held: what is known of the store; what is read is added.
        sizes: names of objects to read; their bytes, None where that is not known.
        jobs: objects that are read at the same time.
        errors: what the store's client throws where an object cannot be read.
    """
    known = [size for size in sizes.values() if size is not None]
    with progress(held.store.name, sum(known) if len(known) == len(sizes) else None) as tick:

        def read(oid: str) -> tuple[str, str | None, int, str]:
            count = Counter(tick)
            try:
                return oid, held.store.digest(oid, count), count.total, ""
            except FileNotFoundError:
                return oid, None, 0, ""
            except errors as error:
                return oid, None, count.total, in_one_line(error)

        for oid, digest, size, why in side_by_side(read, list(sizes), jobs):
            if why:
                held.sizes[oid], held.unread[oid] = sizes[oid], why
            elif digest is not None:
                held.sizes[oid] = size
                if digest != oid.removesuffix(FOLDER):
                    held.bad.add(oid)


def in_one_line(error: Exception) -> str:
    """What an error says, or its kind if it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__


class Counter:
    """Adds up what is read, and passes it on."""

    def __init__(self, tick: Callable[[int], object]):
        self.total, self.tick = 0, tick

    def __call__(self, size: int) -> None:
        self.total += size
        self.tick(size)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[int], object]]:
    """A bar of bytes on stderr, with rate and time left, where that is a terminal."""
    with tqdm(desc=what, total=total, unit="B", unit_scale=True, disable=None) as bar:
        yield bar.update

"""Pictures that the studio drew: PNG files, each with its recipe inside, the last ones first."""

import os
import threading
from pathlib import Path
from typing import NamedTuple

from dramatis.attention.picture import recipe_in
from dramatis.core.errors import InputError
from dramatis.core.images import decode, encode_jpeg, resize
from dramatis.core.recipe import Recipe

SHOWN = 60
"""Pictures of the gallery, the last ones."""
FIT_PX = 256


class Drawn(NamedTuple):
    """A picture of the gallery: the name of its file, and its recipe."""

    name: str
    recipe: Recipe


class Pictures:
    """The pictures of a folder; may be asked from any thread.

    Attributes:
        version: grows with every picture that is kept.
    """

    def __init__(self, folder: Path):
        self._folder, self._lock = folder, threading.Lock()
        self._known: dict[str, Recipe | None] = {}
        self._small: dict[str, bytes] = {}
        self.version = 0

    def keep(self, data: bytes) -> str:
        """Writes a picture under the next number; gives the name of its file."""
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            number = max((int(file.stem) for file in self._files()), default=0) + 1
            file = self._folder / f"{number:06d}.png"
            part = file.with_suffix(".part")
            part.write_bytes(data)
            os.link(part, file)  # never over another
            part.unlink()
            self.version += 1
            return file.name

    def last(self) -> list[Drawn]:
        """The last pictures that have a recipe, newest first."""
        found: list[Drawn] = []
        for file in sorted(self._files(), reverse=True):
            if len(found) < SHOWN and (recipe := self._recipe(file)):
                found.append(Drawn(file.name, recipe))
        return found

    def recipe(self, name: str) -> Recipe:
        """The recipe of a picture.

        Raises:
            InputError: there is no such picture, or it holds none.
        """
        recipe = self._recipe(self.file(name))
        if recipe is None:
            raise InputError(name, "it holds no recipe", "Take a picture that the studio drew")
        return recipe

    def file(self, name: str) -> Path:
        """The file of a picture by its name, of those that are there.

        Raises:
            InputError: there is none of that name.
        """
        file = next((file for file in self._files() if file.name == name), None)
        if file is None:
            raise InputError(name, "there is no such picture", "Take one of the gallery")
        return file

    def small(self, name: str) -> bytes:
        """JPEG that fits into a square; nothing is enlarged."""
        small = self._small.get(name)
        if small is None:
            image = decode(self.file(name).read_bytes(), name)
            scale = min(FIT_PX / max(image.shape[:2]), 1.0)
            size = [max(round(side * scale), 1) for side in image.shape[1::-1]]
            if len(self._small) > 4 * SHOWN:
                self._small.clear()
            small = self._small[name] = encode_jpeg(resize(image, *size) if scale < 1 else image)
        return small

    def _files(self) -> list[Path]:
        return [file for file in self._folder.glob("*.png") if file.stem.isdecimal()]

    def _recipe(self, file: Path) -> Recipe | None:
        if file.name not in self._known:
            try:
                self._known[file.name] = recipe_in(file)
            except InputError:  # damaged, or by another version
                self._known[file.name] = None
        return self._known[file.name]

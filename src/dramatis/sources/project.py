"""The project as these commands see it: its videos, what belongs to the sample film, and which ids are free."""

import difflib
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from dramatis.cast.decisions import FILE as CAST
from dramatis.cast.decisions import Decisions, read_decisions
from dramatis.core.errors import ParameterError
from dramatis.core.moments import parse
from dramatis.core.params import PARAMS, Key, read_params, validate
from dramatis.frames.params import Video

Lines = Generator[str, None, dict[str, str | None]]
"""What a command tells, line by line; and at the end the videos that it wrote: source by id, null if it is out."""
FILMS = Path("data/film")
OWN_REFERENCES = Path("raw/references")
ABOUT_VIDEOS = ("pins", "reject", "not_a_person", "outfits")
"""Sections of `cast.yaml` whose entries may be moments."""


class Project(NamedTuple):
    """What `params.yaml` says.

    Attributes:
        text: the file.
        params: its values.
        videos: source of each video, by id.
    """

    text: str
    params: Mapping[str, Any]
    videos: dict[str, Path]

    @property
    def of_sample(self) -> list[str]:
        """Ids of the episodes of the sample film."""
        return [key for key, source in self.videos.items() if source.is_relative_to(FILMS)]

    @property
    def dead_sample(self) -> list[str]:
        """Those episodes that no stage makes, as their film is not in `film.titles`."""
        titles = (self.params.get("film") or {}).get("titles") or []
        films = {FILMS / title for title in titles}
        return [key for key in self.of_sample if not films & {*self.videos[key].parents}]

    def source_of(self, key: str) -> Path:
        """The source of a video.

        Raises:
            ParameterError: there is no such video.
        """
        if key not in self.videos:
            there = ", ".join(self.videos) or "none"
            raise ParameterError(
                f"{PARAMS}: videos.{key}", f"there is no such video; there are: {there}", "Mend the id"
            )
        return self.videos[key]


def read_project() -> Project:
    """The project in the working folder.

    Raises:
        MissingError: there is no `params.yaml`.
        ParameterError: its videos are not sound.
    """
    params = read_params()
    videos = validate(params.get("videos") or {}, dict[Key, Video], str(PARAMS), "videos")
    return Project(PARAMS.read_text("utf-8"), params, {key: Path(video.source) for key, video in videos.items()})


def decisions_about(video: str) -> list[str]:
    """The moments of a video that `cast.yaml` decides something about."""
    if not CAST.is_file():
        return []
    decided: Decisions = read_decisions(CAST)
    found = [parse(key) for section in ABOUT_VIDEOS for key in getattr(decided, section)]
    return [str(moment) for moment in found if moment and moment.video == video]


def difference(before: str, after: str, file: Path) -> Iterator[str]:
    """The lines that change, as `diff -u0` shows them."""
    return difflib.unified_diff(before.splitlines(), after.splitlines(), str(file), str(file), lineterm="", n=0)

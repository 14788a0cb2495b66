"""What the sections that make the dataset say of the videos and of each other: no section can see it alone."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from dramatis.caption import schema as caption
from dramatis.cast import schema as cast
from dramatis.core.errors import ParameterError
from dramatis.core.params import PARAMS
from dramatis.dataset.params import DatasetParams
from dramatis.dataset.sizes import sizes_of
from dramatis.selection import schema as selection

TAKEN = {"cast": cast.TABLES, "selection": selection.TABLES, "caption": caption.TABLES}
"""Files of stages that have one file for each video beside them."""


def dataset_checks(params: Mapping[str, Any]) -> Iterator[Callable[[], object]]:
    """The checks, for sections each of which is sound."""
    yield from (partial(_check_free, video) for video in params["videos"])
    yield lambda: _check_held_out(params["selection"]["validation_videos"], list(params["videos"]))
    yield lambda: sizes_of(DatasetParams.model_validate(params["dataset"]))


def _check_free(video: str) -> None:
    for stage, files in TAKEN.items():
        if video in files:
            problem = f"`{video}` is the name of a file of stage {stage}"
            raise ParameterError(f"{PARAMS}: videos.{video}", problem, "Give the video another id")


def _check_held_out(wanted: list[str], videos: list[str]) -> None:
    if unknown := [video for video in wanted if video not in videos]:
        problem = f"no video is called {', '.join(unknown)} (they are {', '.join(videos)})"
        raise ParameterError(f"{PARAMS}: selection.validation_videos", problem, "Mend the id")

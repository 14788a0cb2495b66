"""What can be said of stories before a stage runs: who plays, which scenes there are, whether pictures are there."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from dramatis.core.params import PARAMS
from dramatis.core.runs import Run
from dramatis.core.stories import STORIES, Story, check_pose, check_pose_run, check_scenes
from dramatis.story.material import cast_of
from dramatis.story.own import board_in


def story_checks(params: Mapping[str, Any]) -> Iterator[Callable[[], object]]:
    """One check for each thing that may be wrong with a story; each raises a `UserError`."""
    runs = {name: Run.model_validate(values) for name, values in params["runs"].items()}
    stories = {name: Story.model_validate(values) for name, values in params[STORIES].items()}
    for name, story in stories.items():
        place = f"{PARAMS}: {STORIES}.{name}"
        yield partial(cast_of, story, runs, place)
        yield partial(_check_scenes, name, story, runs, place)
        for number, image in story.poses.items():
            yield partial(check_pose, image, f"{place}.poses.{number}")
    posed = next((name for name, story in stories.items() if story.poses), None)
    if posed:
        yield partial(check_pose_run, params["players"]["pose_run"], runs, f"{PARAMS}: {STORIES}.{posed}.poses")


def _check_scenes(name: str, story: Story, runs: Mapping[str, Run], place: str) -> None:
    """A person's storyboard is sound, and has the scenes of which the story says something."""
    own, count = Path(STORIES) / f"{name}.yaml", story.panels
    if own.is_file():
        count = len(board_in(own, story, cast_of(story, runs, place)).scenes)
    check_scenes(story, count, place)

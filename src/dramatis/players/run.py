"""Stage `players`: the checkpoint of each character of a story, and of its poses, by vote or else by score."""

from collections.abc import Mapping
from pathlib import Path

from dramatis.core.errors import InputError
from dramatis.core.params import PARAMS
from dramatis.core.runs import Run
from dramatis.core.stories import Story, check_pose_run
from dramatis.core.storyboard import read_storyboard
from dramatis.core.tables import write_json
from dramatis.players.params import PlayersParams
from dramatis.players.schema import Players
from dramatis.players.sources import Place, source_of, sources_of


def run(
    name: str,
    story: Story,
    runs: Mapping[str, Run],
    params: PlayersParams,
    *,
    storyboard: Path,
    place: Place,
    out: Path,
) -> None:
    """Writes who draws a story.

    Args:
        name: of the story.
        story: its entry in params.yaml.
        runs: of params.yaml.
        params: section `players`.
        storyboard: its scenes, whose cast is asked for.
        place: folders of the runs.
        out: file to write.

    Raises:
        MissingError: the storyboard or a checkpoint is not there.
        InputError: a run has not learned its character, or runs do not go together.
        ParameterError: the storyboard is damaged, or nothing looks at the poses that are asked for.
    """
    board = read_storyboard(storyboard, name)
    cast = sources_of(board.cast, runs, place, str(storyboard))
    base = source_of(next(iter(board.cast.values()), story.runs[0]), runs, place)
    looks = check_pose_run(params.pose_run, runs, f"stories.{name}.poses") if story.poses else None
    pose = source_of(looks, runs, place) if looks else None
    if pose is not None and pose.family != base.family:
        problem = f"{pose.run} is of family {pose.family}, the story's {base.run} of {base.family}"
        raise InputError(f"{PARAMS}: players.pose_run", problem, "Name one that was trained on a base of that family")
    write_json(Players(cast=cast, base=base, pose=pose).model_dump(mode="json"), out)

"""Class pictures from the videos themselves: scenes of shots in which nobody of the cast was ever seen.

A shot in which somebody was named has nothing to give, even in frames that show nobody: the next frame may be held out,
and who walks out of the picture may still be in it from behind.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from dramatis.core.errors import MissingError
from dramatis.core.images import decode
from dramatis.core.seeds import derive
from dramatis.core.tables import iter_rows, read_rows
from dramatis.regularize.params import RegularizeParams
from dramatis.regularize.picture import ClassPicture, stored
from dramatis.regularize.words import Describer

Row = dict[str, Any]


def from_scenes(
    params: RegularizeParams, source: str, path: Path, count: int | None, describer: Describer
) -> Iterator[ClassPicture]:
    """The chosen scenes, video by video.

    Args:
        path: folder of one video's crops, or of all of them; one that is there is looked at, so take away that of a
            video which is no longer among `videos`.

    Raises:
        MissingError: there is no table of scenes.
    """
    folders = (
        [path] if (path / "scenes.parquet").is_file() else sorted(file.parent for file in path.glob("*/scenes.parquet"))
    )
    if not folders:
        raise MissingError(str(path), "there is no scenes.parquet in it", "Run `dvc repro`: stage crops makes it")
    free = {folder: _free(params, folder) for folder in folders}
    taken = chosen(params.seed, [row for rows in free.values() for row in rows], count)
    with tqdm(total=len(taken), desc=f"regularize {source}", unit="picture", disable=None) as bar:
        for folder in folders:
            file = folder / "scenes.parquet"
            wanted = taken & {row["scene_id"] for row in free[folder]}
            for row in iter_rows(file, f"crops@{folder.name}", ["scene_id", "image"]) if wanted else ():
                if row["scene_id"] in wanted:
                    image = decode(row["image"], f"{file}: {row['scene_id']}")
                    caption, origin = describer.describe(image)
                    size, data = stored(image, row["image"], params.max_short_px)
                    yield ClassPicture(caption, origin, row["scene_id"], None, size, data)
                    bar.update()


def _free(params: RegularizeParams, folder: Path) -> list[Row]:
    """The scenes of one video that may be taken."""
    made_by = f"crops@{folder.name}"
    scenes = read_rows(
        folder / "scenes.parquet", made_by, ["scene_id", "video", "shot", "characters", "people", "rejected_by"]
    )
    shots = {row["shot"] for row in read_rows(folder / "crops.parquet", made_by, ["crop_id", "shot"])}
    shots |= {row["shot"] for row in scenes if row["characters"]}
    return [
        row
        for row in scenes
        if row["shot"] not in shots and not row["rejected_by"] and (params.strangers or not row["people"])
    ]


def chosen(seed: int, scenes: Sequence[Row], count: int | None) -> set[str]:
    """Ids of as many scenes as asked for: one of each shot before a second of any, drawn by the seed."""
    rank: Counter[tuple[str, int]] = Counter()
    ordered: list[tuple[int, int, str]] = []
    for row in sorted(scenes, key=lambda row: derive(seed, "regularize", row["scene_id"])):
        shot = row["video"], row["shot"]
        ordered.append((rank[shot], len(ordered), row["scene_id"]))
        rank[shot] += 1
    return {scene for *_, scene in sorted(ordered)[:count]}

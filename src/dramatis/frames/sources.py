"""What a source is: a video, or pictures in a folder, a zip or a dataset; one file for each kind of pictures."""

import re
from collections.abc import Iterable
from pathlib import Path

from dramatis.core.errors import MissingError
from dramatis.core.picture_files import files_in, is_picture
from dramatis.core.stills import Still
from dramatis.frames import source_dataset, source_folder, source_zip

ZIPS = ".zip", ".cbz"
HUB = re.compile(r"(?:hf:/+datasets/|https?:/+huggingface\.co/datasets/)?([\w-][\w.-]*/[\w.-]+?)/?")
NAMED_FILE = re.compile(r"\.[a-z][a-z0-9]{1,6}$", re.IGNORECASE)


def stills_of(source: Path) -> Iterable[Still] | None:
    """The pictures of a source, in order; null if it is a video, or whatever else ffmpeg can say more about.

    Raises:
        MissingError: there is no such file or folder.
        InputError: the folder, zip or dataset holds no picture, or means harm.
    """
    if not source.exists():
        raise missing(source, str(source))
    if source.is_file() and source.suffix.lower() in ZIPS:
        return source_zip.stills(source)
    if source.is_dir() and any(map(is_picture, files_in(source))):
        return source_folder.stills(source)
    if source_dataset.is_dataset(source):
        return source_dataset.stills(source)
    return source_folder.stills(source) if source.is_dir() else None


def missing(source: Path, place: str) -> MissingError:
    """The error for a source that is not there; it may be the id of a dataset on a hub, which DVC cannot watch.

    Args:
        place: file or parameter that names the source.
    """
    problem, remedy = f"there is no {source}", "Put it there, or mend its entry in `videos`"
    hub = HUB.fullmatch(str(source))
    if hub and not NAMED_FILE.search(hub[1]) and not source.parent.is_dir():
        folder = f"raw/{hub[1].split('/')[1]}"
        fetch = f"hf download --repo-type dataset {hub[1]} --local-dir {folder}"
        remedy += f"; a dataset of the hub is first fetched (`{fetch}`), and its folder is the source"
    return MissingError(place, problem, remedy)

"""Class pictures from a folder of the user's, with captions beside them or without."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from dramatis.core.errors import InputError, MissingError
from dramatis.core.picture_files import as_text, files_in, is_picture
from dramatis.core.seeds import derive
from dramatis.core.stills import Still, frames_of
from dramatis.regularize.params import RegularizeParams
from dramatis.regularize.picture import ClassPicture, stored
from dramatis.regularize.words import Describer

MOST_LETTERS = 4000
"""Longest caption: some thousand tags are no caption, but a file of another kind."""
SETTING = "regularize.allow_partial"


def from_folder(
    params: RegularizeParams,
    source: str,
    path: Path,
    count: int | None,
    describer: Describer,
    skipped: list[dict[str, str]],
) -> Iterator[ClassPicture]:
    """The pictures of a folder by path: upright, in sRGB, of an animation the first frame.

    Args:
        path: a folder, of any depth.
        count: how many are taken, drawn by the seed; null takes all.
        skipped: gets a row of `SKIPPED` for each file that could not be read, if `allow_partial` lets it pass.

    Raises:
        MissingError: there is no such folder.
        InputError: it holds no picture, or a picture or its caption cannot be used.
    """
    files = taken(params.seed, pictures_in(path), count)
    for file in tqdm(files, f"regularize {source}", unit="picture", disable=None):
        try:
            picture = _picture(params, path, file, describer)
        except InputError as error:
            if not params.allow_partial:
                raise
            skipped.append({"file": as_text(file), "problem": error.problem})
            continue
        yield picture


def pictures_in(path: Path) -> list[str]:
    """Paths of the pictures in a folder, as seen from it, sorted. What Windows, macOS and archivers leave is none.

    Raises:
        MissingError: there is no such folder.
        InputError: it holds no picture.
    """
    if not path.is_dir():
        raise MissingError(str(path), "there is no such folder", "Put pictures there, or mend the source's `path`")
    found = sorted(file for file in files_in(path) if is_picture(file))
    if not found:
        raise InputError(str(path), "this folder holds no picture", "Put JPEG, PNG or WebP files there")
    return found


def taken(seed: int, files: list[str], count: int | None) -> list[str]:
    """As many of the files as asked for, in their order; a file more takes the place of another at most."""
    return sorted(sorted(files, key=lambda file: derive(seed, "regularize", as_text(file)))[:count])


def _picture(params: RegularizeParams, path: Path, file: str, describer: Describer) -> ClassPicture:
    image = next(frames_of(Still(str(path / file), file, None, (path / file).read_bytes), SETTING))
    written = read_caption((path / file).with_suffix(".txt"))
    caption, origin = (written, "human") if written else describer.describe(image)
    return ClassPicture(caption, origin, as_text(file), None, *stored(image, None, params.max_short_px))


def read_caption(file: Path) -> str | None:
    """The caption in a text file, its lines joined by spaces; null if there is no file, or nothing in it.

    Raises:
        InputError: it is no UTF-8, holds control characters, or is too long.
    """
    if not file.is_file():
        return None
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(str(file), f"it is no UTF-8 text (byte {error.start})", "Save it as UTF-8") from None
    strange = next((sign for sign in text if unicodedata.category(sign) == "Cc" and sign not in "\t\r\n"), None)
    if strange:
        raise InputError(str(file), f"it holds the control character U+{ord(strange):04X}", "Take it out")
    caption = " ".join(text.split())
    if len(caption) > MOST_LETTERS:
        problem = f"a caption of {len(caption)} letters; at most {MOST_LETTERS} are allowed"
        raise InputError(str(file), problem, "Shorten it")
    return caption or None

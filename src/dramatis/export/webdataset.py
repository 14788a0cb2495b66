"""Format `webdataset`: tar files of samples `<key>.png`, `<key>.txt`, `<key>.json`.

A key ends at the first dot. All samples of a tar must have the same endings, or `datasets` refuses it; so PNG and JPEG
pictures lie in tars of their own.
"""

import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tqdm import tqdm

from dramatis.dataset.schema import CONFIGS
from dramatis.export.files import facts, file_names
from dramatis.export.formats import Settings
from dramatis.export.source import Row, Source

ONE_LINE = False
SAMPLES, SIZE = 1000, 2**29
"""Samples and bytes after which a tar is closed."""


def write(source: Source, folder: Path, settings: Settings) -> list[str]:
    """`<config>-<ending>/<split>-<number>.tar`; control images are the field `conditioning.<ending>`."""
    names = file_names(source.rows)
    for config in CONFIGS:
        rows = source.of(config)
        if not rows:
            continue
        with ExitStack() as stack:
            shards: dict[str, _Shards] = {}
            for row, picture, control in tqdm(source.pictures(config), f"export {config}", len(rows), unit="picture"):
                kinds = "-".join(dict.fromkeys(one.ending for one in (picture, control) if one))
                if kinds not in shards:
                    shards[kinds] = stack.enter_context(_shards(folder / f"{config}-{kinds}", source.split))
                fields = {picture.ending: picture.data}
                if control:
                    fields[f"conditioning.{control.ending}"] = control.data
                shards[kinds].add(names[row.config, row.id], fields | _beside(row))
    there = sorted(path.name for path in folder.iterdir())
    return [f'load_dataset("webdataset", data_files="{settings.root / name}/*.tar")' for name in there]


def _beside(row: Row) -> dict[str, bytes]:
    return {"txt": row.caption.encode(), "json": json.dumps(facts(row), ensure_ascii=False).encode()}


class _Shards:
    """Writes samples into one tar after the other, the same bytes each time."""

    def __init__(self, folder: Path, split: str):
        self._folder, self._split, self._number, self._samples = folder, split, 0, 0
        self._tar: tarfile.TarFile | None = None

    def add(self, key: str, fields: dict[str, bytes]) -> None:
        if self._tar and (self._samples >= SAMPLES or self._tar.offset >= SIZE):
            self.close()
        if self._tar is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = self._folder / f"{self._split}-{self._number:06d}.tar"
            self._tar = tarfile.open(file, "w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        for name, data in sorted(fields.items()):
            info = tarfile.TarInfo(f"{key}.{name}")  # mtime, owner and group are 0
            info.size = len(data)
            self._tar.addfile(info, io.BytesIO(data))
        self._samples += 1

    def close(self) -> None:
        if self._tar:
            self._tar.close()
            self._tar, self._samples, self._number = None, 0, self._number + 1


@contextmanager
def _shards(folder: Path, split: str) -> Iterator[_Shards]:
    shards = _Shards(folder, split)
    try:
        yield shards
    finally:
        shards.close()

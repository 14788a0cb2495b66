"""Format `huggingface`: the dataset itself, as `load_dataset` reads it, copied file by file."""

import shutil
from pathlib import Path

from dramatis.export.formats import Settings
from dramatis.export.source import Source

ONE_LINE = False


def write(source: Source, folder: Path, settings: Settings) -> list[str]:
    """Copies all files with their folders: every split and configuration, the plan and the card."""
    top = source.folder
    for file in sorted(file for file in top.rglob("*") if file.is_file()):
        out = folder / file.relative_to(top)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, out)
    configs = ", ".join(config for config, files in source.shards.items() if files)
    return [f'load_dataset("{settings.root}", "<configuration>") with one of {configs}']

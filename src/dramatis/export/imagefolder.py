"""Format `imagefolder`: pictures with a `metadata.jsonl`, as `datasets` and the scripts of diffusers read them.

The scripts know no weights: they see each picture once in an epoch. `per_epoch` is a column, for those who heed it.
"""

import json
from pathlib import Path

from tqdm import tqdm

from dramatis.export.files import CLASSES, CONTROL, PICTURES, ended, facts, file_names
from dramatis.export.formats import Settings
from dramatis.export.names import safe_names
from dramatis.export.source import Source

ONE_LINE = False
FOLDERS = {"pictures": PICTURES, "regularization": CLASSES, "control": CONTROL}
"""Folders of their own for what different scripts want."""


def write(source: Source, folder: Path, settings: Settings) -> list[str]:
    """`pictures`, `regularization` and `control`, each with a folder of the split, in which `metadata.jsonl` lies."""
    names, groups = file_names(source.rows), safe_names(row.group for row in source.rows)
    lines = []
    for kind, configs in FOLDERS.items():
        rows = source.of(*configs)
        if not rows:
            continue
        own = folder / kind / source.split
        own.mkdir(parents=True)
        with (own / "metadata.jsonl").open("w", encoding="utf-8", newline="\n") as metadata:
            for row, picture, control in tqdm(source.pictures(*configs), f"export {kind}", len(rows), unit="picture"):
                place = Path(groups[row.group], names[row.config, row.id])
                file = ended(own / ("images" if control else "") / place, picture.ending)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(picture.data)
                said = {"file_name": file.relative_to(own).as_posix(), "text": row.caption}
                if control:
                    other = ended(own / "conditioning" / place, control.ending)
                    other.parent.mkdir(parents=True, exist_ok=True)
                    other.write_bytes(control.data)
                    said["conditioning_image_file_name"] = other.relative_to(own).as_posix()
                metadata.write(json.dumps(said | facts(row), ensure_ascii=False) + "\n")
        lines.append(f'load_dataset("imagefolder", data_dir="{settings.root / kind}")')
    return lines

"""What a source was, apart from its name and place: a digest that the dataset card can show to anybody."""

import hashlib
from pathlib import Path

from dramatis.core.digests import file_digest
from dramatis.core.picture_files import files_in


def source_digest(source: Path) -> dict[str, str | int]:
    """`kind` (file or folder), `files`, `bytes`, and `sha256` of a source.

    Of a file it is that of its bytes, as `sha256sum` prints it. Of a folder it is that of the lines which `sha256sum`
    prints for its files, sorted by path inside the folder: `<sha256>  <path>`. Linked folders count, as they are read.
    """
    if source.is_file():
        return {"kind": "file", "files": 1, "bytes": source.stat().st_size, "sha256": file_digest(source)}
    files = [(name, source / name) for name in sorted(files_in(source)) if (source / name).is_file()]
    lines = "".join(f"{file_digest(file)}  {name}\n" for name, file in files)
    size = sum(file.stat().st_size for _, file in files)
    return {
        "kind": "folder",
        "files": len(files),
        "bytes": size,
        "sha256": hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest(),
    }

"""Format `kohya`: folders `<repeats>_<name>`, captions beside pictures, and what sd-scripts reads about them.

Its rules, from its documents and code (sd-scripts 0.10.1): repeats are whole numbers; a caption is the first line of
the `.txt`, and the file may not be empty; class pictures are evened out with the others, whatever their repeats.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from dramatis.core.tables import write_json
from dramatis.export.files import (
    CLASSES,
    CONTROL,
    PICTURES,
    by_folder,
    ended,
    file_names,
    repeats_of,
    write_pairs,
    write_repeats,
    write_text,
)
from dramatis.export.formats import Settings
from dramatis.export.names import safe_names
from dramatis.export.repeats import whole_repeats
from dramatis.export.source import Row, Source
from dramatis.export.text import one_line, toml_table

ONE_LINE = True


def write(source: Source, folder: Path, settings: Settings) -> list[str]:
    """Folders `train`, `reg` and `control`, a `.toml` for each way to train, and the metadata of one of them."""
    names, groups = file_names(source.rows), safe_names(row.group for row in source.rows)
    learned, classes, control = source.of(*PICTURES), source.of(*CLASSES), source.of(*CONTROL)
    repeats = whole_repeats(_rates(learned or control), _rates(source.rows))

    def folder_of(row: Row) -> str:
        if row.config in CONTROL:
            return f"control/{repeats.of[row.rate]}_images/images"
        kind = "reg" if row.config in CLASSES else "train"
        return f"{kind}/{repeats.of[row.rate]}_{groups[row.group]}"

    def place(row: Row) -> Path:
        return folder / folder_of(row) / names[row.config, row.id]

    def write_caption(row: Row, stem: Path) -> None:
        write_text(ended(stem, "txt"), one_line(row.caption) + "\n")

    write_pairs(source, (*PICTURES, *CLASSES, *CONTROL), place, write_caption)
    lines = [f"one epoch of sd-scripts is {repeats.epochs} of the plan; repeats.json says how far rounding is off"]
    if learned:
        subsets = [*_subsets(learned, folder_of, settings.root), *_subsets(classes, folder_of, settings.root)]
        _write_config(folder / "dataset.toml", settings, subsets)
        _write_metadata(learned, folder_of, names, folder, settings)
        lines.append(f"--dataset_config {settings.root / 'dataset.toml'}")
    if control:
        _write_config(folder / "controlnet.toml", settings, _subsets(control, folder_of, settings.root))
        lines.append(f"ControlNet: --dataset_config {settings.root / 'controlnet.toml'}")
    write_repeats(source.rows, repeats, folder_of, folder / "repeats.json")
    return lines


def _rates(rows: Iterable[Row]) -> set[float]:
    return {row.rate for row in rows}


def _subsets(rows: Iterable[Row], folder_of: Callable[[Row], str], root: Path) -> list[dict[str, Any]]:
    """A table of the configuration for each folder."""
    subsets = []
    for name, own in by_folder(rows, folder_of).items():
        subset: dict[str, Any] = {
            "image_dir": str(root / name),
            "num_repeats": repeats_of(name),
            "caption_extension": ".txt",
            "keep_tokens": max(row.people for row in own),
        }
        if name.startswith("reg/"):
            subset["is_reg"] = True
        if name.startswith("control/"):
            subset["conditioning_data_dir"] = str(root / Path(name).parent / "conditioning")
        subsets.append(subset)
    return subsets


def _write_config(file: Path, settings: Settings, subsets: Iterable[dict[str, Any]]) -> None:
    low, high = settings.bucket_sides_px
    dataset = {
        "resolution": settings.resolution_px,
        "batch_size": settings.batch_size,
        "enable_bucket": True,
        "bucket_reso_steps": settings.bucket_step_px,
        "min_bucket_reso": min(low, settings.resolution_px),
        "max_bucket_reso": max(high, settings.resolution_px),
        "bucket_no_upscale": False,
    }
    tables = [toml_table("[general]", {"shuffle_caption": False}), toml_table("[[datasets]]", dataset)]
    tables += [toml_table("[[datasets.subsets]]", subset) for subset in subsets]
    write_text(file, "\n".join(tables))


def _write_metadata(
    rows: Iterable[Row],
    folder_of: Callable[[Row], str],
    names: dict[tuple[str, str], str],
    folder: Path,
    settings: Settings,
) -> None:
    """The same pictures in the layout of `--in_json`: a JSON file for each folder, and a configuration for all."""
    subsets = []
    for name, own in by_folder(rows, folder_of).items():
        endings = {file.stem: file.name for file in (folder / name).iterdir() if file.suffix != ".txt"}
        metadata = {
            endings[names[row.config, row.id]]: {
                "caption": one_line(row.caption),
                "image_size": [row.width_px, row.height_px],
            }
            for row in own
        }
        file = f"metadata/{Path(name).name}.json"
        write_json(metadata, folder / file)
        subsets.append(
            {
                "image_dir": str(settings.root / name),
                "metadata_file": str(settings.root / file),
                "num_repeats": repeats_of(name),
                "keep_tokens": max(row.people for row in own),
            }
        )
    _write_config(folder / "finetune.toml", settings, subsets)

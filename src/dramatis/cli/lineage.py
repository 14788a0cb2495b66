"""Where a picture comes from, as a tree: what it was made from stands under it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from dramatis.cli.pictures import Found, find, rows
from dramatis.core.params import PARAMS, read_yaml

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Node:
    """One thing in the history of a picture.

    Attributes:
        kind: preview, checkpoint, run, dataset, crop, frame, time code, video, or picture, source…
        text: its id and what is worth saying.
        made_from: what it was made from.
    """

    kind: str
    text: str
    made_from: tuple["Node", ...] = ()


def show_lineage(picture: str) -> None:
    """Prints the tree of a picture, by id or by an exported file."""
    tree = Tree("", hide_root=True, guide_style="dim")
    _grow(tree, trace(picture, Path("data"), read_yaml(PARAMS)))
    Console(highlight=False).print(tree)


def _grow(tree: Tree, node: Node) -> None:
    branch = tree.add(f"[bold]{node.kind}[/bold] {escape(node.text)}")
    for origin in node.made_from:
        _grow(branch, origin)


def trace(picture: str, data: Path, params: Settings) -> Node:
    """The history of a picture.

    Raises:
        MissingError: no table holds it.
    """
    found = find(picture, data)
    builders = {"preview": _preview, "augmented": _augmented, "regularization": _regularization}
    builder = builders.get(found.kind) or {"crop": _crop, "frame": _frame, "dataset": _dataset_row}[found.kind]
    return builder(found, data, params)


def _frame(found: Found, data: Path, params: Settings) -> Node:
    row = found.row
    source = params["videos"].get(row["video"], {}).get("source", "no longer in params.yaml")
    if row.get("file"):  # tables of before sources could be pictures have no such column
        place = Node("picture", row["file"], (Node("source", f"{row['video']} · {source}"),))
    else:
        video = Node("video", f"{row['video']} · {source}")
        place = Node("time code", f"{row['time_code']} (shot {row['shot']})", (video,))
    return Node("frame", f"{row['frame_id']} · {row['width_px']}×{row['height_px']} px", (place,))


def _crop(found: Found, data: Path, params: Settings) -> Node:
    row = found.row
    box = row["box"]
    state = f"rejected by {row['rejected_by']}" if row["rejected_by"] else _splits(row["crop_id"], data)
    text = f"{row['crop_id']} · {row['character']}, {row['stage']}, {row['width_px']}×{row['height_px']} px · {state}"
    place = Node("box", f"{box['x0']},{box['y0']} to {box['x1']},{box['y1']} px · {_identity(row, data)}")
    return Node("crop", text, (place, *_by_id("frame", row["frame_id"], data, params)))


def _identity(row: Mapping[str, Any], data: Path) -> str:
    """Why the figure of a crop carries its name."""
    cast = pq.read_table(data / "cast" / f"{row['video']}.parquet", filters=[("figure_id", "=", row["figure_id"])])
    if not cast.num_rows:
        return f"track {row['track_id']}"
    face = cast.to_pylist()[0]
    return f"track {face['track_id']}, cluster {face['cluster_id']}, named by {face['origin']}"


def _splits(crop: str, data: Path) -> str:
    """Where in the dataset a crop is."""
    found = [row.file.stem for row in rows("dataset", data, [("id", "=", crop)])]
    return f"dataset: {found[0]}" if found else "not in the dataset"


def _augmented(found: Found, data: Path, params: Settings) -> Node:
    row = found.row
    text = f"{row['picture_id']} · {row['exposure_ev']:+.2f} EV, contrast ×{row['contrast']:.2f}"
    return Node("augmented picture", text, _by_id("crop", row["crop_id"], data, params))


def _regularization(found: Found, data: Path, params: Settings) -> Node:
    base = Node("base model", params["regularize"]["base"])
    return Node("class picture", f"{found.id} · “{found.row['prompt']}”, seed {found.row['seed']}", (base,))


def _dataset_row(found: Found, data: Path, params: Settings) -> Node:
    """A row whose crop, variant or class picture is gone from its own table."""
    row = found.row
    return Node("dataset row", f"{found.id} · {found.file.stem} · “{row['caption']}” · {row['origin']}")


def _preview(found: Found, data: Path, params: Settings) -> Node:
    row = found.row
    run = _run(row["run"], data, params)
    if row["step"]:
        made_from = Node("checkpoint", f"models/{row['run']}/step-{row['step']:06d}", (run,))
    else:
        made_from = Node("base model", f"{_settings(row['run'], data, params).get('base', '')}, without adapter")
    text = f"{row['preview_id']} · {row['character']} · “{row['prompt']}”, seed {row['seed']}"
    return Node("preview", text, (made_from,))


def _run(name: str, data: Path, params: Settings) -> Node:
    run = _settings(name, data, params)
    if not run:
        return Node("run", f"{name} · no longer in params.yaml")
    text = f"{name} · {run['method']} of {', '.join(run['characters'])} on {run['base']}"
    return Node("run", text, (_dataset(list(run["characters"]), data),))


def _settings(run: str, data: Path, params: Settings) -> Settings:
    """What a run was trained with; what params.yaml says of one that has not been; empty if nobody knows it."""
    trained = data.parent / "models" / run / "run.json"
    return json.loads(trained.read_text()) if trained.is_file() else params["runs"].get(run, {})


def _dataset(characters: list[str], data: Path) -> Node:
    """What of the dataset a run of these characters is trained on."""
    of_these = [found.row for name in characters for found in rows("dataset", data, [("character", "=", name)])]
    videos = sorted({row["video"] for row in of_these})
    counts = {origin: sum(row["origin"] == origin for row in of_these) for origin in ("crop", "augment")}
    said = ", ".join(f"{count} rows from {origin}" for origin, count in counts.items() if count)
    return Node(
        "dataset", f"data/dataset · {said or 'no rows'} of {', '.join(characters)} · videos {', '.join(videos)}"
    )


def _by_id(kind: str, key: str, data: Path, params: Settings) -> tuple[Node, ...]:
    """The history of what a picture was made from, or a node that says that it is gone."""
    builder, name = {"frame": (_frame, "frame_id"), "crop": (_crop, "crop_id")}[kind]
    found = next(iter(rows(kind, data, [(name, "=", key)])), None)
    return (builder(found, data, params) if found else Node(kind, f"{key} · no longer in {data}"),)

"""Where a picture comes from, as a tree: what it was made from stands under it."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from dramatis.cli import look
from dramatis.cli.pictures import SHARDS, Found, find, look_up, rows
from dramatis.core.params import PARAMS, read_yaml

if TYPE_CHECKING:
    from rich.tree import Tree

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Node:
    """One thing in the history of a picture.

    Attributes:
        kind: preview, checkpoint, run, dataset, crop, scene, frame, time code, video, or picture, source…
        text: its id and what is worth saying.
        made_from: what it was made from.
    """

    kind: str
    text: str
    made_from: tuple["Node", ...] = ()


def show_lineage(picture: str, as_json: bool = False) -> None:
    """Prints the tree of a picture, by id or by an exported file."""
    from rich.tree import Tree

    root = trace(picture, Path("data"), read_yaml(PARAMS))
    if as_json:
        look.print_json(nested(root))
        return
    tree = Tree("", hide_root=True, guide_style="dim")
    _grow(tree, root)
    look.show(tree)


def nested(node: Node) -> dict[str, Any]:
    """A node and all under it, for scripts."""
    return {"kind": node.kind, "text": node.text, "made_from": [nested(origin) for origin in node.made_from]}


def _grow(tree: "Tree", node: Node) -> None:
    branch = tree.add(f"[bold]{node.kind}[/bold] {look.plain(node.text)}")
    for origin in node.made_from:
        _grow(branch, origin)


def trace(picture: str, data: Path, params: Settings) -> Node:
    """The history of a picture.

    Raises:
        MissingError: no table holds it.
    """
    return _history(find(picture, data), data, params)


def _history(found: Found, data: Path, params: Settings) -> Node:
    builders = {
        "preview": _preview,
        "panel": _panel,
        "crop": _crop,
        "scene": _scene,
        "augmented": _augmented,
        "composite": _composite,
        "control": _control,
        "regularization": _regularization,
        "frame": _frame,
        "dataset": _dataset_row,
    }
    return builders[found.kind](found, data, params)


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
    text = f"{row['crop_id']} · {row['character']}, {row['stage']}, {_size(row)} · {_state(found, data)}"
    place = Node("box", f"{box['x0']},{box['y0']} to {box['x1']},{box['y1']} px · {_identity(row, data)}")
    return Node("crop", text, (place, *_by_id("frame", row["frame_id"], data, params)))


def _scene(found: Found, data: Path, params: Settings) -> Node:
    row = found.row
    who = ", ".join(row["characters"]) or "nobody named"
    text = f"{row['scene_id']} · {who}, {_size(row)} · {_state(found, data)}"
    return Node("scene", text, _by_id("frame", row["frame_id"], data, params))


def _size(row: Mapping[str, Any]) -> str:
    return f"{row['width_px']}×{row['height_px']} px"


def _identity(row: Mapping[str, Any], data: Path) -> str:
    """Why the figure of a crop carries its name."""
    cast = pq.read_table(data / "cast" / f"{row['video']}.parquet", filters=[("figure_id", "=", row["figure_id"])])
    if not cast.num_rows:
        return f"track {row['track_id']}"
    face = cast.to_pylist()[0]
    return f"track {face['track_id']}, cluster {face['cluster_id']}, named by {face['origin']}"


def _state(found: Found, data: Path) -> str:
    """Where in the dataset a picture is, or why it is not there."""
    if found.row.get("rejected_by"):
        return f"rejected by {found.row['rejected_by']}"
    inside = look_up(found.id, data, ["dataset"])
    if inside:
        return f"dataset: {inside.file.parent.name}"
    file = data / "selection" / f"{found.row.get('video')}.parquet"
    chosen = pq.read_table(file, filters=[("id", "=", found.id)]).to_pylist() if file.is_file() else []
    if chosen and chosen[0]["split"]:
        return f"taken for {chosen[0]['split']}, not in the dataset yet"
    return f"left out by {chosen[0]['left_out']}" if chosen else "not in the dataset"


def _augmented(found: Found, data: Path, params: Settings) -> Node:
    row = found.row
    said = [f"{row['exposure_ev']:+.2f} EV", f"contrast ×{row['contrast']:.2f}"] + ["flipped"] * row["flipped"]
    text = f"{found.id} · {', '.join(said)} · {_state(found, data)}"
    return Node("augmented picture", text, _by_id("crop", row["crop_id"], data, params))


def _composite(found: Found, data: Path, params: Settings) -> Node:
    row = found.row
    who = " | ".join(row["characters"])
    text = f"{found.id} · {who}, {row['layout']}, {row['stage']}, {_size(row)} · {_state(found, data)}"
    behind = _by_id("scene", row["background"], data, params) if row["background"] else ()
    parts = [part for crop in row["parts"] for part in _by_id("crop", crop, data, params)]
    return Node("composite", text, (*parts, *behind))


def _control(found: Found, data: Path, params: Settings) -> Node:
    text = f"{found.id} · {found.row['kind']} · {_state(found, data)}"
    return Node("control image", text, _by_id("crop", found.row["crop_id"], data, params))


def _regularization(found: Found, data: Path, params: Settings) -> Node:
    row = found.row
    source = params.get("regularization", {}).get(row["source"], {}).get("path", "no longer in params.yaml")
    if row["parent"] is None:
        drawn = Node("base model", str(source))
        return Node("class picture", f"{found.id} · “{row['caption']}”, seed {row['seed']}", (drawn,))
    scene = look_up(row["parent"], data, ["scene"])
    parent = _scene(scene, data, params) if scene else Node("file", f"{row['parent']} · {source}")
    return Node("class picture", f"{found.id} · “{row['caption']}”, of source {row['source']}", (parent,))


def _dataset_row(found: Found, data: Path, params: Settings) -> Node:
    """A row that is gone from its own table; what it was made of may still be there."""
    row = found.row
    config, split = found.file.parts[-3:-1]
    kinds = [kind for kind in SHARDS if kind != "dataset"]
    parents = [(name, look_up(name, data, kinds)) for name in row["parents"]]
    nodes = (
        _history(here, data, params) if here else Node("parent", f"{name} · no longer in {data}")
        for name, here in parents
    )
    return Node("dataset row", f"{found.id} · {config}, {split} · “{row['caption']}” · {row['origin']}", tuple(nodes))


def _preview(found: Found, data: Path, params: Settings) -> Node:
    row = found.row
    run = _run(row["run"], data, params)
    if row["step"]:
        made_from = Node("checkpoint", f"models/{row['run']}/step-{row['step']:06d}", (run,))
    else:
        made_from = Node("base model", f"{_settings(row['run'], data, params).get('base', '')}, without adapter")
    text = f"{row['preview_id']} · {', '.join(row['characters']) or 'nobody'} · “{row['prompt']}”, seed {row['seed']}"
    return Node("preview", text, (made_from,))


def _panel(found: Found, data: Path, params: Settings) -> Node:
    row = found.row
    recipe = json.loads(row["recipe"])
    nodes = [
        Node(
            "checkpoint",
            f"models/{one['run']}/step-{one['step']:06d} · draws {one['character']}",
            (_run(one["run"], data, params),),
        )
        for one in recipe["figures"]
    ]
    text = f"{row['panel_id']} · {', '.join(row['characters']) or 'nobody'} · “{recipe['prompt']}”, seed {row['seed']}"
    return Node("panel", text, tuple(nodes) or (Node("base model", f"{recipe['base']}, without adapter"),))


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
    of_these = [
        found.row
        for name in characters
        for found in rows("dataset", data, [("character", "=", name)])
        if found.file.parts[-3:-1] == ("characters", "train")
    ]
    videos = sorted({row["video"] for row in of_these})
    counts = Counter(row["origin"] for row in of_these)
    said = ", ".join(f"{count} rows from {origin}" for origin, count in sorted(counts.items()))
    return Node(
        "dataset", f"data/dataset · {said or 'no rows'} of {', '.join(characters)} · videos {', '.join(videos)}"
    )


def _by_id(kind: str, key: str, data: Path, params: Settings) -> tuple[Node, ...]:
    """The history of what a picture was made from, or a node that says that it is gone."""
    found = look_up(key, data, [kind])
    return (_history(found, data, params) if found else Node(kind, f"{key} · no longer in {data}"),)

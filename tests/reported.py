"""What later stages wrote of the project of coloured cells, and its page."""

import json

import numpy as np
import pyarrow as pa
from previewed import preview, write_previews

from dramatis.caption.schema import CAPTIONS
from dramatis.core.images import encode_png
from dramatis.core.tables import write_table
from dramatis.dataset.schema import DATASET
from dramatis.report.page import make
from dramatis.selection.schema import COVERAGE

NASTY = "<script>alert('ada')</script>"
STATES = [{"name": "frames", "state": "stands", "items": 1, "why": ""}]
LOCKS = {"frames@v": {"outs": [{"path": "data/frames/v", "md5": "0f" * 16 + ".dir"}]}}


def tree(picture):
    """Stands for the history of a picture."""
    return {"kind": "preview", "text": picture, "made_from": [{"kind": "checkpoint", "text": NASTY, "made_from": []}]}


def write_run(top, name, best=80):
    """A run with previews of two steps and a verdict."""
    score = {"recscore": 0.8, "recscore_interval": [0.7, 0.9], "base_recscore": 0.0}
    by_step = {"step-000000": score | {"recscore": 0.0}, f"step-{best:06d}": score}
    verdict = {"best_step": best, "reason": f"Step {best} is <good>.", "by_step": by_step, **score}
    folder = top / "data/scores" / name
    folder.mkdir(parents=True)
    (folder / "verdict.json").write_text(json.dumps(verdict))
    (top / "models" / name).mkdir(parents=True)
    about = {"run": name, "method": "lora", "base": "models/base", "seed": best, "libraries": {"torch": "2.13.0"}}
    (top / "models" / name / "run.json").write_text(json.dumps(about))
    grey = np.full((32, 32, 3), 100, np.uint8)
    rows = [
        preview(step, n, grey, run=name, prompt=f"{NASTY}, robe", preview_id=f"{name}-{step:06d}-{n}")
        for step in (0, best)
        for n in range(2)
    ]
    write_previews(rows, top / "data/previews" / name)


def default(field):
    """Some value of a column's type."""
    kinds = {pa.string(): "x", pa.int32(): 1, pa.float32(): 0.5, pa.bool_(): False}
    return None if field.nullable else [] if pa.types.is_list(field.type) else kinds.get(field.type)


def rows_of(schema, *rows):
    """Rows with what is not said filled in."""
    return [{field.name: default(field) for field in schema} | row for row in rows]


def write_dataset(top):
    """Coverage, captions, and two crops of Ada in the dataset."""
    crops = ("v-000000-00-head", "v-000010-00-head")
    covered = {"character": "ada", "train": 2, "head": 2, "close": 2, "front": 2, "dark": 0, "normal": 2, "bright": 0}
    zero = dict.fromkeys(("upper", "full_stage", "medium", "full", "three_quarter", "profile", "unsure"), 0)
    write_table(
        rows_of(COVERAGE, covered | zero | {"advice": ["no profile & no <light>"]}),
        COVERAGE,
        top / "data/selection/coverage.parquet",
    )
    captions = rows_of(CAPTIONS, *({"id": crop, "tags": ["robe", "forest"]} for crop in crops))
    write_table(captions, CAPTIONS, top / "data/captions/v.parquet")
    image = {"bytes": encode_png(np.full((40, 30, 3), 90, np.uint8)), "path": None}
    same = {
        "image": image,
        "character": "ada",
        "origin": "crop",
        "stage": "head",
        "video": "v",
        "caption": f"{NASTY}, robe",
    }
    rows = rows_of(DATASET, *({"id": crop} | same for crop in crops))
    file = top / "data/dataset/characters/train/v.parquet"
    file.parent.mkdir(parents=True)
    pa.parquet.write_table(pa.Table.from_pylist(rows, schema=DATASET), file)


def report(top, runs=("solo", "wide")):
    """The page of one of these projects."""
    params = {"videos": {"v": {"source": "raw/<v>{{style}}.mkv"}}, "runs": dict.fromkeys(runs, {})}
    return make(params, STATES, LOCKS, tree, top)

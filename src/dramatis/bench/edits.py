"""Do edits change what they are asked to, and nothing else? 100 of them, drawn by the base and by the trained runs.

`python -m dramatis.bench.edits` adds its figures to `metrics/bench/story.json` and writes the picture of
docs/attention.md. What is measured of one model is kept in `work/edits` until all is done, so that it goes on after a
stop.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from tqdm import tqdm

from dramatis.attention.controls import LEVEL
from dramatis.attention.edit import Asked, Edited, edited
from dramatis.backends.detect import DetectChoice, load_detect
from dramatis.backends.embed import EmbedChoice, load_embed
from dramatis.backends.tag import TagChoice, load_tagger
from dramatis.bench.story import add_to
from dramatis.core import seeds
from dramatis.core.errors import one_line_errors
from dramatis.core.images import Image, encode_png
from dramatis.core.params import load_params
from dramatis.core.recipe import Edit
from dramatis.core.tables import read_json, write_json
from dramatis.diffusion.apply import apply
from dramatis.diffusion.model import Model, load_model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.sample import sample
from dramatis.eyes.look import Eyes
from dramatis.pocket.pictures import GROUPS
from dramatis.score.params import ScoreParams
from dramatis.train.schema import RUN_FILE, checkpoint_name

METRICS, PICTURE, WORK = Path("metrics/bench/story.json"), Path("docs/attention.png"), Path("work/edits")
SEED = 2026
"""Of the prompts and noise; the defaults were chosen on other edits, see docs/attention.md."""
BASE = Path("models/pocket/sd")
RUNS = {"twins": ("ada", "bela"), "solo": ("cyrus",)}
KNOWN = {
    "hair_colour": GROUPS["hair_colour"],
    "outfit_colour": GROUPS["outfit_colour"],
    "background": GROUPS["background"],
    "mark": ("glasses", "eyepatch", "stripes", "mustache", "mask"),
    "headgear": ("headband",),
    "mouth": ("open_mouth",),
}
"""What the base draws, when asked from the outset, in more than half of six pictures of other seeds; of marks, headgear
and mouths the others are not drawn (scar and horns never, star and smile once in six), so no edit can bring them."""
LOOKS = ("hair_colour", "mark", "headgear")
"""Groups by whose change somebody may become somebody else; the identity is not asked for there."""
PLAN = {
    "base": [
        ("hair_colour", 20),
        ("mark", 10),
        ("mark+", 8),
        ("headgear+", 6),
        ("outfit_colour", 8),
        ("background", 8),
    ],
    "run": [("outfit_colour", 16), ("background", 16), ("mouth+", 8)],
}
"""How many edits of which group; `+` adds to the prompt what it did not say."""
SHOWN = 8


class Case(NamedTuple):
    """One edit that is asked for."""

    model: str
    group: str
    prompt: str
    edit: Edit
    tag: str
    """What the picture is to show then, as the tagger has it."""
    seed: int


def cases() -> list[Case]:
    """The edits, each from its own seed; those of the runs by turns."""
    names = [(run, name) for run, known in RUNS.items() for name in known]
    found = []
    for who, plan in PLAN.items():
        wanted = [group for group, count in plan for _ in range(count)]
        for number, group in enumerate(wanted):
            run, name = ("base", "") if who == "base" else names[number % len(names)]
            found.append(_case(run, name, group, np.random.default_rng(seeds.derive(SEED, "bench", who, number))))
    return sorted(found, key=lambda case: case.model)


def _case(model: str, name: str, wanted: str, rng: np.random.Generator) -> Case:
    group, adds = wanted.rstrip("+"), wanted.endswith("+")
    said = {part: _words(rng, part) for part in ("hair_colour", "hair_style", "skin", "outfit_colour", "background")}
    if name:
        said = {"name": name} | {part: said[part] for part in ("outfit_colour", "background")}
    old = said.get(group) or (None if adds else _words(rng, group))
    new = next(tag for tag in rng.permutation(KNOWN[group]) if tag.replace("_", " ") != old)
    if old and group not in said:
        said = {part: text for part, text in said.items() if part not in ("outfit_colour", "background")} | {
            group: old,
            **{part: said[part] for part in ("outfit_colour", "background")},
        }
    by = new.replace("_", " ")
    start = [said.pop("name")] if name else []
    prompt = ", ".join([*start, "1person", "head", "front view", *said.values()])
    edit = Edit(kind="refine", by=by, blend=LEVEL) if adds else Edit(kind="replace", word=old, by=by, blend=LEVEL)
    return Case(model, group, prompt, edit, str(new), int(rng.integers(1 << 31)))


def _words(rng: np.random.Generator, group: str) -> str:
    return str(rng.choice(KNOWN.get(group, GROUPS[group]))).replace("_", " ")


class Judge:
    """The project's models that look at pictures."""

    def __init__(self) -> None:
        params = load_params("score", ScoreParams)
        detect, embed, tag = (
            load_params(key, kind)
            for key, kind in (("detect", DetectChoice), ("embed", EmbedChoice), ("tag", TagChoice))
        )
        embedder, self._tagger = load_embed(**embed.model_dump()), load_tagger(**tag.model_dump())
        self._eyes = Eyes(load_detect(**detect.model_dump()), [embedder], self._tagger, None, params)
        self._threshold, self._least = embedder.threshold, params.min_tag_score
        self._column = {tag.name: column for column, tag in enumerate(self._tagger.tags)}

    def reads(self, image: Image, group: str, tag: str) -> bool:
        """Whether a tag is the likeliest of its group, and likely enough to count."""
        scores = self._tagger.scores([image])[0]
        best = max(GROUPS[group], key=lambda one: scores[self._column[one]])
        return bool(best == tag and scores[self._column[tag]] >= self._least)

    def same(self, first: Image, second: Image) -> bool:
        """Whether the largest faces of two pictures are one person's; no face is nobody's."""
        faces = [self._eyes.faces(image)[:1] for image in (first, second)]
        if not all(faces):
            return False
        a, b = (self._eyes.embed(one)[0][0] for one in faces)
        return bool((1 - a @ b) / 2 <= self._threshold)


def measured(case: Case, found: Sequence[Edited], plain: Image, judge: Judge) -> dict[str, Any]:
    """What came of one edit, beside what the new prompt alone draws with the same seed."""
    source, target = found
    outside = target.mask < 0.5
    row: dict[str, Any] = {"group": case.group, "model": case.model, "mask": float(1 - outside.mean())}
    before = judge.reads(
        source.image, case.group, case.tag
    )  # then nothing can be said of the edit: it counts as failed
    row["edit"], row["plain"] = (
        not before and judge.reads(image, case.group, case.tag) for image in (target.image, plain)
    )
    if outside.any():
        row["rmse"], row["plain_rmse"] = (rmse(one, source.image, outside) for one in (target.image, plain))
    if case.group not in LOOKS:
        row["same"], row["plain_same"] = judge.same(source.image, target.image), judge.same(source.image, plain)
    return row


def rmse(first: Image, second: Image, where: np.ndarray) -> float:
    """Root of the mean square difference of the pixels in a mask [levels]."""
    return float(np.sqrt(((first.astype(float) - second)[where] ** 2).mean()))


def model_of(name: str) -> Model:
    """The base, or it with the best step of a run."""
    model = load_model(str(BASE))
    if name != "base":
        step = read_json(Path(f"metrics/score/{name}.json"), f"score@{name}")["best_step"]
        folder = Path("models") / name
        read_json(folder / RUN_FILE, f"train@{name}")
        apply(model, folder / checkpoint_name(step))
    return model


def drawn(name: str, wanted: Sequence[Case], params: DrawingParams) -> Iterator[tuple[Case, list[Edited], Image]]:
    """Each edit of one model: the case, source and result, and what the new prompt draws by itself."""
    model = model_of(name)
    for case in tqdm(wanted, desc=f"edits by {name}", unit="edit"):
        found = edited(model, Asked(case.prompt, case.seed), [case.edit], params)
        yield case, found, next(sample(model, [found[1].prompt], [case.seed], params))


def figures(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The figures of the benchmark, over all edits and by group."""
    told = {
        "edits": len(rows),
        "edit_success": mean(rows, "edit"),
        "edit_rmse_ratio": mean(rows, "rmse") / mean(rows, "plain_rmse"),
        "edit_identity": mean(rows, "same"),
        "edit_mask": mean(rows, "mask"),
        "edit_plain_success": mean(rows, "plain"),
        "edit_plain_identity": mean(rows, "plain_same"),
    }
    groups = {}
    for group in sorted({row["group"] for row in rows}):
        own = [row for row in rows if row["group"] == group]
        ratio = mean(own, "rmse") / mean(own, "plain_rmse")
        groups[group] = {"edits": len(own), "success": mean(own, "edit"), "plain": mean(own, "plain")}
        groups[group] |= {"mask": mean(own, "mask"), "rmse_ratio": ratio}
    return told | {"edit_groups": groups}


def mean(rows: Sequence[dict[str, Any]], key: str) -> float:
    return float(np.mean([row[key] for row in rows if key in row]))


class Shown(NamedTuple):
    """An edit in the picture."""

    before: Image
    mask: NDArray[np.float32] | None
    """What may change; None: everything."""
    after: Image
    plain: Image
    """What the new words draw by themselves."""


def sheet(shown: Sequence[Shown]) -> Image:
    """Edits side by side: as it was, the mask, as it is, and what the new prompt draws by itself; a column each."""
    columns = []
    for before, mask, after, plain in shown:
        level = np.ones(plain.shape[:2]) if mask is None else mask
        white = np.repeat((level * 255).astype(np.uint8)[..., None], 3, axis=2)
        columns.append(np.vstack([before, white, after, plain]))
    return cv2.resize(np.hstack(columns), None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)


def main() -> None:
    """Measures what is left to do, then writes the figures and the picture."""
    params, judge, rows = DrawingParams(**_drawing()), Judge(), []
    torch.set_num_threads(params.threads)
    wanted = cases()
    for name in ("base", *RUNS):
        part = WORK / f"{name}.json"
        if not part.is_file():
            own, shown, told = [case for case in wanted if case.model == name], [], []
            for case, found, plain in drawn(name, own, params):
                told.append(measured(case, found, plain, judge))
                shown.append(Shown(found[0].image, found[1].mask, found[1].image, plain))
            every = max(len(shown) // SHOWN, 1)
            (WORK / f"{name}.png").parent.mkdir(parents=True, exist_ok=True)
            (WORK / f"{name}.png").write_bytes(encode_png(sheet(shown[::every][:SHOWN])))
            write_json(told, part)
        rows += read_json(part, "make benchmark-edits")
    add_to(METRICS, figures(rows))
    PICTURE.write_bytes((WORK / "base.png").read_bytes())
    for name in ("base", *RUNS):
        (WORK / f"{name}.json").unlink()
    Console().print_json(data=figures(rows))


def _drawing() -> dict[str, Any]:
    from dramatis.preview.params import PreviewParams

    return load_params("preview", PreviewParams).drawing.model_dump()


if __name__ == "__main__":
    with one_line_errors():
        main()

"""What can be published, small: a project with a release, its score and previews, a rendered story, a dataset."""

import json
from pathlib import Path

from builders import picture
from conftest import TOP
from tiny_dataset import write_dataset

from dramatis.core.images import encode_png
from dramatis.core.recipe import Figure, Recipe
from dramatis.core.storyboard import Person, Scene, Storyboard
from dramatis.core.tables import write_json, write_table
from dramatis.panels.schema import PANELS
from dramatis.preview.schema import PREVIEWS
from dramatis.release.card import card

STORIES = "stories: {lost: {line: a walk}}\n"
SCORE = {
    "best_step": 4,
    "recscore": 0.9,
    "interval": [0.8, 0.95],
    "copy_risk": 0.6,
    "copy_risk_interval": [0.5, 0.7],
    "reason": "Step 4 has recscore 0.90.",
    "by_character": {},
}
TRAINED = {
    "run": "solo",
    "base": "models/pocket/sd",
    "method": "lora",
    "characters": {"cyrus": {"trigger": "cyrus", "pictures": 40}},
    "params": {"steps": 4, "seed": 7},
    "base_sha256": "ab" * 32,
}


def write_project(folder: Path, license_id: str | None = "cc0-1.0") -> Path:
    """Everything below `folder`, with the parameters of this project and one licence for all."""
    folder.mkdir(parents=True, exist_ok=True)
    said = (TOP / "params.yaml").read_text()
    if license_id:
        said = said.replace("license: null", f"license: {license_id}")
    (folder / "params.yaml").write_text(said + STORIES * ("\nstories:" not in said))
    write_dataset(folder / "data/dataset", license_id)
    write_release(folder, license_id)
    write_story(folder)
    return folder


def write_release(folder: Path, license_id: str | None = None, trained=TRAINED, score=SCORE) -> None:
    """A release of run `solo`, whose weights are no weights, with a score and previews of the steps 0, 2 and 4."""
    release = folder / "models/release/solo"
    release.mkdir(parents=True, exist_ok=True)
    (release / "solo.safetensors").write_bytes(_weights("kohya"))
    (release / "pytorch_lora_weights.safetensors").write_bytes(_weights("diffusers"))
    rows = [_preview(step, purpose, n) for step in (0, 2, 4) for purpose in ("fixed", "forget") for n in range(2)]
    shown = [row for row in rows if row["step"] == 4 and row["purpose"] == "fixed"]
    (release / "README.md").write_text(card(trained, score, license_id, ["lora"], shown))
    (release / "grid.png").write_bytes(encode_png(picture(3)))
    write_json(score, folder / "data/scores/solo/verdict.json")
    write_table(rows, PREVIEWS, folder / "data/previews/solo/previews.parquet")


def _weights(name: str) -> bytes:
    header = json.dumps({"__metadata__": {"name": name}}).encode()
    return len(header).to_bytes(8, "little") + header + name.encode() * 1000


def _preview(step: int, purpose: str, number: int) -> dict[str, object]:
    return dict.fromkeys(PREVIEWS.names) | {
        "preview_id": f"solo-{step:06d}-{purpose}-cyrus-00-{number:02d}",
        "run": "solo",
        "step": step,
        "purpose": purpose,
        "character": "cyrus",
        "characters": ["cyrus"],
        "prompt": "cyrus, 1person, head",
        "negative": "",
        "wanted": [],
        "seed": number,
        "image": encode_png(picture(10 * step + number)),
    }


def write_story(folder: Path, flag: str | None = None, base: str = "models/pocket/sd") -> None:
    """The story `lost` of two panels, the second flagged if asked for."""
    rendered = folder / "data/stories/lost"
    rendered.mkdir(parents=True, exist_ok=True)
    (rendered / "strip.png").write_bytes(encode_png(picture(1, 96, 48)))
    (rendered / "story.pdf").write_bytes(b"%PDF-1.7 a story")
    (rendered / "page.html").write_text("<!doctype html><title>Lost</title>")
    (rendered / "clip.mp4").write_bytes(b"\0\0\0\x18ftypmp42 a clip")
    write_table([_panel(1, None, base), _panel(2, flag, base)], PANELS, folder / "data/panels/lost/panels.parquet")
    scene = Scene(
        place="meadow",
        action="Cyrus walks.",
        characters=[Person(name="cyrus")],
        framing="close",
        prompt="cyrus, meadow",
        caption="A walk.",
    )
    said = Storyboard(title="Lost", line="`cyrus` walks", cast={"cyrus": "solo", "ada": "twins"}, scenes=[scene, scene])
    write_json(said.model_dump(mode="json"), folder / "data/storyboards/lost.json")


def _panel(number: int, flag: str | None, base: str) -> dict[str, object]:
    figure = Figure(character="cyrus", run="solo", step=4, checkpoint="0123456789abcdef" * 4, prompt="cyrus")
    recipe = Recipe(
        base=base,
        figures=[figure],
        prompt="cyrus, meadow",
        seed=number,
        width_px=64,
        height_px=64,
        drawing={"steps": 4},
    )
    return {
        "panel_id": f"lost-{number:02d}",
        "scene": number,
        "image": encode_png(picture(number)),
        "caption": "A walk | alone.",
        "characters": ["cyrus"],
        "found": ["cyrus"],
        "seed": number,
        "tries": 2,
        "right": 1.0,
        "placed": True,
        "strangers": 0,
        "agreement": None,
        "flag": flag,
        "recipe": recipe.model_dump_json(),
    }

"""A project in which two runs of random adapters have learned three people, trained and scored by nobody."""

from pathlib import Path

from adapters import random_adapter
from tiny_sd import DRAWING

from dramatis.core.runs import Run
from dramatis.core.storyboard import Storyboard
from dramatis.core.tables import write_json
from dramatis.diffusion.files import ADAPTER
from dramatis.diffusion.formats import kohya
from dramatis.diffusion.model import load_model
from dramatis.diffusion.weights import write_weights
from dramatis.panels.params import PanelsParams
from dramatis.players.sources import Place
from dramatis.train.schema import RUN_FILE, checkpoint_name

LEARNED = {"twins": ("ada", "bela"), "solo": ("cyrus",)}
PANELS = {
    "width_px": 64,
    "height_px": 64,
    "wider": 0.5,
    "seeds": "story",
    "best_of": 2,
    "tries": 4,
    "min_agreement": 0.5,
    "scale": 1.0,
    "scales": {},
    "joining": {},
    "pose_scale": 1.0,
    "drawing": DRAWING,
}
PARAMS = PanelsParams.model_validate(PANELS)


def write_run(top: Path, name: str, base: Path, **changes) -> None:
    """A run with one checkpoint and a verdict; `changes` are of run.json."""
    record = {
        "run": name,
        "method": "lora",
        "base": str(base),
        "family": "sd",
        "clip_skip": None,
        "style": None,
        "characters": {who: {"trigger": f"x{who}", "pictures": 9} for who in LEARNED.get(name, ())},
        "params": {},
        **changes,
    }
    folder = top / "models" / name
    write_json(record, folder / RUN_FILE)
    checkpoint = folder / checkpoint_name(20)
    checkpoint.mkdir(exist_ok=True)
    adapter = random_adapter(load_model(str(base)).parts(), seed=len(name))
    write_weights(kohya.write(adapter, "sd"), checkpoint / ADAPTER)
    by_character = {who: {"recscore": 0.25 if who == "bela" else 0.5} for who in record["characters"]}
    write_json({"best_step": 20, "recscore": 0.5, "by_character": by_character}, top / f"scores/{name}/verdict.json")
    write_json(None, top / f"votes/{name}.json")


def place_of(top: Path) -> Place:
    return Place(models=top / "models", scores=top / "scores", votes=top / "votes")


def runs_of(base: Path) -> dict[str, Run]:
    methods = {name: "lora" if people else "controlnet" for name, people in LEARNED.items()}
    return {
        name: Run(method=methods[name], characters=list(people), base=str(base)) for name, people in LEARNED.items()
    }


def person(name, side="middle", **more):
    return {"name": name, "side": side, **more}


def board(*scenes, cast=None) -> Storyboard:
    """Scenes as (prompt, people)."""
    return Storyboard.model_validate(
        {
            "title": "Lost",
            "line": "`xada` meets `xcyrus`",
            "cast": {"ada": "twins", "bela": "twins", "cyrus": "solo"} if cast is None else cast,
            "scenes": [
                {
                    "place": "forest",
                    "action": "They stand",
                    "characters": list(people),
                    "framing": "close",
                    "prompt": prompt,
                    "caption": f"“{prompt}”, he said.",
                }
                for prompt, people in scenes
            ],
        }
    )

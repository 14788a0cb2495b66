"""People, tasks and answers for tests of stories."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from conftest import TOP

from dramatis.backends.tag import TagChoice
from dramatis.backends.writers import Actor, Task
from dramatis.backends.writers.grammar import load
from dramatis.core.params import read_yaml, validate
from dramatis.core.runs import Run
from dramatis.story.material import Settings, Sources
from dramatis.story.params import Limits, StoryParams

GRAMMAR = TOP / "grammar.yaml"
LIMITS = Limits(tokenizer=TOP / "models/pocket/sd/tokenizer", token_limits=[75])
KNOWN = frozenset({
    "1person", "head", "upper body", "full body", "front view", "smile", "open mouth", "straight mouth", "headband",
    "black clothes", "orange clothes", "robe", "shirt", "meadow", "forest", "city", "beach", "room", "night", "snow",
})  # fmt: skip
ACTORS = {
    "ada": Actor("ada", "Ada", "ada", "black clothes, robe", "1person", ("forest", "beach", "room")),
    "bela": Actor("bela", "Bela", "bela", "orange clothes, shirt", "1person", ("city", "forest")),
    "cyrus": Actor("cyrus", "Cyrus of Persia", "cyrus", None, None, ("snow", "city", "forest")),
}
LOST = "`ada` loses her umbrella in the snow and `cyrus` finds it"


def task(line: str = LOST, panels: int = 4, seed: int = 7, **more) -> Task:
    """A task for everybody whom a line names."""
    names = [name for name in ACTORS if f"`{name}`" in line]
    given = {"style": None, "place": None, "known": KNOWN, "actors": {name: ACTORS[name] for name in names}}
    return Task(line=line, panels=panels, seed=seed, **(given | more))


def answer(**changes) -> str:
    """A storyboard that holds, as a model would answer it; `changes` are of its first scene."""
    value = json.loads(load(Path(GRAMMAR)).write(task(), []))
    value["scenes"][0] |= changes
    return json.dumps(value)


def project(top: Path) -> tuple[Settings, Sources]:
    """Tables of three characters, of whom the runs `pair` and `alone` have learned all, and the settings of a project.

    The captions say black clothes of ada in three of four, and that she was seen in the forest most.
    """
    rows = [
        ("ada", "ada", ["ada"], "ada, 1person, head, black clothes, robe, forest"),
        ("ada", "ada", ["ada"], "ada, 1person, head, black clothes, robe, forest"),
        ("ada", "ada", ["ada"], "ada, 1person, head, black clothes, beach, smile"),
        ("ada", "ada", ["ada"], "ada, 1person, head, red clothes, city"),
        ("ada", "ada", ["ada", "bela"], "ada, bela, orange clothes, night"),
        ("bela", "blu", ["bela"], "blu, 1person, orange clothes, forest"),
        ("cyrus", "cyrus", ["ada", "cyrus"], "cyrus, ada, snow"),
    ]
    columns = ("character", "trigger", "characters", "caption")
    table = pa.Table.from_pylist([{**dict(zip(columns, row)), "origin": "crop"} for row in rows])
    dataset = top / "dataset"
    (dataset / "characters/train").mkdir(parents=True)
    pq.write_table(table, dataset / "characters/train/e01.parquet")
    pq.write_table(pa.table({"id": ["x"]}), dataset / "plan.parquet")
    names = [("ada", "Ada", "ada"), ("bela", "Bela of the Hills", "blu"), ("cyrus", "Cyrus", "cyrus")]
    cast = pa.Table.from_pylist([dict(zip(("character", "display", "trigger"), name)) for name in names])
    pq.write_table(cast, top / "characters.parquet")
    values = read_yaml(TOP / "params.yaml")
    runs = {
        "alone": Run(method="lora", characters=["cyrus", "ada"], base="b"),
        "pair": Run(method="lora", characters=["ada", "bela"], base="b"),
        "token": Run(method="textual_inversion", characters=["bela"], base="b"),
        "poses": Run(method="controlnet", characters=["ada"], base="b"),
    }
    settings = Settings(
        validate(values["story"] | {"grammar": GRAMMAR}, StoryParams, "params.yaml"),
        LIMITS,
        TagChoice(backend="wd14", weights=TOP / "models/pocket/wd14"),
        runs,
    )
    return settings, Sources(cast=top / "characters.parquet", dataset=dataset, own=top / "stories")

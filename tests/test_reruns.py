"""What a change reruns: the real pipeline files over stand-in outputs, so that DVC itself says what is stale.

The lists are what reruns at most: where a stage writes the same bytes as before, those after it are skipped.
"""

from io import StringIO

import networkx
import pytest
from conftest import TOP
from dvc.repo import Repo
from ruamel.yaml import YAML

from dramatis.bench.stand_in import copy_code, settle, write_outputs, write_programs
from dramatis.core.params import read_yaml
from dramatis.pipeline.graph import FILES, PROGRAMS, filled, load_stages

RUN = ("train", "preview", "score", "release")
DRAWN = ("players", "panels", "render")
"""What becomes of a storyboard, and of the runs that draw it."""
STORY = ("story", *DRAWN)
AFTER_CAPTIONS = {"dataset", "measure", *RUN, *STORY}
AFTER_CROPS = {"tag", "selection", "augment", "control", "composite", "caption", "regularize", *AFTER_CAPTIONS}
AFTER_OUTFIT = {"crops", *AFTER_CROPS}
AFTER_CAST = {"outfit", *AFTER_OUTFIT}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project in which every stage has run, with stand-ins for weights and outputs."""
    top = tmp_path_factory.mktemp("reruns")
    copy_code(TOP, top)
    write_programs(top)
    write_outputs(top)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(top)
        patch.setenv("DVC_NO_ANALYTICS", "1")
        Repo.init(str(top), no_scm=True).close()
        settle(top)
        yield top


def reruns(top, file, change):
    """Stages that DVC finds changed after `change`, with all that depend on them; the change is undone."""
    before, ran = (top / file).read_text(), set()
    try:
        (top / file).write_text(change(before))
        if file.startswith("src/"):
            with Repo(str(top)) as repo:
                ran = {PROGRAMS} & set(map(name_of, repo.status(f"pipelines/{PROGRAMS}/dvc.yaml")))
            write_programs(top)
        with Repo(str(top)) as repo:
            stale = set(map(name_of, repo.status())) - {PROGRAMS}
            graph = repo.index.graph
            stages = [stage for stage in graph if getattr(stage, "name", None) in stale]
            return stale.union(ran, *({other.name for other in networkx.ancestors(graph, stage)} for stage in stages))
    finally:
        (top / file).write_text(before)
        if file.startswith("src/"):
            write_programs(top)


def name_of(address):
    return address.split(":")[-1]


def edited(change):
    """An edit of YAML as a change of text."""

    def apply(text):
        yaml, out = YAML(), StringIO()
        value = yaml.load(text)
        change(value)
        yaml.dump(value, out)
        return out.getvalue()

    return apply


ITEMS = ("e01", "e02", "solo", "twins", "lost", "sample", "empty")


def stages_of(names, items=ITEMS):
    """All stages of these names, those of videos, runs and titles only for these items."""
    every = filled(load_stages(TOP), read_yaml(TOP / "params.yaml"))
    return {s.name for s in every if s.name.split("@")[0] in names and s.name.split("@")[-1] in (*items, s.name)}


def test_nothing_changed_reruns_nothing(project):
    assert reruns(project, "params.yaml", lambda text: text) == set()
    assert reruns(project, "params.yaml", lambda text: "# a comment\n" + text) == set()


@pytest.mark.parametrize("file", FILES)
def test_locks_stay_small(project, file):
    """DVC reads and writes the whole lock after every stage, so that the cost grows with its square."""
    size = (project / file).with_suffix(".lock").stat().st_size
    assert 500 < size < 30_000


CHANGES = {
    "a caption by a person": (
        "captions.yaml",
        lambda text: text + '3f9a0c21b7d4e855: "ada smiles"\n',
        stages_of({"caption", *AFTER_CAPTIONS}),
    ),
    "how somebody is called": (
        "cast.yaml",
        edited(lambda cast: cast.update(characters={"ada": {"display": "Ada L.", "trigger": "adalv"}})),
        stages_of({"cast", *AFTER_CAST}),
    ),
    "the order of captions": (
        "params.yaml",
        edited(lambda params: params["caption"]["template"].update(crop="r0")),
        stages_of({"caption", *AFTER_CAPTIONS}),
    ),
    "what a tagger writes down": (
        "params.yaml",
        edited(lambda params: params["tag"].update(floor=0.2)),
        stages_of({"tag", "caption", *AFTER_CAPTIONS}),
    ),
    "a pin by a person": (
        "cast.yaml",
        edited(lambda cast: cast.update(pins={"e01@5.0:0.5,0.4": "ada"})),
        stages_of({"cast", *AFTER_CAST}),
    ),
    "what is no person": (
        "cast.yaml",
        edited(lambda cast: cast.update(not_a_person=["e01@5.0:0.5,0.4"])),
        stages_of({"cast", *AFTER_CAST}),
    ),
    "a name of an outfit": (
        "cast.yaml",
        edited(lambda cast: cast.update(outfits={"e01@5.0:0.5,0.4": "gown"})),
        stages_of({"outfit", *AFTER_OUTFIT}),
    ),
    "where clothes are looked for": (
        "params.yaml",
        edited(lambda params: params["body"].update(strip=0.4)),
        stages_of({"body", "outfit", *AFTER_OUTFIT}),
    ),
    "steps of all runs": (
        "params.yaml",
        edited(lambda params: params["train"].update(steps=params["train"]["steps"] + 1)),
        stages_of({*RUN, *DRAWN}),
    ),
    "characters of one run": (
        "params.yaml",
        edited(lambda params: params["runs"]["twins"].update(characters=["ada"])),
        stages_of({"vote", *RUN, *STORY}, ["twins", "lost"]) | {"release@solo"},
    ),
    "a line of a story": (
        "params.yaml",
        edited(lambda params: params["stories"]["lost"].update(line="`ada` sings")),
        stages_of({*STORY}),
    ),
    "a word of the grammar": ("grammar.yaml", lambda text: text.replace("kite", "drone"), stages_of({*STORY})),
    "a person's storyboard": ("stories/README.md", lambda text: text + "more\n", stages_of({*STORY})),
    "code of a writer": (
        "src/dramatis/backends/writers/openai.py",
        lambda text: text + "\nWIDTH = 80\n",
        stages_of({"programs", *STORY}),
    ),
    "the seed of the score": (
        "params.yaml",
        edited(lambda params: params["score"].update(seed=8)),
        stages_of({"score", "release", *DRAWN}),
    ),
    "a limit of landmark": (
        "params.yaml",
        edited(lambda params: params["landmark"].update(max_residual=0.2)),
        stages_of({"landmark", "quality", "cluster", "cast", *AFTER_CAST}),
    ),
    "a rule of quality": (
        "params.yaml",
        edited(lambda params: params["quality"].update(min_size_px=21)),
        stages_of({"quality", "cluster", "cast", *AFTER_CAST}),
    ),
    "a threshold of the sample film's figures": (
        "params.yaml",
        edited(lambda params: params["measure"].update(min_iou=0.6)),
        stages_of({"measure"}),
    ),
    "a comment in the code of all stages": ("src/dramatis/core/errors.py", lambda text: text + "# why\n", {"programs"}),
    "code of one stage": (
        "src/dramatis/caption/text.py",
        lambda text: text + "\nWIDTH = 80\n",
        stages_of({"programs", "caption", *AFTER_CAPTIONS}),
    ),
    "code of two stages": (
        "src/dramatis/core/wrap.py",
        lambda text: text + "\nWIDTH = 80\n",
        stages_of({"programs", "preview", "score", "release", *DRAWN}),
    ),
    "a backend in use": (
        "src/dramatis/backends/tag/wd14.py",
        lambda text: text + "\nWIDTH = 80\n",
        stages_of({"programs", "tag", "caption", "regularize", *AFTER_CAPTIONS}, [*ITEMS, "drawn"]),
    ),
    "a backend that is not in use": (
        "src/dramatis/backends/tag/blip.py",
        lambda text: text + "\nWIDTH = 80\n",
        {"programs"},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_reruns_what_depends_on_it_and_nothing_else(project, name):
    file, change, expected = CHANGES[name]
    assert reruns(project, file, change) == expected


def test_a_new_name_touches_no_picture():
    """Trigger words stand in one table; `outfit` sees it with the rest of its folder, but writes the same bytes."""
    every = filled(load_stages(TOP), read_yaml(TOP / "params.yaml"))
    names = "data/cast", "data/cast/characters.parquet"
    readers = {stage.name.split("@")[0] for stage in every if any(name in stage.deps for name in names)}
    assert readers == {"outfit", "caption", "dataset", "measure", "story"}


def test_of_all_runs_only_the_choice_of_players_is_read():
    """Panels depend on what draws them, so that a run that is none of the story's redraws nothing."""
    every = filled(load_stages(TOP), read_yaml(TOP / "params.yaml"))
    readers = {
        stage.name
        for stage in every
        if stage.name.endswith("@lost") and {"data/scores", "data/votes", "models/release"} & set(stage.deps)
    }
    assert readers == {"players@lost"}
    panels = next(stage for stage in every if stage.name == "panels@lost")
    assert not [key for key in panels.params if key.startswith("runs")]


def test_another_video_leaves_the_stages_of_the_others_alone(project):
    (project / "new.mkv").write_text("a video")
    add = edited(lambda params: params["videos"].update(e03={"source": "new.mkv"}))
    found = reruns(project, "params.yaml", add)
    firsts = {"frames", "detect", "landmark", "quality", "embed", "body"}
    assert {f"{name}@e03" for name in firsts} <= found
    assert not {f"{name}@{video}" for name in firsts for video in ("e01", "e02")} & found
    assert {"cluster", "cast", "dataset"} <= found


def test_another_run_leaves_the_others_alone(project):
    """Stories and votes read what there is of all runs, and write the same bytes."""
    add = edited(lambda params: params["runs"].update(trio={**params["runs"]["solo"], "characters": ["dora"]}))
    assert reruns(project, "params.yaml", add) == {f"{name}@trio" for name in RUN} | stages_of(
        {"vote", "release", *STORY}
    )

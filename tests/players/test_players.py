"""Which checkpoints draw a story: by vote, by score, and what is refused."""

import json
import shutil

import pytest
from playing import board, place_of, runs_of, write_run

from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.stories import Story
from dramatis.core.tables import write_json, write_table
from dramatis.core.votes import checkpoint_digest
from dramatis.players.params import PlayersParams
from dramatis.players.run import run
from dramatis.players.schema import read_players, recscores_of
from dramatis.players.sources import source_of, sources_of
from dramatis.score.schema import STEPS


@pytest.fixture
def top(bases, tmp_path):
    """Runs twins and solo on the tiny base."""
    for name in ("twins", "solo"):
        write_run(tmp_path, name, bases["tiny"])
    return tmp_path


def choose(top, bases, cast, pose_run=None, **story):
    """What the stage writes for a story with this cast."""
    (top / "board.json").write_text(board(("sky", []), cast=cast).model_dump_json())
    told = Story.model_validate({"line": "`ada` waits", "runs": ["twins", "solo"]} | story)
    runs = every_run(bases)
    run(
        "lost",
        told,
        runs,
        PlayersParams(pose_run=pose_run),
        storyboard=top / "board.json",
        place=place_of(top),
        out=top / "players.json",
    )
    return read_players(top / "players.json", "lost")


def every_run(bases):
    """Of params.yaml: twins and solo, and one that looks at poses."""
    runs = runs_of(bases["tiny"])
    return runs | {"pose": runs["solo"].model_copy(update={"method": "controlnet", "characters": []})}


def test_what_is_written_is_what_draws(top, bases):
    runs, place = every_run(bases), place_of(top)
    found = choose(top, bases, {"ada": "twins", "cyrus": "solo"})
    ada, cyrus = source_of("twins", runs, place, "ada"), source_of("solo", runs, place, "cyrus")
    assert found.cast == {"ada": ada, "cyrus": cyrus} and recscores_of(found.cast) == {"ada": 0.5, "cyrus": 0.5}
    assert found.base == ada.model_copy(update={"recscore": None}) and found.pose is None
    assert found.cast["cyrus"].trained.triggers == {"cyrus": "xcyrus"}


def test_other_runs_change_no_byte_of_it(top, bases):
    """So a run that is trained anew, and is none of the story's, redraws nothing."""
    choose(top, bases, {"cyrus": "solo"})
    before = (top / "players.json").read_bytes()
    for file in ("scores/twins/verdict.json", "votes/twins.json", "models/twins/run.json"):
        (top / file).unlink()
    choose(top, bases, {"cyrus": "solo"}, runs=["solo"])
    assert (top / "players.json").read_bytes() == before


def test_a_story_of_nobody_is_drawn_by_the_base_of_its_first_run(top, bases):
    found = choose(top, bases, {}, runs=["solo"])
    assert found.cast == {} and found.base.run == "solo"


def test_poses_are_looked_at_by_their_run_where_they_are_asked_for(top, bases):
    write_run(top, "pose", bases["tiny"], method="controlnet")
    asked = {"poses": {1: "stories/wave.png"}}
    assert choose(top, bases, {}, "pose").pose is None
    assert choose(top, bases, {}, "pose", **asked).pose == source_of("pose", every_run(bases), place_of(top))
    with pytest.raises(ParameterError, match=r"stories.lost.poses: poses are asked for.* Name one of pose"):
        choose(top, bases, {}, **asked)
    with pytest.raises(ParameterError, match="players.pose_run: solo is of method lora; poses need one of method"):
        choose(top, bases, {}, "solo", **asked)
    write_run(top, "pose", bases["tiny"], method="controlnet", family="sdxl")
    with pytest.raises(InputError, match="players.pose_run: pose is of family sdxl, the story's twins of sd. Name one"):
        choose(top, bases, {}, "pose", **asked)


def test_what_is_not_there_or_damaged_is_said(top, bases):
    with pytest.raises(MissingError, match="players.json: there is no such file. .* stage players@lost makes it"):
        read_players(top / "players.json", "lost")
    choose(top, bases, {})
    (top / "players.json").write_text('{"cast": {}, "pose": null}')
    with pytest.raises(ParameterError, match="players.json: base: required, but missing"):
        read_players(top / "players.json", "lost")
    (top / "players.json").write_text('{"cast": {}, "base": null, "pose": null, "more": 1}')
    with pytest.raises(ParameterError, match="more: unknown key"):
        read_players(top / "players.json", "lost")


def test_a_person_who_voted_for_a_step_chooses_who_plays(top, bases):
    models, scores = top / "models/solo", top / "scores/solo"
    shutil.copytree(models / "step-000020", models / "step-000010")
    verdict = json.loads((scores / "verdict.json").read_text())
    write_json(verdict | {"run": "solo", "reason": "", "by_step": {"step-000010": {}}}, scores / "verdict.json")
    row = dict.fromkeys(STEPS.names, 0.25) | {"key": "k", "of": "cyrus", "step": 10, "measure": "recscore"}
    write_table([row], STEPS, scores / "steps.parquet")
    vote = {"step": 10, "checkpoint": checkpoint_digest(models / "step-000010"), "why": None}
    write_json(vote, top / "votes/solo.json")
    source = source_of("solo", runs_of(bases["tiny"]), place_of(top), "cyrus")
    assert (source.step, source.recscore) == (10, 0.25)


def test_who_cannot_play_is_said_in_one_line(top, bases):
    runs, place = runs_of(bases["tiny"]), place_of(top)
    with pytest.raises(InputError, match=r"board: cast.ada: solo has not learned ada, but cyrus"):
        sources_of({"ada": "solo"}, runs, place, "board")
    with pytest.raises(InputError, match=r"runs.trio: there is no such run; there are twins, solo"):
        sources_of({"ada": "trio"}, runs, place, "board")
    (top / "scores/solo/verdict.json").unlink()
    with pytest.raises(MissingError, match=r"verdict.json: there is no such file. .* stage score@solo makes it"):
        source_of("solo", runs, place)
    runs |= {"more": runs["solo"]}
    for changes, said in [
        ({"family": "sdxl"}, "twins and more have bases of different families"),
        ({"clip_skip": 2}, "different clip skips"),
        ({"method": "controlnet"}, "more is of method controlnet, which draws nobody by itself"),
        ({"params": {"objective": {"zero_terminal_snr": True}}}, "different noise schedules"),
    ]:
        write_run(top, "more", bases["tiny"], characters={"cyrus": {"trigger": "x"}}, **changes)
        with pytest.raises(InputError, match=said):
            sources_of({"ada": "twins", "cyrus": "more"}, runs, place, "board")
    (top / "models/more/step-000020").rename(top / "models/more/step-000030")
    with pytest.raises(MissingError, match="step-000020: the chosen step is not there"):
        source_of("more", runs, place)

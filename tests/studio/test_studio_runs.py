import pytest
from studio_desk import as_json, told

from dramatis.core.errors import InputError, ParameterError
from dramatis.core.images import decode
from dramatis.core.votes import checkpoint_digest, read_votes
from dramatis.studio.runs import Runs, checkpoint_steps
from dramatis.studio.runs_page import about_runs


@pytest.fixture
def runs(project):
    made = Runs()
    made.look()
    return made


def shown(runs, name):
    return next(run for run in about_runs(runs)["runs"] if run["name"] == name)


def test_runs_are_read_once_for_each_change(runs):
    assert (runs.version, runs.look()) == (1, 1)
    runs.vote("solo", 2)
    assert (runs.version, runs.look()) == (2, 2)


def test_every_run_has_its_choice_scores_and_pictures(runs):
    solo = shown(runs, "solo")
    assert (solo["step"], solo["by"], solo["steps"]) == (4, "the score", [0, 2, 4])
    assert [(row["step"], row["scores"][0]) for row in solo["table"]] == [(0, 0.0), (2, 0.2), (4, 0.4)]
    (prompt,) = solo["prompts"]
    shades = {step: decode(runs.shown.whole(n))[0, 0, 0] for step, n in prompt["pictures"].items()}
    assert shades == {0: 0, 2: 20, 4: 40}  # the first of each prompt
    assert as_json(about_runs(runs)) and "&lt;" not in as_json(about_runs(runs)["runs"])


def test_a_vote_is_a_line_that_counts_at_once_and_can_be_taken_back(runs, project):
    before = runs.version
    runs.vote("solo", 2, "  her\nhair ")
    digest = checkpoint_digest(project / "models/solo/step-000002")
    said = read_votes(project / "votes.yaml")["solo"]
    assert (said.step, said.checkpoint, said.why) == (2, digest, "her hair")
    assert (project / "votes.yaml").read_text().splitlines()[0] == "# votes"
    assert runs.version > before and (shown(runs, "solo")["step"], shown(runs, "solo")["by"]) == (2, "a person")
    assert shown(runs, "twins")["by"] == "the score"
    runs.vote("solo", 4)
    assert shown(runs, "solo")["step"] == 4 and shown(runs, "solo")["why"] is None
    runs.take_back("solo")
    assert (project / "votes.yaml").read_text() == "# votes\n{}\n"


def test_a_vote_waits_while_its_checkpoint_is_another(runs, project):
    runs.vote("solo", 2)
    (project / "models/solo/step-000002/adapter.safetensors").write_bytes(b"trained again")
    solo = shown(runs, "solo")
    assert (solo["step"], solo["by"], solo["waits"]) == (4, "the score", 2)


def test_what_others_write_is_seen(runs, project):
    version = runs.version
    assert runs.look() == version
    (project / "votes.yaml").write_text("solo: {step: 2}\n")
    assert runs.look() > version and "solo.checkpoint: required" in runs.fault
    with pytest.raises(ParameterError):
        runs.vote("solo", 2)
    (project / "votes.yaml").write_text("{}\n")
    runs.look()
    assert runs.fault == ""


def test_what_cannot_be_voted_for_is_one_line(runs):
    with pytest.raises(InputError) as error:
        runs.vote("solo", 3)
    assert told(error).endswith("step-000003: there is no such checkpoint. Run `dvc repro train@solo`, or name another")
    with pytest.raises(InputError, match="run gone: there is no such run"):
        runs.vote("gone", 2)


def test_a_run_without_checkpoints_says_what_to_run(runs, project):
    (project / "models/solo/run.json").unlink()
    (project / "data/scores/twins/verdict.json").unlink()
    runs.look()
    solo, twins = shown(runs, "solo"), shown(runs, "twins")
    assert "train@solo" in solo["missing"] and solo["prompts"] == []
    assert "score@twins" in twins["missing"] and twins["prompts"] and twins["step"] is None
    assert checkpoint_steps("gone") == []

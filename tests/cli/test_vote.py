"""`dramatis vote` on a project of one run with two checkpoints."""

import json

import pytest
from conftest import TOP

from dramatis.cli.vote import vote_for
from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.votes import checkpoint_digest, holds, read_votes


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text((TOP / "params.yaml").read_text())
    (tmp_path / "votes.yaml").write_text("# what we like\n{}\n")
    for step in (2, 4):
        folder = tmp_path / f"models/solo/step-{step:06d}"
        folder.mkdir(parents=True)
        (folder / "weights").write_bytes(bytes([step]))
    return tmp_path


def test_a_vote_is_a_line_that_holds_until_it_is_taken_back(project, capsys):
    vote_for("solo", 2, "her eyes", False)
    digest = checkpoint_digest(project / "models/solo/step-000002")
    assert f"votes.yaml: solo: step 2, checkpoint {digest}; now `dvc repro`" in capsys.readouterr().out
    vote = read_votes(project / "votes.yaml")["solo"]
    assert (vote.step, vote.why) == (2, "her eyes") and holds(vote, project / "models/solo")
    vote_for(None, None, "", False)
    assert json.loads(capsys.readouterr().out) == {"solo": {"step": 2, "checkpoint": digest, "why": "her eyes"}}
    vote_for("solo", None, "", True)
    assert (project / "votes.yaml").read_text() == "# what we like\n{}\n"


@pytest.mark.parametrize(
    ("asked", "kind", "said"),
    [
        (("trio", 2, "", False), ParameterError, "trio: there is no such run, there are solo, twins"),
        (("solo", 3, "", False), MissingError, "step-000003: there is no such checkpoint. Run `dvc repro train@solo`"),
        (("solo", None, "", False), ParameterError, "vote: it takes a step, or --take-back. Give one of the two"),
        (("solo", 2, "", True), ParameterError, "Give one of the two"),
    ],
)
def test_what_is_no_vote_is_one_line_and_changes_nothing(project, asked, kind, said):
    with pytest.raises(kind, match=said):
        vote_for(*asked)
    assert (project / "votes.yaml").read_text() == "# what we like\n{}\n"

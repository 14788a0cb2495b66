import pytest

from dramatis.core.errors import ParameterError
from dramatis.core.votes import Vote, checkpoint_digest, chosen_step, read_votes, votes_in

VERDICT = {"best_step": 4}


@pytest.fixture
def models(tmp_path):
    for step in (2, 4):
        folder = tmp_path / "duo" / f"step-{step:06d}"
        folder.mkdir(parents=True)
        (folder / "adapter.safetensors").write_bytes(bytes([step]))
    return tmp_path / "duo"


def test_a_vote_counts_as_long_as_its_checkpoint_stays(models):
    vote = Vote(step=2, checkpoint=checkpoint_digest(models / "step-000002"))
    assert chosen_step(VERDICT, None, models) == 4
    assert chosen_step(VERDICT, vote, models) == 2
    (models / "step-000002/adapter.safetensors").write_bytes(b"other")
    assert chosen_step(VERDICT, vote, models) == 4
    assert chosen_step(VERDICT, vote.model_copy(update={"step": 6}), models) == 4


def test_votes_of_a_file(tmp_path):
    assert read_votes(tmp_path / "votes.yaml") == {} == votes_in("# none\n{}\n", "votes.yaml")
    said = votes_in('solo: {step: 3, checkpoint: "0123456789012345", why: her hair}\n', "votes.yaml")
    assert said == {"solo": Vote(step=3, checkpoint="0123456789012345", why="her hair")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("solo: 3\n", "solo = 3"),
        ("solo: {step: 0, checkpoint: aaaaaaaaaaaaaaaa}\n", "solo.step = 0: must be greater than or equal to 1"),
        ("solo: {step: 1, checkpoint: abc}\n", "solo.checkpoint = 'abc': must match"),
        ("solo: {step: 1}\n", "solo.checkpoint: required"),
        ("- solo\n", "votes.yaml"),
    ],
)
def test_what_is_no_vote_is_one_line(text, said):
    with pytest.raises(ParameterError, match=said) as caught:
        votes_in(text, "votes.yaml")
    assert "\n" not in str(caught.value)

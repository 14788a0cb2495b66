import json

from dramatis.vote.params import VoteParams
from dramatis.vote.run import run


def test_a_vote_changes_the_file_of_its_run_alone(tmp_path, caplog):
    file, out = tmp_path / "votes.yaml", tmp_path / "votes"
    file.write_text("{}\n")
    run(VoteParams(file=str(file)), ["solo", "twins"], out=out)
    before = {each.name: each.read_bytes() for each in out.iterdir()}
    assert before == {"solo.json": b"null\n", "twins.json": b"null\n"}
    file.write_text("solo: {step: 3, checkpoint: aaaaaaaaaaaaaaaa}\ngone: {step: 1, checkpoint: bbbbbbbbbbbbbbbb}\n")
    run(VoteParams(file=str(file)), ["solo", "twins"], out=out)
    assert json.loads((out / "solo.json").read_text()) == {"step": 3, "checkpoint": "a" * 16, "why": None}
    assert (out / "twins.json").read_bytes() == before["twins.json"] and len(list(out.iterdir())) == 2
    assert "there is no run gone" in caplog.text

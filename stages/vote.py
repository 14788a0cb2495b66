"""Stage `vote`: which step of each run a person chose."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage():
        from dramatis.core.params import load_params
        from dramatis.core.runs import Run
        from dramatis.vote.params import VoteParams
        from dramatis.vote.run import run

        run(load_params("vote", VoteParams), load_params("runs", dict[str, Run]), out=Path("data/votes"))

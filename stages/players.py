"""Stage `players`: which checkpoint draws each character of one story."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as name:
        from dramatis.core.params import Key, load_params
        from dramatis.core.runs import Run
        from dramatis.core.stories import load_story
        from dramatis.players.params import PlayersParams
        from dramatis.players.run import run
        from dramatis.players.sources import Place

        run(
            name,
            load_story(name),
            load_params("runs", dict[Key, Run]),
            load_params("players", PlayersParams),
            storyboard=Path(f"data/storyboards/{name}.json"),
            place=Place(models=Path("models"), scores=Path("data/scores"), votes=Path("data/votes")),
            out=Path(f"data/players/{name}.json"),
        )

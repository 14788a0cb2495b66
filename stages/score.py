"""Stage `score`: say how well each checkpoint of one run does what it is for, and which is best."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as name:
        from dramatis.backends.detect import DetectChoice
        from dramatis.backends.embed import EmbedChoice
        from dramatis.backends.landmarks import LandmarkChoice
        from dramatis.backends.tag import TagChoice
        from dramatis.core.params import load_params
        from dramatis.core.runs import load_run
        from dramatis.score.params import ScoreParams
        from dramatis.score.run import Choices, run

        run(
            name,
            load_run(name).characters,
            load_params("score", ScoreParams),
            Choices(
                load_params("detect", DetectChoice),
                load_params("embed", EmbedChoice),
                load_params("tag", TagChoice),
                load_params("landmark", LandmarkChoice),
            ),
            dataset=Path("data/dataset"),
            previews=Path(f"data/previews/{name}"),
            out=Path(f"data/scores/{name}"),
            metrics=Path(f"metrics/score/{name}.json"),
            plots=Path(f"metrics/plots/score/{name}"),
        )

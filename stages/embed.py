"""Stage `embed`: an identity vector for every face of one video."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as video:
        from dramatis.core.engine import load_engine
        from dramatis.core.params import load_params
        from dramatis.embed.params import EmbedParams
        from dramatis.embed.run import run

        run(
            load_params("embed", EmbedParams),
            frames=Path("data/frames") / video,
            detections=Path("data/detections") / video,
            out=Path("data/embeddings") / video,
            engine=load_engine(),
        )

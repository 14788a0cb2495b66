"""Stage `crops`: cut three pictures of every named person of one video, and whole frames as scenes."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as video:
        from dramatis.core.params import load_params
        from dramatis.crops.params import CropsParams
        from dramatis.crops.run import run

        run(
            load_params("crops", CropsParams),
            video,
            frames=Path(f"data/frames/{video}/frames.parquet"),
            detections=Path(f"data/detections/{video}/detections.parquet"),
            quality=Path(f"data/quality/{video}/quality.parquet"),
            embeddings=Path(f"data/embeddings/{video}/embeddings.parquet"),
            cast=Path(f"data/cast/{video}.parquet"),
            outfits=Path(f"data/outfits/{video}.parquet"),
            out=Path(f"data/crops/{video}"),
        )

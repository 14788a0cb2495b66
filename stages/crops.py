"""Stage `crops`: cut three pictures of every named person of one video, and whole frames as scenes."""

import sys
from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.crops.params import CropsParams
from dramatis.crops.run import run

if __name__ == "__main__":
    with one_line_errors():
        video = sys.argv[1]
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

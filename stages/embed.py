"""Stage `embed`: an identity vector for every face of one video."""

import sys
from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.embed.params import EmbedParams
from dramatis.embed.run import run

if __name__ == "__main__":
    with one_line_errors():
        run(
            load_params("embed", EmbedParams),
            frames=Path("data/frames") / sys.argv[1],
            detections=Path("data/detections") / sys.argv[1],
            out=Path("data/embeddings") / sys.argv[1],
        )

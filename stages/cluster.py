"""Stage `cluster`: who is who across all videos."""

from pathlib import Path
from typing import Any

from dramatis.cluster.params import ClusterParams
from dramatis.cluster.run import run
from dramatis.core.errors import one_line_errors
from dramatis.core.params import Key, load_params

if __name__ == "__main__":
    with one_line_errors():
        run(
            load_params("cluster", ClusterParams),
            list(load_params("videos", dict[Key, Any])),
            detections=Path("data/detections"),
            quality=Path("data/quality"),
            embeddings=Path("data/embeddings"),
            out=Path("data/clusters"),
            plots=Path("metrics/plots/cluster"),
        )

"""Stage `cluster`: who is who across all videos."""

from pathlib import Path
from typing import Any

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage():
        from dramatis.cluster.params import ClusterParams
        from dramatis.cluster.run import run
        from dramatis.core.params import Key, load_params

        run(
            load_params("cluster", ClusterParams),
            list(load_params("videos", dict[Key, Any])),
            detections=Path("data/detections"),
            quality=Path("data/quality"),
            embeddings=Path("data/embeddings"),
            out=Path("data/clusters"),
            plots=Path("metrics/plots/cluster"),
        )

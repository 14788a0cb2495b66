"""Stage `cast`: names for the clusters, from reference pictures and from the decisions in cast.yaml."""

from pathlib import Path
from typing import Any

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage():
        from dramatis.backends.detect import DetectChoice
        from dramatis.backends.embed import EmbedChoice
        from dramatis.cast.params import CastParams
        from dramatis.cast.run import Shards, run
        from dramatis.core.params import Key, load_params

        run(
            load_params("cast", CastParams),
            load_params("detect", DetectChoice),
            load_params("embed", EmbedChoice),
            list(load_params("videos", dict[Key, Any])),
            decisions=Path("cast.yaml"),
            shards=Shards(
                *(Path("data") / name for name in ("frames", "detections", "quality", "embeddings", "clusters"))
            ),
            out=Path("data/cast"),
            plots=Path("metrics/plots/cast"),
        )

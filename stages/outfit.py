"""Stage `outfit`: what each character wears in each shot, and what people call it in cast.yaml."""

from pathlib import Path
from typing import Any

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage():
        from dramatis.core.params import Key, load_params
        from dramatis.outfit.params import OutfitParams
        from dramatis.outfit.run import Shards, run

        run(
            load_params("outfit", OutfitParams),
            list(load_params("videos", dict[Key, Any])),
            load_params("outfits", dict[str, Key], Path("cast.yaml")),
            shards=Shards(*(Path("data") / name for name in ("frames", "detections", "bodies", "cast"))),
            out=Path("data/outfits"),
        )

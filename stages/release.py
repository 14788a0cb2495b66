"""Stage `release`: write the chosen weights of one run for others to use."""

import os
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: threads that spin are 30 times slower if busy

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as name:
        from dramatis.core.params import load_params
        from dramatis.core.runs import load_run
        from dramatis.release.params import ReleaseParams
        from dramatis.release.run import run

        run(
            name,
            load_params("release", ReleaseParams),
            models=Path(f"models/{name}"),
            score=Path(f"data/scores/{name}/verdict.json"),
            out=Path(f"models/release/{name}"),
            previews=Path(f"data/previews/{name}"),
            fuse=load_run(name).fuse,
            vote=Path(f"data/votes/{name}.json"),
        )

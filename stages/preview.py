"""Stage `preview`: draw the same pictures with every checkpoint of one run and with the bare base."""

import os
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: threads that spin are 30 times slower if busy

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as name:
        from dramatis.core.engine import load_engine
        from dramatis.core.params import load_params
        from dramatis.core.runs import load_run
        from dramatis.preview.params import PreviewParams
        from dramatis.preview.run import run

        run(
            name,
            load_run(name),
            load_params("preview", PreviewParams),
            models=Path(f"models/{name}"),
            dataset=Path("data/dataset"),
            out=Path(f"data/previews/{name}"),
            plots=Path(f"metrics/plots/preview/{name}"),
            work=Path("work/preview"),
            engine=load_engine(),
        )

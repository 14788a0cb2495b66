"""Stage `train`: teach a base model the characters of one run."""

import os
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: threads that spin are 30 times slower if busy

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as name:
        from dramatis.diffusion.lean import lean_imports

        with lean_imports():
            from dramatis.core.params import load_params
            from dramatis.core.runs import load_run
            from dramatis.train.params import TrainParams
            from dramatis.train.run import run

        run(
            name,
            load_run(name),
            load_params("train", TrainParams),
            dataset=Path("data/dataset"),
            out=Path(f"models/{name}"),
            work=Path("work/train"),
        )

"""Stage `repeats`: openings, endings and frames that several videos have in common."""

from pathlib import Path
from typing import Any

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage():
        from dramatis.core.params import Key, load_params
        from dramatis.repeats.params import RepeatsParams
        from dramatis.repeats.run import run

        run(
            load_params("repeats", RepeatsParams),
            list(load_params("videos", dict[Key, Any])),
            frames=Path("data/frames"),
            out=Path("data/repeats"),
        )

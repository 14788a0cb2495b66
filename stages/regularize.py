"""Stage `regularize`: gather the class pictures of one source."""

import os
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: threads that spin are 30 times slower if busy

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as source:
        from dramatis.backends.tag import TagChoice
        from dramatis.core.params import load_params
        from dramatis.core.regularization import load_source
        from dramatis.regularize.params import RegularizeParams
        from dramatis.regularize.run import run

        run(
            load_params("regularize", RegularizeParams),
            load_params("tag", TagChoice),
            source,
            load_source(source),
            out=Path(f"data/regularization/{source}"),
        )

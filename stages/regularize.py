"""Stage `regularize`: draw class images with the base model."""

import os
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: threads that spin are 30 times slower if busy

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.regularize.params import RegularizeParams
from dramatis.regularize.run import run

if __name__ == "__main__":
    with one_line_errors():
        run(load_params("regularize", RegularizeParams), out=Path("data/regularization"))

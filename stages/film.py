"""Stage `film`: render the sample film, its truth and its reference pictures."""

import sys
from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.film.params import FilmParams
from dramatis.film.run import run

if __name__ == "__main__":
    with one_line_errors():
        run(load_params("film", FilmParams), title=sys.argv[1], out=Path("data/film") / sys.argv[1])

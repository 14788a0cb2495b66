"""Stage `film`: render the sample film, its truth and its reference pictures."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as title:
        from dramatis.core.params import load_params
        from dramatis.film.params import FilmParams
        from dramatis.film.run import run

        run(load_params("film", FilmParams), title=title, out=Path("data/film") / title)

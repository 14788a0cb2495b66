"""Captions against the truth of the sample film: people named in their order, and tags that are true.

The same figures of other films: `make seeds`.
"""

import json
import tempfile
from pathlib import Path

from dramatis.bench.clips import FILM, TOP
from dramatis.core.params import PARAMS, load_params
from dramatis.film.story import EPISODES
from dramatis.measure.params import MeasureParams
from dramatis.measure.run import run


def figures(data: Path = Path("data")) -> dict[str, float]:
    """`name_order` (bar 1.0) and `tag_f1` (bar 0.85) with all that belongs to them; see `measure.captions`.

    Args:
        data: folder with what the stages up to `caption` made of the sample film.
    """
    with tempfile.TemporaryDirectory() as scratch:
        run(
            load_params("measure", MeasureParams, TOP / PARAMS),
            FILM,
            videos={episode: data / "film" / FILM / f"{episode}.mp4" for episode in EPISODES},
            min_score=load_params("caption.min_score", dict[str, float], TOP / PARAMS),
            data=data,
            metrics=Path(scratch),
        )
        return json.loads((Path(scratch) / "caption.json").read_text())

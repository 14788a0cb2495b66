"""`make benchmark-identity`: who is who, from pictures to names, against truth, alternatives and ceilings.

Prints tables, and writes `metrics/bench/identity.json`, `docs/identity.md` and `docs/naming.png`. It looks at real
clips, at films on which nothing was tuned, and at synthetic banks of up to a million faces. Blur has a benchmark of its
own (`make benchmark-blur`); its figures are copied from there.
"""

import json
import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from dramatis.bench import backends, banks, hdr, inference, people, speed
from dramatis.bench.clips import media_folder
from dramatis.bench.identity_page import page
from dramatis.core.errors import MissingError, one_line_errors
from dramatis.core.tables import write_json

OUT, PAGE = Path("metrics/bench/identity.json"), Path("docs/identity.md")
BLUR = Path("metrics/bench/blur.json")
log = logging.getLogger("benchmark-identity")


def blur_figures() -> dict[str, float]:
    """What `make benchmark-blur` found.

    Raises:
        MissingError: it has not run.
    """
    if not BLUR.is_file():
        raise MissingError(str(BLUR), "there is no such file", "Run `make benchmark-blur` first")
    found = json.loads(BLUR.read_text())
    return {key: found[key] for key in ("blur_spearman", "blur_auc")}


def measured(media: Path) -> dict[str, Any]:
    """Everything; timings first, while nothing else has filled the memory."""
    found: dict[str, Any] = blur_figures()
    log.info("speed")
    found |= speed.figures() | inference.figures()
    log.info("HDR")
    found |= hdr.figures(media)
    log.info("backends")
    found["backends"] = backends.compared(media)
    with TemporaryDirectory() as scratch:
        films, clips = people.run_films(Path(scratch)), people.run_clips(media, Path(scratch))
        found |= people.figures(films, clips, media)
        by_film = people.of_films(films)
    by_bank = banks.measured(banks.CASES)
    return found | banks.summary(by_bank) | {"films": by_film, "table": by_bank}


def main() -> None:
    """Measures, prints, writes."""
    found = measured(media_folder())
    Console().print(banks.table(found["table"]))
    write_json(found, OUT)
    PAGE.write_text(page(found))
    Console().print({key: value for key, value in found.items() if isinstance(value, int | float)})


if __name__ == "__main__":
    logging.getLogger().setLevel(logging.INFO)
    with one_line_errors():
        main()

"""Stage `vote`: a file for each run with what a person chose, so that DVC sees which runs a vote concerns.

DVC can follow a key of a file in `params`, but fails where the key is missing, as it is until somebody votes.
"""

import logging
from collections.abc import Collection
from pathlib import Path

from dramatis.core.tables import whole_folder, write_json
from dramatis.core.votes import read_votes
from dramatis.vote.params import VoteParams

log = logging.getLogger(__name__)


def run(params: VoteParams, runs: Collection[str], *, out: Path) -> None:
    """Writes `<run>.json` for each run: its vote, or null.

    Args:
        params: section `vote`.
        runs: names of all runs.
        out: folder to write.

    Raises:
        ParameterError: a vote is not sound.
    """
    votes = read_votes(Path(params.file))
    for name in sorted(votes.keys() - set(runs)):
        log.warning("%s: there is no run %s in params.yaml; its vote waits", params.file, name)
    with whole_folder(out) as folder:
        for name in runs:
            vote = votes.get(name)
            write_json(vote.model_dump() if vote else None, folder / f"{name}.json")

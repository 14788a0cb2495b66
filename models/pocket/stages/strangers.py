"""Pocket stage `strangers`: draw the people whom a preview is compared with beside the cast."""

from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.pocket.params import POCKET_PARAMS, StrangersParams
from dramatis.pocket.strangers import write_strangers

if __name__ == "__main__":
    with one_line_errors():
        params = load_params("strangers", StrangersParams, POCKET_PARAMS)
        write_strangers(params.count, params.seed, Path("models/pocket/strangers.parquet"))

"""Pocket stage `bank`: draw the pictures that the autoencoder and the UNet learn from."""

from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.pocket.bank import write_bank
from dramatis.pocket.params import POCKET_PARAMS, BankParams

if __name__ == "__main__":
    with one_line_errors():
        write_bank(load_params("bank", BankParams, POCKET_PARAMS), out=Path("work/pocket/bank"))

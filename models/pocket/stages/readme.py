"""Pocket stage `readme`: write the table of what the pocket models reach."""

from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.pocket.readme import write_readme

if __name__ == "__main__":
    with one_line_errors():
        write_readme(metrics=Path("models/pocket/metrics"), out=Path("models/pocket/README.md"))

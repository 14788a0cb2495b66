"""The command line's root, to which the files in `commands/` add theirs."""

import typer

PANELS = ("Run", "Look", "People", "Sources", "Share", "Stories", "Weights", "Project")
"""Order of the panels of `--help`: what is used every day first; panels not named here come after these."""

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="From raw video to its cast. Run everything in the project's top folder. "
    "To build what is stale: `dvc repro`. Every command: docs/command-line.md.",
    epilog="Exit codes: 0 done, 1 an error to mend or a check that found something, 2 wrong usage, 130 Ctrl-C.",
)

"""The command line's root, to which the files in `commands/` add theirs."""

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Looks at what the pipeline made. To run it: `dvc repro`. Run everything in the project's top folder.",
)

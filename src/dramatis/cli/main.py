"""The command line."""

from importlib import import_module
from pkgutil import iter_modules

from dramatis.cli import commands
from dramatis.cli.app import PANELS, app
from dramatis.core.errors import InputError, one_line_errors

for module in iter_modules(commands.__path__):
    import_module(f"{commands.__name__}.{module.name}")


def _place(panel: object) -> int:
    return PANELS.index(panel) if panel in PANELS else len(PANELS)


app.registered_commands.sort(key=lambda command: _place(command.rich_help_panel))
app.registered_groups.sort(key=lambda group: _place(group.rich_help_panel))


def main() -> None:
    """Entry point: user errors, Ctrl-C and SIGTERM end as one line."""
    with one_line_errors():
        try:
            app()
        except PermissionError as error:
            problem, remedy = "no permission to read or write it", "Change that, or work in a copy"
            raise InputError(str(error.filename or "a file"), problem, remedy) from None
        except (FileExistsError, FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            problem = f"it cannot be read or written there ({error.strerror})"
            raise InputError(str(error.filename or "a file"), problem, "Name another place, or mend this one") from None

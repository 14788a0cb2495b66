"""The command line."""

import signal
from importlib import import_module
from pkgutil import iter_modules

from dramatis.cli import commands
from dramatis.cli.app import PANELS, app
from dramatis.core.errors import InputError, one_line_errors, terminate

for module in iter_modules(commands.__path__):
    import_module(f"{commands.__name__}.{module.name}")


def _place(panel: object) -> int:
    return PANELS.index(panel) if panel in PANELS else len(PANELS)


app.registered_commands.sort(key=lambda command: _place(command.rich_help_panel))
app.registered_groups.sort(key=lambda group: _place(group.rich_help_panel))


def main() -> None:
    """Entry point: user errors, Ctrl-C and SIGTERM end as one line."""
    with one_line_errors():
        signal.signal(signal.SIGTERM, terminate)
        try:
            app()
        except SystemExit as end:
            raise _stop_behind(end) or end from None
        except PermissionError as error:
            problem, remedy = "no permission to read or write it", "Change that, or work in a copy"
            raise InputError(str(error.filename or "a file"), problem, remedy) from None
        except (FileExistsError, FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            problem = f"it cannot be read or written there ({error.strerror})"
            raise InputError(str(error.filename or "a file"), problem, "Name another place, or mend this one") from None


def _stop_behind(end: BaseException | None) -> KeyboardInterrupt | None:
    """Ctrl-C or SIGTERM, of which the library of the commands makes one and the same exit; None for any other end."""
    while end is not None and not isinstance(end, KeyboardInterrupt):
        end = end.__cause__ or end.__context__
    return end

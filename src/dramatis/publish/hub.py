"""To the Hugging Face hub, by its own client, which finds the token and the address of the hub by itself."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from dramatis.core.errors import InputError
from dramatis.publish.contents import Contents
from dramatis.publish.places import Hub
from dramatis.publish.secrets import silent_about, without_secrets

if TYPE_CHECKING:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

LOG_IN = "Log in with a token that may write there: `hf auth login`, or HF_TOKEN"
AGAIN = "Run the same command again: what has arrived is not sent again"


def upload(place: Hub, contents: Contents, public: bool) -> list[str]:
    """Makes the repository if there is none, private unless asked otherwise, and sends what differs.

    Raises:
        InputError: there is no token, the hub is out of reach or says no, the upload is cut off, or the repository
            there is public and nobody asked for that.
    """
    from huggingface_hub import HfApi, get_token

    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it tells of every request
    token = get_token()
    if not token:
        raise InputError(str(place), "there is no token for the hub", LOG_IN)
    with silent_about([token]), _one_line(place, token), TemporaryDirectory(prefix="dramatis-") as scratch:
        api = HfApi(token=token)
        _check_visible(api, place, public)
        _gather(contents, Path(scratch))
        done = api.upload_folder(
            repo_id=place.repo,
            repo_type=place.kind,
            folder_path=scratch,
            commit_message=f"{contents.kind.title()} by Dramatis",
            delete_patterns=list(contents.replaced) or None,
        )
        seen = "public" if public else "private"
        return [
            without_secrets(line, [token])
            for line in (f"{place} ({seen}): {done.commit_url}", contents.usage.format(repo=place.repo))
        ]


def _check_visible(api: "HfApi", place: Hub, public: bool) -> None:
    """Makes the repository if there is none; refuses one that is seen by others than is meant."""
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        private = bool(api.repo_info(place.repo, repo_type=place.kind).private)
    except RepositoryNotFoundError:
        api.create_repo(place.repo, repo_type=place.kind, private=not public)
        return
    if private == public:
        there, remedy = ("private", "Leave out --public") if private else ("public", "Say --public if that is meant")
        raise InputError(str(place), f"this repository is {there}", f"{remedy}, or change it on the hub")


def _gather(contents: Contents, folder: Path) -> None:
    """One folder of links to all files, as the client takes a folder."""
    for entry in contents.files:
        file = folder / entry.name
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(entry.source, Path):
            file.symlink_to(os.path.abspath(entry.source))
        else:
            file.write_bytes(entry.source)


@contextmanager
def _one_line(place: Hub, token: str) -> Iterator[None]:
    """Turns what the client throws into one line that says what to do, without the token."""
    from huggingface_hub.errors import HfHubHTTPError, HTTPError, OfflineModeIsEnabled

    def told(problem: str, remedy: str) -> InputError:
        return InputError(str(place), without_secrets(" ".join(problem.split()), [token]), remedy)

    try:
        yield
    except OfflineModeIsEnabled:
        raise told("HF_HUB_OFFLINE is set, so nothing is sent", "Unset HF_HUB_OFFLINE, then run it again") from None
    except HfHubHTTPError as error:
        raise told(*_answer(error)) from None
    except (HTTPError, ConnectionError, TimeoutError) as error:
        remedy = f"Check the connection, and HF_ENDPOINT if it is set. {AGAIN}"
        raise told(f"the hub is out of reach ({error})", remedy) from None
    except OSError as error:  # of the hub's storage; one of a file or a disk here has a number
        if error.filename or error.errno is not None:
            raise
        raise told(f"the hub's storage says no ({error})", LOG_IN) from None
    except RuntimeError as error:  # of one file; what it was is behind it
        cause = error.__cause__
        if isinstance(cause, HfHubHTTPError):
            problem, remedy = _answer(cause)
            raise told(f"{error}: {problem}", remedy) from None
        raise told(f"the upload was cut off ({error} {cause or ''})", f"Check the connection. {AGAIN}") from None
    except ValueError as error:
        raise told(f"the hub does not take it: {error}", "Mend that, then run it again") from None
    except (KeyError, TypeError, AttributeError) as error:
        remedy = "See whether HF_ENDPOINT names a hub, then run it again"
        raise told(
            f"the hub's client does not understand its answer ({type(error).__name__} {error})", remedy
        ) from None


def _answer(error: "HfHubHTTPError") -> tuple[str, str]:
    """What the hub said, and what to do."""
    status = error.response.status_code
    said = error.server_message or error.response.reason_phrase
    known = status in (401, 403, 404)
    return f"the hub says no ({status}: {said})", LOG_IN if known else f"See what it says. {AGAIN}"

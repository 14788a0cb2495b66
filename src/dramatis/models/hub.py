"""The hub, asked through its own client: what a repository holds, and whether a file may be had.

The bytes come by `direct`: the client (2.4) throws away what has come of a file when its process ends, and a base has
files of several GB.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, cast

from dramatis.core.errors import InputError, MissingError
from dramatis.models.direct import download

SITE = "https://huggingface.co"
LOG_IN = "Accept its terms on its page with a browser, then log in: `hf auth login`, or HF_TOKEN"
AGAIN = "Run it again where there is a network, and see HF_ENDPOINT if it is set; what has come so far is kept"


class HubFile(NamedTuple):
    """What the hub says of a file.

    Attributes:
        size: bytes; None if it does not say.
        sha256: of a file in its large storage.
        git_oid: SHA-1 of git for any other.
    """

    size: int | None
    sha256: str | None
    git_oid: str | None


class HubRepo(NamedTuple):
    """A repository at one commit: its files by path, and the licence that its card names."""

    commit: str
    files: dict[str, HubFile]
    licence: str | None


def look_up(repo: str, revision: str | None) -> HubRepo:
    """What a repository of models holds at a revision; None is its newest commit.

    Raises:
        InputError: the hub is out of reach, says no, or has no such repository or revision.
    """
    from huggingface_hub import HfApi  # half a second

    with one_line(repo, revision):
        info = HfApi().model_info(repo, revision=revision, files_metadata=True, timeout=30)
    card: Any = info.card_data or {}
    licence = card.get("license_name") or card.get("license")
    return HubRepo(
        commit=cast(str, info.sha),  # the hub says it of every revision
        files={
            each.rfilename: HubFile(each.size, each.lfs.sha256, None)
            if each.lfs
            else HubFile(each.size, None, each.blob_id)
            for each in info.siblings or []
        },
        licence=str(licence) if licence else None,
    )


def fetch(repo: str, commit: str, path: str, part: Path, size: int | None) -> Path:
    """Downloads one file as `part`, after what has come of it before.

    Raises:
        InputError: the hub is out of reach, or says no.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.utils import build_hf_headers

    url = hf_hub_url(repo, path, revision=commit)
    with one_line(repo, commit, path):
        get_hf_file_metadata(url)
    return download(url, part, size, build_hf_headers())


def address(repo: str, revision: str | None, path: str) -> str:
    """Where a browser finds a file."""
    return f"{SITE}/{repo}/resolve/{revision or 'main'}/{path}"


@contextmanager
def one_line(repo: str, revision: str | None = None, path: str | None = None) -> Iterator[None]:
    """Turns what the client throws into one line that says what to do."""
    from huggingface_hub.errors import (
        EntryNotFoundError,
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        HTTPError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    place = f"hf://{repo}" + (f"@{revision[:12]}" if revision else "") + (f"/{path}" if path else "")
    try:
        yield
    except OfflineModeIsEnabled:
        remedy = "Unset HF_HUB_OFFLINE, then run it again"
        raise InputError(place, "HF_HUB_OFFLINE is set, so nothing is fetched", remedy) from None
    except GatedRepoError:
        raise InputError(place, "its publisher gives it only to those who accept its terms", LOG_IN) from None
    except RepositoryNotFoundError:
        problem = "the hub has no such repository, or does not show it to you"
        raise MissingError(place, problem, "Mend its name; a private one needs a token: `hf auth login`") from None
    except RevisionNotFoundError:
        raise MissingError(place, "the hub has no such revision", "Take one from its history on the hub") from None
    except LocalEntryNotFoundError as error:  # before the next, which it is a kind of
        raise InputError(place, f"the hub is out of reach ({_said(error)})", AGAIN) from None
    except EntryNotFoundError:
        remedy = "Choose another revision, or see on its page how the file is called there"
        raise MissingError(place, "the repository has no such file at that revision", remedy) from None
    except HfHubHTTPError as error:
        status = error.response.status_code
        said = " ".join((error.server_message or error.response.reason_phrase).split())
        remedy = LOG_IN if status in (401, 403) else AGAIN
        raise InputError(place, f"the hub says no ({status}: {said})", remedy) from None
    except HFValidationError as error:
        raise InputError(place, f"this cannot be a repository ({_said(error)})", "Write it as USER/NAME") from None
    except (HTTPError, ConnectionError, TimeoutError) as error:
        raise InputError(place, f"the hub is out of reach ({_said(error)})", AGAIN) from None
    except OSError as error:
        if error.errno is not None:  # of the disk
            raise
        raise InputError(place, f"what came is not whole ({_said(error)})", AGAIN) from None


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__

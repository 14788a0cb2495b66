"""To the Hugging Face hub, by its own client, which finds the token and the address of the hub by itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from dramatis.core.errors import InputError
from dramatis.dataset.schema import CONFIGS
from dramatis.publish.contents import Contents
from dramatis.publish.places import Hub

STALE = [f"{config}/*" for config in CONFIGS]
"""What is removed there if it is no longer here: a shard of a video that is gone would be loaded with the others."""
HIDDEN = [".*", "*/.*"]


def upload(place: Hub, contents: Contents, public: bool) -> list[str]:
    """Makes the repository if there is none, private unless asked otherwise, and sends what differs.

    Raises:
        InputError: the hub is out of reach or says no, or the repository there is public and nobody asked for that.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError

    api = HfApi()
    with _one_line(place):
        try:
            private = api.repo_info(place.repo, repo_type="dataset").private
        except RepositoryNotFoundError:
            api.create_repo(place.repo, repo_type="dataset", private=not public)
            private = not public
    if private == public:
        there, remedy = ("private", "Leave out --public") if private else ("public", "Say --public if that is meant")
        raise InputError(str(place), f"this repository is {there}", f"{remedy}, or change it on the hub")
    with _one_line(place):
        done = api.upload_folder(
            repo_id=place.repo,
            repo_type="dataset",
            folder_path=contents.folder,
            commit_message="Dataset by Dramatis",
            ignore_patterns=HIDDEN,
            delete_patterns=STALE,
        )
    return [f"{place} ({'public' if public else 'private'}): {done.commit_url}", f'load_dataset("{place.repo}", "…")']


@contextmanager
def _one_line(place: Hub) -> Iterator[None]:
    """Turns what the client throws into one line that says what to do."""
    from huggingface_hub.errors import HfHubHTTPError, HTTPError, OfflineModeIsEnabled

    try:
        yield
    except OfflineModeIsEnabled:
        remedy = "Unset HF_HUB_OFFLINE, then run it again"
        raise InputError(str(place), "HF_HUB_OFFLINE is set, so nothing is sent", remedy) from None
    except HfHubHTTPError as error:
        status = error.response.status_code
        said = " ".join((error.server_message or error.response.reason_phrase).split())
        remedy = "See what it says, then run it again"
        if status in (401, 403, 404):
            remedy = "Log in with a token that may write there: `hf auth login`, or HF_TOKEN"
        raise InputError(str(place), f"the hub says no ({status}: {said})", remedy) from None
    except PermissionError as error:  # of the hub's storage; one of a file here has a name
        if error.filename:
            raise
        remedy = "Log in with a token that may write there: `hf auth login`, or HF_TOKEN"
        raise InputError(str(place), f"the hub's storage says no ({error})", remedy) from None
    except (HTTPError, ConnectionError, TimeoutError) as error:
        remedy = "Check the connection, and HF_ENDPOINT if it is set"
        raise InputError(str(place), f"the hub is out of reach ({error})", remedy) from None
    except ValueError as error:
        said = " ".join(str(error).split())
        raise InputError(str(place), f"the hub does not take it: {said}", "Mend that, then run it again") from None

"""Publishes something, or shows all that would be sent."""

import shutil
from pathlib import Path
from typing import Any, NamedTuple

from dramatis.core.errors import InputError, ParameterError
from dramatis.core.tables import whole_folder
from dramatis.export.run import check_out
from dramatis.publish.contents import Contents, as_outs, shown, total
from dramatis.publish.gate import in_a_line
from dramatis.publish.hub import upload
from dramatis.publish.places import Hub, Place, Remote, place_of
from dramatis.publish.remote import push


class Wishes(NamedTuple):
    """What a person says beside the place."""

    no_license: bool = False
    """Send it although nobody said a licence."""
    anyway: bool = False
    """Send it in spite of what stands against it."""
    public: bool = False
    """For the hub: a repository that everybody sees."""
    tag: str | None = None
    """For a remote: git tag to set."""


def publish(contents: Contents, to: str, wishes: Wishes, project: Path = Path()) -> list[str]:
    """Sends something with its card.

    Args:
        contents: what.
        to: a folder, `dvc://<remote>`, `hf://<user>/<name>` or `hf://datasets/<user>/<name>`.
        wishes: what a person allows.
        project: top folder of the project.

    Returns:
        Lines that say what was sent, and how others come to it.

    Raises:
        ParameterError: the place is none, an option does not go with it, or nobody said a licence.
        InputError: something stands against it, or the place does not take it.
    """
    place = _checked(contents, to, wishes, project)
    if no := _refusal(contents, wishes):
        raise no
    if isinstance(place, Hub):
        return upload(place, contents, wishes.public)
    if isinstance(place, Remote):
        return push(place, contents, project, wishes.tag)
    with whole_folder(place) as folder:
        for entry in contents.files:
            file = folder / entry.name
            file.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(entry.source, Path):
                shutil.copyfile(entry.source, file)
            else:
                file.write_bytes(entry.source)
    return [f"{total(contents.files)}, copied to {place}"]


def rehearse(contents: Contents, to: str, wishes: Wishes, project: Path = Path()) -> list[str]:
    """Sends nothing, makes nothing, asks nobody: shows every file, the card, and what would become of them.

    Raises:
        ParameterError, InputError: as `publish` does for what concerns the place.
    """
    place = _checked(contents, to, wishes, project)
    meant = "none, and that is meant (--no-license)"
    refused = f"none said, so it would be refused: set `{contents.license_key}`, or say --no-license"
    aims: dict[type, str] = {
        Hub: f"repository: {'public' if wishes.public else 'private'}; {_goes(contents)}",
        Remote: f"tag of git: {wishes.tag or 'none'}; no commit, and nothing is pushed by git",
    }
    against = "passed over (--anyway)" if wishes.anyway else "so it would be refused"
    return [
        f"would go to {place}",
        f"  {aims.get(type(place), 'a new folder')}",
        f"  licence: {contents.license or (meant if wishes.no_license else refused)}",
        *(f"  against it: {finding}; {against}" for finding in contents.findings),
        "",
        *shown(as_outs(contents, project) if isinstance(place, Remote) else contents),
        "",
        "nothing was sent",
    ]


def rehearsed(contents: Contents, to: str, wishes: Wishes, project: Path = Path()) -> dict[str, Any]:
    """The same for a script."""
    place = _checked(contents, to, wishes, project)
    sent = as_outs(contents, project) if isinstance(place, Remote) else contents
    return {
        "what": contents.title,
        "to": str(place),
        "public": wishes.public,
        "license": contents.license,
        "refused": _refusal(contents, wishes) is not None,
        "against": list(contents.findings),
        "files": [{"file": entry.name, "bytes": entry.size} for entry in sent.files],
        "bytes": sent.size,
        "card": sent.card,
    }


def _goes(contents: Contents) -> str:
    if not contents.replaced:
        return "other files there stay"
    return f"files there like {', '.join(contents.replaced)} that are not here would be removed"


def _checked(contents: Contents, to: str, wishes: Wishes, project: Path) -> Place:
    """The place, if it can be one for this."""
    place = place_of(to, contents.kind)
    if wishes.public and not isinstance(place, Hub):
        raise ParameterError("--public", "only the hub knows it", "Leave it out")
    if wishes.tag and not isinstance(place, Remote):
        raise ParameterError("--tag", "only a DVC remote has a tag of git", "Leave it out")
    if isinstance(place, Path):
        check_out(place, project / contents.outs[0], project)
    return place


def _refusal(contents: Contents, wishes: Wishes) -> ParameterError | InputError | None:
    """Why it is not sent; None if it may go."""
    if not contents.license and not wishes.no_license:
        told = "" if contents.kind == "story" else " and run `dvc repro`"  # whose card is written here
        remedy = f"Set `{contents.license_key}` in params.yaml{told}, or say --no-license"
        problem = "nobody said what this may be used for"
        return ParameterError(contents.license_key, problem, remedy)
    if contents.findings and not wishes.anyway:
        remedy = "Mend that, or say --anyway"
        return InputError(contents.title, f"not published: {in_a_line(contents.findings)}", remedy)
    return None

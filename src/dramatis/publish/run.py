"""Publishes the dataset, or shows all that would be sent."""

import shutil
from pathlib import Path

from dramatis.core.errors import ParameterError
from dramatis.core.tables import whole_folder
from dramatis.export.run import check_out
from dramatis.publish.contents import CARD, Contents, in_units, read_contents, shown
from dramatis.publish.hub import upload
from dramatis.publish.places import Hub, Place, Remote, place_of
from dramatis.publish.remote import push


def publish(
    to: str,
    dataset: Path,
    *,
    said_license: str | None = None,
    no_license: bool = False,
    public: bool = False,
    tag: str | None = None,
    dry_run: bool = False,
    project: Path = Path(),
) -> list[str]:
    """Sends the dataset with its card, plan and list of what was left out.

    Args:
        to: a folder, `dvc://<remote>` or `hf://datasets/<user>/<name>`.
        dataset: `data/dataset`.
        said_license: `dataset.license` of params.yaml, which the card must say too.
        no_license: send it although the card names none.
        public: for the hub: a repository that everybody sees.
        tag: for a remote: git tag to set.
        dry_run: send nothing, make nothing; show every file, the card and what would become of them.
        project: top folder of the project.

    Returns:
        Lines that say what was sent, or would be.

    Raises:
        ParameterError: the place is none, an option does not go with it, or nobody said a licence.
        InputError: the dataset is not there, or the place does not take it.
    """
    place = place_of(to)
    _check_options(place, public, tag)
    contents = read_contents(dataset)
    _check_card(contents, said_license)
    if isinstance(place, Path):
        check_out(place, contents.folder, project)
    if dry_run:
        return _dry(place, contents, no_license, public, tag)
    if not contents.license and not no_license:
        remedy = "Set `dataset.license` in params.yaml and run `dvc repro`, or say --no-license"
        raise ParameterError("dataset.license", "nobody said what these pictures may be used for", remedy)
    if isinstance(place, Hub):
        return upload(place, contents, public)
    if isinstance(place, Remote):
        return push(place, dataset, project, tag)
    return _copy(place, contents)


def _check_options(place: Place, public: bool, tag: str | None) -> None:
    if public and not isinstance(place, Hub):
        raise ParameterError("--public", "only the hub knows it", "Leave it out")
    if tag and not isinstance(place, Remote):
        raise ParameterError("--tag", "only a DVC remote has a tag of git", "Leave it out")


def _check_card(contents: Contents, said: str | None) -> None:
    if said and said != contents.license:
        problem = f"the card says {contents.license or 'nothing'}, `dataset.license` in params.yaml says {said}"
        raise ParameterError(str(contents.folder / CARD), problem, "Run `dvc repro`: stage dataset writes it")


def _copy(place: Path, contents: Contents) -> list[str]:
    with whole_folder(place) as folder:
        for name, _ in contents.files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(contents.folder / name, folder / name)
    return [f"{len(contents.files)} files, {in_units(contents.size)}, copied to {place}"]


def _dry(place: Place, contents: Contents, no_license: bool, public: bool, tag: str | None) -> list[str]:
    if contents.license:
        license_line = f"licence: {contents.license}"
    elif no_license:
        license_line = "licence: none, and that is meant (--no-license)"
    else:
        license_line = "licence: none said, so it would be refused: set `dataset.license`, or say --no-license"
    aims: dict[type, str] = {
        Hub: f"repository: {'public' if public else 'private'}; shards there that are not here would be removed",
        Remote: f"tag of git: {tag or 'none'}; no commit, and nothing is pushed by git",
    }
    target = aims.get(type(place), "a new folder")
    return [f"would go to {place}", f"  {target}", f"  {license_line}", "", *shown(contents), "", "nothing was sent"]

"""The dataset as it would be sent: its shards, plan and card, with the lineage under it."""

from pathlib import Path

from dramatis.core.errors import MissingError, ParameterError
from dramatis.dataset.schema import CONFIGS
from dramatis.publish.contents import CARD, Contents, Entry, contents_sorted, visible
from dramatis.publish.gate import gate_lines, of_lineage, of_places
from dramatis.publish.header import joined, license_in, parted
from dramatis.publish.lineage import lineage_lines, lineage_of

DATASET = Path("data/dataset")


def dataset_contents(said_license: str | None, project: Path = Path()) -> Contents:
    """The dataset, whose card stage `dataset` has written.

    Args:
        said_license: `dataset.license` of params.yaml, which the card must say too.
        project: top folder of the project.

    Raises:
        MissingError: there is no dataset, or it has no card.
        InputError: the card's header is no YAML, or the dataset is not what its stage made.
        ParameterError: the card says another licence than params.yaml.
    """
    folder = project / DATASET
    header, text = read_card(folder, "dataset")
    license_id = same_license(header, said_license, "dataset.license", folder / CARD, "dataset")
    lineage = lineage_of([DATASET], project)
    entries = visible(folder)
    findings = [*of_lineage(lineage), *of_places(entries, project, Path.home())]
    if lines := [*gate_lines(findings), *(lineage_lines(lineage) if lineage else [])]:
        entries.append(Entry(CARD, joined(header, text.rstrip("\n") + "\n\n" + "\n".join(lines)).encode()))
    return Contents(
        kind="dataset",
        title="the dataset",
        files=contents_sorted(entries),
        outs=(DATASET,),
        license=license_id,
        license_key="dataset.license",
        findings=tuple(findings),
        replaced=tuple(f"{config}/*" for config in CONFIGS),
        usage='load_dataset("{repo}", "…")',
    )


def read_card(folder: Path, made_by: str) -> tuple[dict[str, object], str]:
    """Header and text of the card in a folder.

    Raises:
        MissingError: it is not there; names the stage.
        InputError: its header is no YAML.
    """
    file = folder / CARD
    if not file.is_file():
        raise MissingError(str(file), "there is no such file", f"Run `dvc repro`: stage {made_by} makes it")
    return parted(file.read_text(encoding="utf-8"), str(file))


def same_license(header: dict[str, object], said: str | None, key: str, place: Path, made_by: str) -> str | None:
    """The licence of a card, which must be that of params.yaml.

    Raises:
        ParameterError: it says another one.
    """
    license_id = license_in(header)
    if said and said != license_id:
        problem = f"the card says {license_id or 'nothing'}, `{key}` in params.yaml says {said}"
        raise ParameterError(str(place), problem, f"Run `dvc repro`: stage {made_by} writes it")
    return license_id

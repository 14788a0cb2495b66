"""A story as it would be sent: strip, page and clip, the panels with their recipes, the storyboard, and a card."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.params import validate
from dramatis.core.recipe import Recipe
from dramatis.core.storyboard import Storyboard, read_storyboard
from dramatis.core.tables import read_rows
from dramatis.core.yaml_lines import value_in
from dramatis.dataset.card import without_places
from dramatis.publish.contents import CARD, Contents, Entry, contents_sorted, visible
from dramatis.publish.gate import gate_lines, of_lineage, of_panels, of_places
from dramatis.publish.header import joined
from dramatis.publish.lineage import lineage_lines, lineage_of

RENDERED, PANELS, STORYBOARDS = Path("data/stories"), Path("data/panels"), Path("data/storyboards")
TABLE, BOARD, STRIP, PAGE = "panels.parquet", "storyboard.json", "strip.png", "page.html"
NOTICE = "**All pictures are made by a model**, from a text. Nothing that they show has happened."
PEOPLE = {
    "real": "The characters were learned from pictures of real people, who did not do or say what is shown. Share it "
    "only if they agree.",
    "drawn": "The characters were learned from drawings.",
    None: "Nobody said whether the characters were learned from real people (`dataset.people`).",
}

Facts = Mapping[str, Any]


def story_contents(
    story: str, stories: Sequence[str], said_license: str | None, people: str | None, project: Path = Path()
) -> Contents:
    """A rendered story.

    Args:
        story: which.
        stories: all of params.yaml.
        said_license: `publish.story_license` of params.yaml.
        people: `dataset.people` of params.yaml.
        project: top folder of the project.

    Raises:
        ParameterError: there is no such story.
        MissingError: it is not rendered, or its panels or storyboard are gone.
        InputError: one of them is damaged, or not what its stage made.
    """
    if story not in stories:
        known = f"there are {', '.join(stories)}" if stories else "there are none"
        raise ParameterError(story, f"there is no such story, {known}", "Name one of `stories` in params.yaml")
    outs = (RENDERED / story, PANELS / story, STORYBOARDS / f"{story}.json")
    folder, table, board = project / outs[0], project / outs[1] / TABLE, project / outs[2]
    if not (folder / PAGE).is_file():
        remedy = f"Run `dvc repro`: stage render@{story} makes it"
        raise MissingError(str(folder / PAGE), "there is no such file", remedy)
    rows = sorted(read_rows(table, f"panels@{story}"), key=lambda row: row["scene"])
    recipes = [_recipe(row, table) for row in rows]
    said = read_storyboard(board, story)
    lineage = lineage_of(outs, project)
    entries = [*visible(folder), Entry(TABLE, table), Entry(BOARD, board)]
    findings = [*of_panels(rows), *of_lineage(lineage), *of_places(entries, project, Path.home())]
    findings += _places_in(rows, recipes)
    lines = _lines(said, rows, recipes, {entry.name for entry in entries}, people)
    lines += [*gate_lines(findings), *_licence(said_license), *(lineage_lines(lineage) if lineage else [])]
    entries.append(Entry(CARD, joined(_front(said_license), "\n" + "\n".join(lines)).encode()))
    return Contents(
        kind="story",
        title=f"story {story}",
        files=contents_sorted(entries),
        outs=outs,
        license=said_license,
        license_key="publish.story_license",
        findings=tuple(findings),
        usage="hf download {repo} --repo-type dataset",
    )


def _recipe(row: Facts, table: Path) -> Recipe:
    place = f"{table}: {row['panel_id']}"
    return validate(value_in(row["recipe"], place), Recipe, place, "recipe")


def _places_in(rows: Sequence[Facts], recipes: Sequence[Recipe]) -> list[str]:
    """Panels whose recipe names a file by its place on this machine."""
    found = []
    for row, recipe in zip(rows, recipes, strict=True):
        told = recipe.model_dump(mode="json")
        if without_places(told) != told:
            found.append(f"the recipe of panel {row['scene']} names a place of this machine")
    return found


def _front(license_id: str | None) -> dict[str, Any]:
    return ({"license": license_id} if license_id else {}) | {
        "tags": ["comic", "story", "dramatis"],
        "task_categories": ["text-to-image"],
        "configs": [{"config_name": "panels", "data_files": [{"split": "train", "path": TABLE}]}],
    }


def _lines(
    said: Storyboard, rows: Sequence[Facts], recipes: Sequence[Recipe], names: set[str], people: str | None
) -> list[str]:
    """Title, strip, who is in it, and every panel with how it came about."""
    strip = [f"![{said.title}]({STRIP})", ""] if STRIP in names else []
    there = sorted(names - {TABLE, BOARD})
    told = ", ".join(f"`{name}`" for name in there)
    files = f"{told}: the story. `{TABLE}`: each panel with its recipe. `{BOARD}`: what it was drawn from."
    panels = [
        [row["scene"], row["caption"], _and(row["characters"]), row["seed"], row["tries"], row["flag"] or ""]
        for row in rows
    ]
    return [
        *[f"# {said.title}", "", f"> {said.line}", "", *strip, NOTICE, PEOPLE[people], ""],
        *["## Cast", "", *_table(["character", "run", "step", "SHA-256 of the weights", "base"], _cast(said, recipes))],
        *["", "## Panels", "", *_table(["panel", "caption", "characters", "seed", "tries", "look at it"], panels)],
        *["", f"Style: {said.style}." if said.style else "No style was asked for.", ""],
        *["## Files", "", files, ""],
    ]


def _cast(said: Storyboard, recipes: Sequence[Recipe]) -> list[list[Any]]:
    """Who was drawn by what; each once for every checkpoint."""
    drawn = {
        (one.character, one.run, one.step, one.checkpoint[:16], str(without_places(recipe.base)))
        for recipe in recipes
        for one in recipe.figures
    }
    seen = {row[0] for row in drawn}
    unseen = [(name, run, "–", "–", "not in a panel") for name, run in said.cast.items() if name not in seen]
    return [[f"`{row[0]}`", f"`{row[1]}`", *row[2:]] for row in sorted(drawn) + unseen]


def _licence(said: str | None) -> list[str]:
    none = (
        "None is given. Ask whoever gave you this what you may do with it; the licences of the models and the rights "
        "of the people and works that they learned from hold besides."
    )
    return ["## Licence", "", f"{said}." if said else none, ""]


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    cells = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in cells]


def _and(names: Sequence[str]) -> str:
    return ", ".join(names) or "nobody"

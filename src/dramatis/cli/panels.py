"""`dramatis panels` and `dramatis redraw`: the pictures of stories as a list, and drawn again."""

import json
import logging
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from dramatis.cli import look
from dramatis.core.errors import InputError, MissingError
from dramatis.core.params import validate
from dramatis.core.recipe import Recipe
from dramatis.core.tables import made, read_rows, whole_file

if TYPE_CHECKING:
    from dramatis.core.images import Image

FOLDER, TABLE, SHEET = Path("data/panels"), "panels.parquet", "sheet.png"
WORK = Path("work/panels")
ROUNDED = 1
"""Levels that the same picture may be apart in a batch of another size."""
LISTED = ["panel_id", "caption", "characters", "found", "seed", "tries", "right", "placed", "agreement", "flag"]

Row = dict[str, Any]
log = logging.getLogger("redraw")


def list_panels(story: str | None, flagged: bool, sheet: Path | None, as_json: bool) -> None:
    """Prints the panels, one a row.

    Raises:
        MissingError: there are none.
        InputError: a sheet is asked for of all stories.
    """
    if sheet and story is None:
        raise InputError("--sheet", "a sheet is of one story", "Name the story")
    rows = [row for name in _stories(story) for row in read_rows(FOLDER / name / TABLE, f"panels@{name}", LISTED)]
    if sheet:
        sheet.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(made(FOLDER / str(story) / SHEET, f"panels@{story}"), sheet)
    rows = [row for row in rows if row["flag"] or not flagged]
    if as_json:
        look.print_json(rows)
        return
    table = look.table("panel", "asked for", "found", "tags read", "seed", "tries", "look at", "caption")
    for row in rows:
        read = "" if row["agreement"] is None else f"{row['agreement']:.2f}"
        who, found = (", ".join(row[key]) or "nobody" for key in ("characters", "found"))
        flag = f"[yellow]{look.plain(row['flag'])}[/yellow]" if row["flag"] else ""
        table.add_row(
            row["panel_id"], who, found, read, str(row["seed"]), str(row["tries"]), flag, look.plain(row["caption"])
        )
    look.show(table)


def _stories(story: str | None) -> list[str]:
    """Stories that are drawn."""
    drawn = sorted(file.parent.name for file in FOLDER.glob(f"*/{TABLE}"))
    if story is not None:
        made(FOLDER / story / TABLE, f"panels@{story}")
        return [story]
    if not drawn:
        raise MissingError(str(FOLDER), "no story is drawn yet", "Run `dvc repro`: stage panels draws them")
    return drawn


def recipe_of(panel: str) -> tuple[Recipe, Row | None]:
    """The recipe of a panel by its id, with its row; or one that stands in a JSON file or in a picture.

    Raises:
        MissingError: there is no such panel.
        InputError: the file holds no recipe.
        ParameterError: the recipe has unknown keys, or values out of bounds.
    """
    if Path(panel).suffix in (".png", ".json") and not Path(panel).is_file():
        raise MissingError(panel, "there is no such file", "Name a panel of `dramatis panels`, a recipe or a picture")
    if Path(panel).suffix == ".png":
        from dramatis.attention.picture import recipe_in

        found = recipe_in(Path(panel))
        if found is None:
            raise InputError(panel, "this picture tells no recipe", "Name a panel, or a picture that Dramatis drew")
        return found, None
    if Path(panel).suffix == ".json":
        text = Path(panel).read_text(encoding="utf-8")
        try:
            return validate(json.loads(text), Recipe, panel), None
        except ValueError as error:
            raise InputError(panel, f"no JSON can be read from it ({error})", "Name a recipe") from None
    for file in sorted(FOLDER.glob(f"*/{TABLE}")):
        for row in read_rows(file, "panels"):
            if row["panel_id"] == panel:
                return validate(json.loads(row["recipe"]), Recipe, panel), row
    raise MissingError(panel, f"no panel in {FOLDER} has this id", "See `dramatis panels`, or run `dvc repro`")


def print_recipe(panel: str) -> None:
    """Prints the recipe of a panel."""
    look.print_json(recipe_of(panel)[0].model_dump(mode="json"))


def redraw_panel(panel: str, out: Path | None, seed: int | None) -> None:
    """Draws a panel again, writes it and prints the file; ends with 1 if it is not what stands in the story."""
    from dramatis.attention.picture import with_recipe
    from dramatis.core.images import encode_png
    from dramatis.panels.easel import Easel

    recipe, row = recipe_of(panel)
    if seed is not None:
        recipe = validate(recipe.model_dump() | {"seed": seed}, Recipe, "--seed")
    image = Easel().picture(recipe).image
    data = with_recipe(image, recipe) if row is None or seed is not None else encode_png(image)
    file = out or WORK / f"{Path(panel).stem if row is None else panel}{'' if seed is None else f'-{seed}'}.png"
    with whole_file(file) as part:
        part.write_bytes(data)
    typer.echo(file)
    if Path(panel).suffix == ".png" and seed is None:
        _compare(panel, image)
    if row is not None and seed is None:
        if data != row["image"]:
            log.warning(
                "%s: it comes out otherwise than in the story; other versions or another machine do that", panel
            )
            raise typer.Exit(look.FAILED)
        log.info("%s: the same bytes as in the story", panel)


def _compare(panel: str, image: "Image") -> None:
    """Says whether a picture is the one in a file; several edits are drawn in one batch, which rounds otherwise."""
    import numpy as np

    from dramatis.core.images import read_image

    there = read_image(Path(panel))
    apart = np.abs(there.astype(int) - image).max() if there.shape == image.shape else None
    if apart is None or apart > ROUNDED:
        log.warning("%s: it comes out otherwise; other versions or another machine do that", panel)
        raise typer.Exit(look.FAILED)
    log.info("%s: the same picture%s", panel, f", up to {apart} of 255 levels" if apart else "")

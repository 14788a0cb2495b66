"""`dramatis panels` and `dramatis redraw` on a story of one panel."""

import json

import pytest
from playing import PARAMS, board, person, place_of, runs_of, write_run

from dramatis.cli.main import main
from dramatis.core.images import encode_png
from dramatis.core.tables import write_table
from dramatis.panels.easel import Easel
from dramatis.panels.plan import recipe_of
from dramatis.panels.schema import PANELS
from dramatis.players.sources import sources_of


@pytest.fixture
def story(bases, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path, "solo", bases["tiny"])
    told = board(("a, b", [person("cyrus")]), cast={"cyrus": "solo"})
    cast = sources_of(told.cast, runs_of(bases["tiny"]), place_of(tmp_path), "board")
    recipe = recipe_of(told.scenes[0], 5, cast, cast["cyrus"], PARAMS, {})
    row = {
        "panel_id": "lost-01", "scene": 1, "image": encode_png(Easel().picture(recipe).image), "caption": "A [b]",
        "characters": ["cyrus"], "found": [], "seed": 5, "tries": 4, "right": 0.0, "placed": False, "strangers": 0,
        "agreement": None, "flag": "cyrus not found", "recipe": recipe.model_dump_json(),
    }  # fmt: skip
    (tmp_path / "data/panels/lost").mkdir(parents=True)
    write_table([row], PANELS, tmp_path / "data/panels/lost/panels.parquet")
    (tmp_path / "data/panels/lost/sheet.png").write_bytes(row["image"])
    return tmp_path, row


def said(monkeypatch, capsys, *words):
    monkeypatch.setattr("sys.argv", ["dramatis", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    found = capsys.readouterr()
    return ended.value.code or 0, found.out, found.err


def test_panels_are_listed_with_what_is_amiss(story, monkeypatch, capsys):
    code, out, _ = said(monkeypatch, capsys, "panels", "lost", "--flagged", "--sheet", "work/a.png")
    assert code == 0 and "cyrus not found" in out and "A [b]" in out
    assert (story[0] / "work/a.png").read_bytes() == story[1]["image"]
    code, out, _ = said(monkeypatch, capsys, "panels", "--json")
    assert json.loads(out)[0]["panel_id"] == "lost-01" and "image" not in json.loads(out)[0]
    code, _, err = said(monkeypatch, capsys, "panels", "found")
    assert code == 1 and "stage panels@found makes it" in err
    code, _, err = said(monkeypatch, capsys, "panels", "--sheet", "a.png")
    assert code == 1 and "a sheet is of one story" in err


def test_a_panel_is_drawn_again_byte_for_byte(story, monkeypatch, capsys):
    top, row = story
    code, out, _ = said(monkeypatch, capsys, "redraw", "lost-01")
    assert code == 0 and (top / out.strip()).read_bytes() == row["image"]
    code, out, _ = said(monkeypatch, capsys, "redraw", "lost-01", "--recipe")
    (top / "mine.json").write_text(out)
    code, out, _ = said(monkeypatch, capsys, "redraw", "mine.json", "--seed", "6", "--out", "six.png")
    assert code == 0 and (top / "six.png").is_file()
    code, out, _ = said(monkeypatch, capsys, "redraw", "six.png", "--out", "again.png")
    assert (top / "six.png").read_bytes() == (top / "again.png").read_bytes() != row["image"]


def test_a_panel_that_comes_out_otherwise_is_told(story, monkeypatch, capsys):
    top, row = story
    write_table([row | {"image": b"other"}], PANELS, top / "data/panels/lost/panels.parquet")
    assert said(monkeypatch, capsys, "redraw", "lost-01")[0] == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("nobody-01", None, "no panel in data/panels has this id"),
        ("a.json", "{", "no JSON can be read from it"),
        ("a.json", '{"seed": 5}', "base: required, but missing"),
        ("b.json", None, "b.json: there is no such file"),
        ("a.png", "x", "no recipe can be read from it"),
    ],
)
def test_what_is_no_recipe_is_said_in_one_line(story, monkeypatch, capsys, name, content, words):
    if content is not None:
        (story[0] / name).write_text(content)
    code, _, err = said(monkeypatch, capsys, "redraw", name)
    assert code == 1 and words in err and err.count("\n") == 1

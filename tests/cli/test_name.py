"""Names without references: from questions to a named cast."""

from io import StringIO

import pytest
import yaml
from cells import TRUTH, Project, names

from dramatis.cast.decisions import read_decisions
from dramatis.cli.main import main
from dramatis.cli.name import id_of
from dramatis.core.errors import ParameterError
from dramatis.core.images import read_image


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project without references in which stage `cast` has run: Ada 7.5 s, Bela and Cyrus 5 s each."""
    project = Project(tmp_path)
    project.write().run(references=False)
    monkeypatch.chdir(tmp_path)
    params = {"videos": {"v": {"source": "v.mp4"}}, "cast": {"references": "nobody"}}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    return project


def command(monkeypatch, *words, said=""):
    monkeypatch.setattr("sys.argv", ["dramatis", "name", *words])
    monkeypatch.setattr("sys.stdin", StringIO(said))
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_questions_lead_to_a_named_cast(project, monkeypatch, capsys):
    assert command(monkeypatch, said="Ada\n\ncyrus\n") == 0
    said = capsys.readouterr().out
    assert said.index("c1: 7.5 s in 3 shots, 3 tracks, 6 faces") < said.index("c2: 5.0 s in 2 shots")
    assert "2 answers in cast.yaml" in said
    characters = yaml.safe_load(project.decisions.read_text())["characters"]
    assert characters == {"ada": {"display": "Ada"}, "cyrus": {}}
    tracks, table = project.run(references=False, decisions=None)
    assert names(tracks) == {track: who if who != "bela" else None for track, who in TRUTH.items()}
    assert table["ada"]["display"] == "Ada" and table["ada"]["seconds"] == 7.5


def test_each_answer(project, monkeypatch, capsys):
    assert command(monkeypatch, "c1", "ada") == 0
    assert command(monkeypatch, "c2", "=ada") == 0
    assert command(monkeypatch, "c3", "x") == 0
    decided = read_decisions(project.decisions)
    assert set(decided.pins.values()) == {"ada"} and len(decided.pins) == 2
    assert len(decided.not_a_person) == 2  # one for each track
    assert command(monkeypatch, "--list") == 0
    assert "Every cluster is settled" in capsys.readouterr().out
    tracks, table = project.run(references=False)
    assert {track for track, row in tracks.items() if row["origin"] == "not_a_person"} == {"v-0002-001", "v-0003-000"}
    assert table["ada"]["clusters"] == 2


def test_nobody_of_the_cast(project, monkeypatch):
    assert command(monkeypatch, "c1", "-") == 0
    tracks, table = project.run(references=False)
    assert table == {} and {tracks[t]["origin"] for t, who in TRUTH.items() if who == "ada"} == {"decision"}


def test_the_list_comes_with_pictures(project, monkeypatch, capsys):
    assert command(monkeypatch, "--list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["c1", "c2", "c3"] and "v@" in lines[1]
    assert read_image(project.top / "work/names/c1.png").shape[0] > 96


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("c9", "ada"), "error: c9: no cluster without a name is called so; there are: c1, c2, c3"),
        (("c1", "=zoe"), "there is no 'zoe'; there are: nobody"),
        (("c1", "!?"), "no id can be made of it"),
        (("c1", "not_a_character"), "'not_a_character' is somebody already"),
    ],
)
def test_a_wrong_answer_changes_nothing(project, monkeypatch, capsys, words, said):
    before = project.decisions.read_text()
    assert command(monkeypatch, *words) == 1
    assert said in capsys.readouterr().err and project.decisions.read_text() == before


def test_a_name_twice_is_asked_again(project, monkeypatch, capsys):
    assert command(monkeypatch, said="ada\nada\n=ada\nq\n") == 0
    said = capsys.readouterr().out
    assert "'ada' is somebody already. Say =ada if it is the same person" in said and "2 answers" in said


def test_without_the_stage_it_says_what_to_run(project, monkeypatch, capsys):
    (project.data / "cast" / "clusters.parquet").unlink()
    assert command(monkeypatch, "--list") == 1
    assert "Run `dvc repro`: stage cast makes it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "key"),
    [("ann", "ann"), ("Zoë Q.", "zoe-q"), ("Dr. No", "dr-no"), ("R2_D2 ", "r2_d2")],
)
def test_ids_from_names(name, key):
    assert id_of(name) == key


def test_no_id_from_other_letters():
    with pytest.raises(ParameterError, match="no id can be made of it"):
        id_of("李")

"""All commands together: help with an example each, exit codes, JSON, completion, no cut lines."""

import json
import os
import re
import shlex
import subprocess
import sys

import pytest
from conftest import TOP

from dramatis.cli import complete, look
from dramatis.cli.app import PANELS, app
from dramatis.cli.main import main
from dramatis.cli.reference import PAGE, commands_of, examples, page

COMMANDS = dict(commands_of(app))


def run(monkeypatch, *words):
    """Ends as the shell sees it."""
    monkeypatch.setattr("sys.argv", ["dramatis", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code or 0


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_an_example_that_parses(name):
    command = COMMANDS[name]
    found = examples(command)
    assert found, f"`dramatis {name} --help` has no example in backticks"
    for example in found:
        words = shlex.split(example)[1:]
        other = next(
            (each for each in sorted(COMMANDS, key=len, reverse=True) if words[: len(each.split())] == each.split()),
            None,
        )
        assert other, f"{example}: no such command"
        COMMANDS[other].make_context(other, words[len(other.split()) :])


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_and_argument_is_explained(name):
    assert all(param.help or param.name == "help" for param in COMMANDS[name].params)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_names_a_page_that_is_there(name):
    said = COMMANDS[name].help
    pages = re.findall(r"docs/[\w-]+\.md", said)
    assert pages and all((TOP / file).is_file() for file in pages), f"dramatis {name}: {pages}"


def test_panels_stand_in_the_order_of_use():
    panels = [command.rich_help_panel for command in app.registered_commands]
    known = [PANELS.index(panel) for panel in panels if panel in PANELS]
    assert known == sorted(known) and panels.index("Look") < panels.index("Weights")


def test_the_page_of_commands_is_up_to_date():
    assert (TOP / PAGE).read_text() == page(app), "run `dramatis docs`"


def test_exit_codes(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, "--help") == look.DONE
    assert run(monkeypatch, "status") == look.FAILED  # no project here
    assert run(monkeypatch, "status", "--colour") == look.USAGE
    assert run(monkeypatch, "publish", "dataset", "--to", "x", "--json") == look.USAGE
    assert "goes with --dry-run only" in capsys.readouterr().err

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dramatis.cli.status.show_status", stop)
    assert run(monkeypatch, "status") == look.STOPPED


def test_a_check_that_finds_something_ends_with_1_and_says_so_as_json(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stages").symlink_to(TOP / "stages")
    (tmp_path / "models").symlink_to(TOP / "models")
    for name in ("params.yaml", "cast.yaml", "captions.yaml", "votes.yaml"):
        (tmp_path / name).write_text((TOP / name).read_text())
    assert run(monkeypatch, "check", "--json") == look.DONE
    assert json.loads(capsys.readouterr().out) == {"faults": [], "waits": []}
    (tmp_path / "params.yaml").write_text((TOP / "params.yaml").read_text().replace("max_iou: 0.6", "max_iou: 7"))
    assert run(monkeypatch, "check", "--json") == look.FAILED
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert fault["place"] == "params.yaml" and "detect.max_iou = 7" in fault["problem"] and fault["remedy"]
    twice = (TOP / "cast.yaml").read_text().replace("\nmerge:\n", "\nmerge:\n  zoe: ada\n  zoe: bela\n")
    (tmp_path / "cast.yaml").write_text(twice)
    assert run(monkeypatch, "check", "--json") == look.FAILED
    assert "merge.zoe" in json.loads(capsys.readouterr().out)["faults"][0]["place"]
    assert (tmp_path / "cast.yaml").read_text() == twice  # a script changes nothing


def test_no_line_is_cut_in_a_pipe(capsys):
    made = look.table("stage", "why")
    made.add_row("cast", look.plain("[a] " + "very long " * 60 + "end"))
    look.show(made, look.plain("[bold]" + "word " * 100 + "last"))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3 and "end" in lines[1] and "[a] very" in lines[1] and "…" not in lines[1]
    assert lines[2].endswith("last") and lines[2].startswith("[bold]")


def test_values_are_completed(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert complete.runs("") == complete.presets("") == complete.checkpoints("") == []
    (tmp_path / "params.yaml").write_text("videos: {e01: {}}\nruns: {solo: {}, twins: {}}\n")
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets/anime.yaml").write_text("")
    (tmp_path / "models/twins/step-000300").mkdir(parents=True)
    assert complete.runs("t") == ["twins"] and complete.videos("") == ["e01"] and complete.presets("a") == ["anime"]
    assert complete.checkpoints("tw") == ["twins", "twins@300"] and complete.formats("ko") == ["kohya"]
    (tmp_path / "params.yaml").write_text("videos: [")
    assert complete.runs("") == []


def test_formats_that_are_completed_are_those_that_there_are():
    from dramatis.export.formats import FORMATS

    assert sorted(complete.FORMATS) == sorted(FORMATS)


def test_the_shell_asks(tmp_path):
    (tmp_path / "params.yaml").write_text("runs: {solo: {}, twins: {}}\n")
    code = "import sys; sys.argv[0] = 'dramatis'; from dramatis.cli.main import main; main()"
    asked = {"_DRAMATIS_COMPLETE": "complete_bash", "COMP_WORDS": "dramatis compare so", "COMP_CWORD": "2"}
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")} | asked
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.stdout.split() == ["solo"]

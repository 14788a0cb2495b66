"""The pages against the code: built strictly, every page in the navigation, commands and parameters that exist."""

import json
import re
import shlex
import subprocess
import sys

import pytest
import typer
import yaml
from conftest import TOP

from dramatis.cli.main import app
from dramatis.core.params import PARAMS, read_yaml

FILES = {"yaml", "py", "json", "md", "parquet", "lock", "png", "toml", "pdf"}
PAGES = sorted([*(TOP / "docs").rglob("*.md"), *(TOP / name for name in ("README.md", "CONTRIBUTING.md"))])
NAMES = [str(page.relative_to(TOP)) for page in PAGES]
FENCE = re.compile(r"^ *```(?:bash|console|sh)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`((?:dramatis|make|dvc) [^`\n]+)`(?!`)")
DVC = {"exp", "repro", "pull", "push", "status", "add", "get", "import", "plots", "metrics", "checkout", "remote"}
DVC |= {"fetch", "gc", "params", "config", "update", "remove", "init", "commit", "freeze", "unfreeze", "dag", "data"}
DVC |= {"cache", "list", "diff", "move", "stage", "queue", "version", "doctor", "ls", "get-url", "import-url"}
USAGE_ERROR = typer.BadParameter.__base__
"""Of the click that typer carries."""
TARGETS = set(re.findall(r"^([a-z-]+):", (TOP / "Makefile").read_text(), re.MULTILINE))


def commands_in(text: str) -> list[list[str]]:
    """The words of each command of ours, of make and of DVC in a page, comments and what follows a pipe left out."""
    lines = [line for block in FENCE.findall(text) for line in block.replace("\\\n", " ").splitlines()]
    found = []
    named = [f"{words} --help" if len(words.split()) <= 3 else words for words in INLINE.findall(text)]
    for line in [
        *lines,
        *(words for words in named if "COMMAND" not in words),
    ]:  # a name in a sentence needs no arguments
        if "`" in line or not re.search(r"\b(dramatis|make|dvc) ", line):
            continue  # what a command printed
        try:
            words = shlex.split(line.replace("…", "x"), comments=True)
        except ValueError:  # also printed: an apostrophe
            continue
        part = []
        for word in [*words, "&&"]:
            if word in ("&&", "||", "|", ";", ">", ">>"):
                while part and ("=" in part[0] or part[0] in ("time", "nice", "nohup", "$")):
                    part = part[1:]
                if part and part[0].rpartition("/")[2] in ("dramatis", "make", "dvc"):
                    found.append([part[0].rpartition("/")[2], *part[1:]])
                part = []
            else:
                part.append(word)
    return found


def refused(words: list[str]) -> str | None:
    """Why the command line would not take a command; None if it would."""
    program, *rest = words
    if program == "make":
        unknown = [word for word in rest if not word.startswith("-") and "=" not in word and word not in TARGETS]
        return f"no target {unknown}" if unknown else None
    if program == "dvc":
        named = [word for word in rest if not word.startswith("-")]
        return None if not named or named[0] in DVC else f"no command dvc {named[0]}"
    command, name = typer.main.get_command(app), "dramatis"
    try:
        while hasattr(command, "resolve_command"):
            if not rest or rest[0].startswith("-"):
                return None
            context = command.context_class(command, info_name=name)
            name, command, rest = command.resolve_command(context, rest)
        if "--help" not in rest:
            command.make_context(name, rest)
    except typer.Exit:
        return None
    except USAGE_ERROR as error:
        return error.format_message()
    return None


def test_a_wrong_command_is_noticed():
    assert refused(["dramatis", "nothing"]) and refused(["dramatis", "status", "--colour"])
    assert refused(["make", "coffee"]) and refused(["dvc", "brew"])
    assert "Missing" in refused(["dramatis", "lineage"]) and refused(["dramatis", "lineage", "e01-000012"]) is None
    page = (
        "```bash\ntime dramatis show x && make repro  # then\nFOO=1 .venv/bin/dvc repro a | cat\n```\n`dramatis check`"
    )
    assert commands_in(page) == [
        ["dramatis", "show", "x"],
        ["make", "repro"],
        ["dvc", "repro", "a"],
        ["dramatis", "check", "--help"],
    ]


@pytest.mark.parametrize("name", NAMES)
def test_commands_exist(name):
    wrong = {" ".join(words): why for words in commands_in((TOP / name).read_text()) if (why := refused(words))}
    assert not wrong


@pytest.mark.parametrize("name", sorted({*NAMES} - {"docs/parameters.md"}))
def test_parameters_exist(name):
    """`section.key` in backticks is a key of params.yaml, or of what it may hold."""
    params, known = read_yaml(TOP / PARAMS), (TOP / "docs/parameters.md").read_text()
    wrong = []
    for path in re.findall(r"`([a-z_]+(?:\.[a-z_<>]+)+)(?:: [^`]*)?`", (TOP / name).read_text()):
        section, *keys = path.split(".")
        figures = TOP / f"metrics/{section}.json"
        if section not in params or keys[-1] in FILES:
            continue
        if figures.is_file() and keys[0] in json.loads(figures.read_text()):
            continue
        value = params[section]
        for key in keys:
            value = value.get(key, ...) if isinstance(value, dict) else ...
        if value is ... and f"`{keys[-1]}`" not in known and f"`{'.'.join(keys)}`" not in known:
            wrong.append(path)
    assert not wrong


def test_every_page_is_in_the_navigation():
    def files(entry):
        if isinstance(entry, str):
            return [entry]
        return [file for each in (entry.values() if isinstance(entry, dict) else entry) for file in files(each)]

    listed = files(yaml.safe_load((TOP / "mkdocs.yml").read_text())["nav"])
    pages = {str(page.relative_to(TOP / "docs")) for page in (TOP / "docs").rglob("*.md")}
    assert sorted(listed) == sorted(pages)


def test_the_guide_is_built_strictly(tmp_path):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
    assert done.returncode == 0, [line for line in done.stderr.splitlines() if not line.startswith("INFO")]
    page = (tmp_path / "index.html").read_text()
    outside = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(https?:[^"]+)"', page)
    assert not [address for address in outside if "canonical" not in address]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_of_pages_outside_the_guide(name):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", (TOP / name).read_text()):
        assert target.startswith("http") or (TOP / target).exists(), target

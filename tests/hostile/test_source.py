"""What no file of this project may do, found in its syntax: run what a file holds, or what a shell makes of a name."""

import ast
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
SOURCES = sorted(file for part in ("src", "stages", "models/pocket/stages") for file in (TOP / part).rglob("*.py"))
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle", "code", "telnetlib"}
"""Modules that make objects, or run code, from bytes."""
CALLS = {
    "eval", "exec", "compile", "__import__", "torch.load", "torch.jit.load", "torch.hub.load", "pandas.read_pickle",
    "os.system", "os.popen", "os.startfile", "subprocess.getoutput", "subprocess.getstatusoutput", "tempfile.mktemp",
    "yaml.load", "yaml.load_all", "yaml.unsafe_load", "yaml.full_load", "yaml.UnsafeLoader", "yaml.FullLoader",
    "yaml.Loader", "joblib.load", "zipfile.ZipFile.extractall", "shutil.unpack_archive", "tarfile.open",
}  # fmt: skip
METHODS = {"extractall"}
"""Methods of whatever object."""
KEYWORDS = {"shell": True, "allow_pickle": True, "trust_remote_code": True, "weights_only": False, "verify": False}
"""Arguments that open a door."""
SAFE_YAML = {"src/dramatis/cli/preset.py"}
"""ruamel's `YAML()` is safe by its type; its method is called `load`."""


def named(node):
    """`a.b.c` of a name or attribute; empty for anything else."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def found_in(text, place=""):
    """What is forbidden in a source, with its lines."""
    tree = ast.parse(text)
    full = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            full |= {alias.asname or alias.name.split(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            full |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in ast.walk(tree):
        imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        imported += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        yield from (f"{place}:{node.lineno}: {name}" for name in imported if name.split(".")[0] in MODULES)
        if isinstance(node, ast.Call):
            name = named(node.func)
            first, dot, rest = name.partition(".")
            whole = full.get(first, first) + dot + rest
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if (whole in CALLS and place not in SAFE_YAML) or method in METHODS:
                yield f"{place}:{node.lineno}: {whole or method}"
            for keyword in node.keywords:
                value = getattr(keyword.value, "value", None)
                if keyword.arg in KEYWORDS and value is KEYWORDS[keyword.arg]:
                    yield f"{place}:{node.lineno}: {keyword.arg}={value}"


@pytest.mark.parametrize(
    "text",
    [
        "import pickle", "from pickle import loads", "import dill as d", "eval('1')", "import torch\ntorch.load('x')",
        "from torch import load\nload('x')", "import yaml\nyaml.load(t, yaml.Loader)", "import os\nos.system('ls')",
        "import subprocess as s\ns.run('ls', shell=True)", "import numpy as np\nnp.load('x', allow_pickle=True)",
        "M.from_pretrained('x', trust_remote_code=True)", "z.extractall()", "import yaml as y\ny.unsafe_load(t)",
    ],
)  # fmt: skip
def test_each_of_these_is_found(text):
    assert list(found_in(text))


@pytest.mark.parametrize(
    "text", ["import yaml\nyaml.safe_load(t)", "model.eval()", "import numpy\nnumpy.load('x')", "re.compile('x')"]
)
def test_and_none_of_these(text):
    assert not list(found_in(text))


def test_nothing_here_does_it():
    assert len(SOURCES) > 200
    found = [line for file in SOURCES for line in found_in(file.read_text(), file.relative_to(TOP).as_posix())]
    assert not found


def test_videos_are_opened_in_one_place():
    """`av.open` to read, and `-i` of the program, only where `core.ffmpeg` says what may be opened."""
    allowed = {"src/dramatis/frames/video.py", "src/dramatis/core/ffmpeg.py"}
    for file in SOURCES:
        place, text = file.relative_to(TOP).as_posix(), file.read_text()
        if place in allowed or "/bench/" in place:
            continue
        assert "av.open(" not in text and '"-i"' not in text and "VideoCapture(" not in text, place

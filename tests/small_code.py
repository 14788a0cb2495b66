"""A script with what it imports, in all ways that stages do."""

FILES = {
    "stages/a.py": "from dramatis.a.run import run\nimport numpy\n",
    "src/dramatis/a/run.py": "from typing import TYPE_CHECKING\nfrom dramatis.backends.see import load\n"
    "if TYPE_CHECKING:\n    from dramatis.a import hidden\ndef run():\n    from . import late, methods\n",
    "src/dramatis/a/late.py": "",
    "src/dramatis/a/hidden.py": "",
    "src/dramatis/a/unused.py": "",
    "src/dramatis/a/page.html": "<p>",
    "src/dramatis/__init__.py": '"""Only words."""\n',
    "src/dramatis/backends/see/__init__.py": "def load(): ...\n",
    "src/dramatis/backends/see/one.py": "from dramatis.core import boxes\n",
    "src/dramatis/backends/see/two.py": "",
    "src/dramatis/core/boxes.py": "",
    "src/dramatis/a/methods/__init__.py": "def build(): ...\n",
    "src/dramatis/a/methods/lora.py": "from dramatis.core import moments\n",
    "src/dramatis/core/moments.py": "",
}


def write(top, files):
    for name, text in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)

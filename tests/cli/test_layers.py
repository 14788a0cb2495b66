"""The commands stand on top of everything: they import the packages, and no package imports them."""

import ast

from conftest import TOP

PACKAGE = TOP / "src/dramatis"


def test_only_commands_import_commands():
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        if not file.is_relative_to(PACKAGE / "cli"):
            for node in ast.walk(ast.parse(file.read_text())):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module == "dramatis":
                    names += [f"dramatis.{alias.name}" for alias in node.names]
                found += [file for name in names if name == "dramatis.cli" or name.startswith("dramatis.cli.")]
    assert not found, f"they import dramatis.cli: {found}"

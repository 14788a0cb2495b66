"""The digest of a file of code that stays when only its comments, its layout or its docstrings change."""

import ast
import hashlib
from pathlib import Path

from dramatis.core.digests import file_digest


def code_digest(file: Path) -> str:
    """SHA-256 [hex] of what a Python file does; of the bytes of any other file, and of one that is no valid Python.

    Comments, blank lines, the way lines are broken and strings that stand alone (docstrings) do not count: no stage
    reads them.
    """
    if file.suffix != ".py":
        return file_digest(file)
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):  # whoever runs it will be told
        return file_digest(file)
    return hashlib.sha256(ast.dump(_Bare().visit(tree)).encode()).hexdigest()


class _Bare(ast.NodeTransformer):
    """Takes out strings that stand alone."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        alone = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if alone else node

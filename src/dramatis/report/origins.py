"""Where each picture on the page comes from: trees, kept once, that a click shows."""

from typing import Any

Node = dict[str, Any]
"""`kind`, `text` and `made_from`, a list of such nodes; see `dramatis lineage`."""


def node(kind: str, said: str, *made_from: Node) -> Node:
    """One thing in the history of a picture."""
    return {"kind": kind, "text": said, "made_from": list(made_from)}


class Origins:
    """The trees by a key of the page, and larger pictures that are shown with them."""

    def __init__(self) -> None:
        self.trees: dict[str, Node] = {}
        self.pictures: dict[str, str] = {}

    def add(self, key: str, tree: Node, picture: str | None = None) -> str:
        """Keeps a tree, with a larger picture if there is one, and gives its key."""
        self.trees[key] = tree
        if picture:
            self.pictures[key] = picture
        return key

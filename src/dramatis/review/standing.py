"""Where each face stands under given decisions: what stage `cast` would say, computed by its own functions."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dramatis.cast.decisions import Decisions, check
from dramatis.cast.rows import named
from dramatis.cast.naming import likeness
from dramatis.cast.verdicts import verdicts
from dramatis.review.project import Project


class Standing(NamedTuple):
    """Who each face is.

    Attributes:
        character: id of each face; null without a name.
        origin: why, as in the cast table.
        unmet: moments of decisions at which there is no face now.
    """

    character: list[str | None]
    origin: list[str]
    unmet: list[str]


def stand(project: Project, decided: Decisions) -> Standing:
    """Who each face is under some decisions, whether stage `cast` has run with them or not.

    Raises:
        ParameterError: the decisions contradict each other, or name what does not exist.
    """
    check(decided, project.folders, project.pictures)
    said, unmet = verdicts(decided, project.faces.rows, project.shots)
    rows = [row | {"verdict": verdict} for row, verdict in zip(project.faces.rows, said, strict=True)]
    faces = replace(project.faces, rows=rows)
    used = {name: each for name, each in project.references.items() if name not in decided.reject}
    names = [decided.merged(decided.pins.get(name, decided.rename.get(name.split("/")[0], name.split("/")[0]))) for name in used]
    width = project.faces.vectors.shape[1]
    vectors = np.array([each.vector for each in used.values()], np.float32).reshape(len(used), width)
    name_of, origin_of = named(faces, likeness(faces.vectors, vectors, names), project.params)
    return Standing(
        [name_of.get(part) for part in faces.parts], [origin_of.get(part, "none") for part in faces.parts], unmet
    )

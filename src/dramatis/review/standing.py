"""Where each face stands under given decisions: what stage `cast` would say, computed by its own functions."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dramatis.cast.decisions import Decisions, Unmet, check, unmet
from dramatis.cast.naming import likeness
from dramatis.cast.rows import named
from dramatis.cast.verdicts import verdicts
from dramatis.review.project import Project


class Standing(NamedTuple):
    """Who each face is.

    Attributes:
        character: id of each face; null without a name.
        origin: why, as in the cast table.
        unmet: decisions that cannot be applied now.
    """

    character: list[str | None]
    origin: list[str]
    unmet: list[Unmet]


def stand(project: Project, said: Decisions) -> Standing:
    """Who each face is under some decisions, whether stage `cast` has run with them or not.

    Raises:
        ParameterError: the decisions contradict each other, or a pin gives a name that nobody has.
    """
    check(said, project.folders)
    waiting = unmet(said, project.folders, project.pictures)
    decided = said.without(waiting)
    found, missed = verdicts(decided, project.faces.rows, project.shots)
    rows = [row | {"verdict": verdict} for row, verdict in zip(project.faces.rows, found, strict=True)]
    faces = replace(project.faces, rows=rows)
    named_as = {picture: name for picture in project.references if (name := decided.shown_by(picture))}
    used = list(named_as)
    width = project.faces.vectors.shape[1]
    vectors = np.array([project.references[each].vector for each in used], np.float32).reshape(len(used), width)
    alike = likeness(faces.vectors, vectors, [named_as[picture] for picture in used])
    name_of, origin_of = named(faces, alike, project.params)
    return Standing(
        [name_of.get(part) for part in faces.parts],
        [origin_of.get(part, "none") for part in faces.parts],
        [*waiting, *missed],
    )

"""Decisions hold whatever is computed anew: clusters, thresholds, frames, track numbers, episodes, order of lines."""

from dataclasses import dataclass, replace

import numpy as np
from conftest import TOP
from hypothesis import given
from hypothesis import strategies as st

from dramatis.cast import edit
from dramatis.cast.faces import Faces
from dramatis.cast.moments import moment_of
from dramatis.cast.naming import REJECTION
from dramatis.cast.params import CastParams
from dramatis.cast.rows import cast_rows
from dramatis.cast.verdicts import verdicts
from dramatis.core.tables import stored_box

WIDTH, HEIGHT, SHOT_S, SHOTS, PEOPLE = 480, 270, 4.0, 3, 4
SPANS = [(SHOT_S * n, SHOT_S * (n + 1)) for n in range(SHOTS)]
EMPTY = (TOP / "cast.yaml").read_text()
NAMES = ["ada", "bela", "cyrus", "dora"]
PARAMS = CastParams(references="raw", floor=0.9, again=0.5, margin=0.1)
THRESHOLD = 0.15


@dataclass(frozen=True)
class Walk:
    """Somebody who walks through a shot."""

    video: str
    shot: int
    person: int
    start: tuple[int, int]
    speed: tuple[int, int]

    def at(self, time_s):
        """Centre of the face [px] some time after the start of the shot."""
        return tuple(a + v * time_s for a, v in zip(self.start, self.speed, strict=True))


@dataclass(frozen=True)
class View:
    """How a run of the stages sees the film: frames a second and their offset, boxes, numbers, labels of clusters."""

    fps: float = 4
    offset: float = 0.0
    jitter: int = 0
    reverse: bool = False
    salt: int = 0
    loose: int = 0
    """Cluster as the truth says (0), more finely (1), all in one (2), or none at all (3)."""


@st.composite
def films(draw, video="e01"):
    walks = []
    for shot in range(SHOTS):
        for slot, person in enumerate(draw(st.permutations(range(PEOPLE)))[: draw(st.integers(1, 3))]):
            start = (80 + 150 * slot, draw(st.integers(60, 200)))
            walks.append(Walk(video, shot, person, start, draw(st.tuples(st.integers(-6, 6), st.integers(-6, 6)))))
    return walks


def kinds_of(walks):
    """At most one decision about each walk: what, and when [s]."""
    what = st.sampled_from([*NAMES, REJECTION, "reject", "not_a_person"])
    return st.dictionaries(st.integers(0, len(walks) - 1), st.tuples(what, st.floats(0.1, 3.9)), max_size=6)


views = st.builds(
    View,
    fps=st.sampled_from([1, 2, 4, 12]),
    offset=st.sampled_from([0.05, 0.2, 0.45]),
    jitter=st.integers(0, 2),
    reverse=st.booleans(),
    salt=st.integers(0, 99),
    loose=st.integers(0, 3),
)


def written(walks, said, order):
    """`cast.yaml` with the decisions, made in some order."""
    text = EMPTY
    for name in NAMES:
        text = edit.character(text, name)
    for index in order:
        if index in said:
            what, time_s = said[index]
            walk = walks[index]
            moment = str(moment_of(face(walk, SHOT_S * walk.shot + time_s, walk.at(time_s))))
            change = {"reject": edit.reject, "not_a_person": edit.not_a_person}.get(what)
            text = change(text, moment) if change else edit.pin(text, moment, what)
    return text


def face(walk, time_s, centre, side=40, **more):
    x, y = map(int, centre)
    box = stored_box((x - side // 2, y - side // 2, x + side // 2, y + side // 2))
    return {"video": walk.video, "pts_s": time_s, "box": box, "width_px": WIDTH, "height_px": HEIGHT, **more}


def seen(walks, view):
    """The faces, and the walk of each."""
    rows, vectors, of = [], [], []
    order = list(enumerate(walks))
    for number, (index, walk) in enumerate(reversed(order) if view.reverse else order):
        direction = np.eye(PEOPLE, dtype=np.float32)[walk.person]
        labels = [f"c{walk.person}", f"c{walk.person}-{walk.shot}-{walk.video}", "c", None]
        cluster = labels[view.loose]
        for time_s in np.arange(view.offset, SHOT_S, 1 / view.fps):
            x, y = walk.at(time_s)
            when = SHOT_S * walk.shot + time_s
            key = f"{walk.video}-{when:07.3f}"
            row = face(walk, when, (x + view.jitter, y - view.jitter), 38 + view.jitter)
            row |= {"detection_id": f"{key}-{number}", "figure_id": f"{key}-{number}", "frame_id": key}
            row |= {"track_id": f"{view.salt}-{number}", "cluster_id": cluster and f"{cluster}-{view.salt}"}
            rows.append(row)
            vectors.append(direction)
            of.append(index)
    return rows, np.array(vectors), of


def outcome(text, walks, view, references=()):
    """Name and origin of each walk: sets, of one value each unless something divides it."""
    rows, vectors, of = seen(walks, view)
    shots = {walk.video: SPANS for walk in walks}
    said, missed = verdicts(edit.decided(text), rows, shots)
    assert missed == []
    faces = Faces([row | {"verdict": verdict} for row, verdict in zip(rows, said, strict=True)], vectors, THRESHOLD)
    known = np.eye(PEOPLE, dtype=np.float32)[list(references)].reshape(len(references), PEOPLE)
    found = {}
    for row, index in zip(cast_rows(faces, known, [NAMES[n] for n in references], PARAMS), of, strict=True):
        found.setdefault(index, set()).add((row["character"], row["origin"]))
    return found


def meant(what):
    """Name and origin that a decision gives its track."""
    if what == "not_a_person":
        return {(None, "not_a_person")}
    return {(None if what in (REJECTION, "reject") else what, "decision")}


@given(st.data(), films(), views, st.sets(st.integers(0, PEOPLE - 1)))
def test_every_decision_holds_in_every_view(data, walks, view, references):
    said = data.draw(kinds_of(walks))
    text = written(walks, said, data.draw(st.permutations(range(len(walks)))))
    found = outcome(text, walks, view, sorted(references))
    for index, (what, _) in said.items():
        assert found[index] == meant(what), f"{what} for {walks[index]}"


@given(st.data(), films(), views, views, st.sets(st.integers(0, PEOPLE - 1)), st.sampled_from([0, 1, 3]))
def test_the_whole_outcome_does_not_depend_on_frames_numbers_or_order(data, walks, one, other, references, loose):
    """Each person has one name, so that no track is equally far from two pins."""
    who = data.draw(st.lists(st.sampled_from([*NAMES, REJECTION]), min_size=PEOPLE, max_size=PEOPLE))
    drawn = data.draw(kinds_of(walks))
    said = {n: (who[walks[n].person] if what in (*NAMES, REJECTION) else what, t) for n, (what, t) in drawn.items()}
    texts = [written(walks, said, data.draw(st.permutations(range(len(walks))))) for _ in "ab"]
    assert texts[0] == texts[1]
    found = [outcome(texts[0], walks, replace(view, loose=loose), sorted(references)) for view in (one, other)]
    assert found[0] == found[1]


@given(st.data(), films(), films(video="e02"), views, st.sets(st.integers(0, PEOPLE - 1)))
def test_new_episodes_leave_decisions_as_they_are(data, walks, more, view, references):
    said = data.draw(kinds_of(walks))
    text = written(walks, said, range(len(walks)))
    found = outcome(text, [*walks, *more], view, sorted(references))
    for index, (what, _) in said.items():
        assert found[index] == meant(what)


@given(st.data(), films(), films(video="e02"), views)
def test_what_is_away_waits_and_comes_back(data, walks, more, view):
    said = data.draw(kinds_of(more))
    text = written(more, said, range(len(more)))
    rows, _, _ = seen(walks, view)
    verdict, missed = verdicts(edit.decided(text), rows, {"e01": SPANS})
    assert set(verdict) <= {None} and len(missed) == len(said)
    assert all("'e02' is not among the videos" in each.reason for each in missed)
    found = outcome(text, [*walks, *more], view)
    for index, (what, _) in said.items():
        assert found[len(walks) + index] == meant(what)

"""The judges of composites, on two people of the film side by side: what is right counts, what is not does not."""

from pathlib import Path

import numpy as np
import pytest
from conftest import TOP

from dramatis.backends.detect import DetectChoice, boxes_of, load_detect
from dramatis.backends.embed import EmbedChoice, Face, load_embed
from dramatis.backends.tag import load_tagger
from dramatis.bench.composites import HEAD_OF_FACE, Judged, Judges, figures, hair_colour, judge, share
from dramatis.composite.join import join
from dramatis.core.boxes import expand
from dramatis.core.errors import MissingError
from dramatis.core.images import cut
from dramatis.core.params import load_params
from dramatis.core.tables import stored_box
from dramatis.film.run import REFERENCE_POSES, draw_reference
from dramatis.film.story import draw_cast

SEED, PEOPLE = 12, ("ada", "cyrus", "dora")


@pytest.fixture(scope="module")
def drawn():
    """The judges, and for each person two pictures with the face that the detector finds in them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(TOP)
        detector = load_detect(**load_params("detect", DetectChoice).model_dump())
        embedder = load_embed(**load_params("embed", EmbedChoice).model_dump())
        tagger = load_tagger("wd14", Path("models/pocket/wd14"))
    faces, means = {}, {}
    for name in PEOPLE:
        for pose in REFERENCE_POSES[:2]:
            image = draw_reference(SEED, name, pose)
            found = detector.detect(image)
            face = next(one for one in found if one.kind == "face")
            faces.setdefault(name, []).append((image, face.box))
            vector = embedder.embed([Face(image, boxes_of(face, found), face.landmarks)])[0]
            means[name] = means.get(name, 0) + vector.astype(float)
    means = {name: total / np.linalg.norm(total) for name, total in means.items()}
    hair = {name: draw_cast(SEED)[name].hair_colour for name in PEOPLE}
    return Judges(detector, embedder, tagger, means, hair), faces


def judged(drawn, *names, said=None):
    judges, faces = drawn
    parts = [faces[name][1] for name in names]
    made = join([image for image, _ in parts], [box for _, box in parts], 2000)
    row = {"characters": list(said or names), "faces": [stored_box(box) for box in made.faces]}
    return judge(row, made.image, judges)


def test_both_are_found_in_their_places(drawn):
    assert judged(drawn, "ada", "cyrus") == judged(drawn, "cyrus", "dora") == [Judged(True, True, True)] * 2


def test_exchanged_names_are_not(drawn):
    for person in judged(drawn, "cyrus", "ada", said=("ada", "cyrus")):
        assert person.face and not person.name and not person.hair


def test_nobody_there(drawn):
    judges, _ = drawn
    row = {"characters": ["ada"], "faces": [stored_box((10, 10, 50, 60))]}
    assert not judge(row, np.full((200, 200, 3), 200, np.uint8), judges)[0].face


def test_hair(drawn):
    judges, faces = drawn
    heads = [cut(image, expand(box, HEAD_OF_FACE)) for name in PEOPLE for image, box in faces[name][:1]]
    assert [hair_colour(judges.tagger, head) for head in heads] == list(judges.hair.values())


def test_share():
    right, wrong = Judged(True, True, True), Judged(True, True, False)
    assert share([[right, right], [right, wrong], [wrong], [right]]) == 0.5


def test_without_composites(monkeypatch, tmp_path):
    monkeypatch.chdir(TOP)
    with pytest.raises(MissingError, match=r"Run `dvc repro`"):
        figures(tmp_path)

"""Thumbnails and frames of a real shard."""

import threading
import time

import pytest
from review_desk import damage_frame
from waiting import until

from dramatis.core.errors import InputError
from dramatis.core.images import decode
from dramatis.review import pictures
from dramatis.review.pictures import THUMB_PX, Pictures, Store


def of(session):
    return Pictures(session.project.faces.rows, lambda video: f"data/frames/{video}/frames.parquet")


def test_a_thumbnail_shows_its_face(session):
    made = of(session)
    for n, name in enumerate(session.standing.character):
        image = decode(made.thumb(n))
        assert image.shape == (THUMB_PX, THUMB_PX, 3)
        red, green, _ = image[40:60, 40:88].reshape(-1, 3).mean(0)
        assert red > 150, "the upper half of every face is as bright as its colour"
        assert (green > 100) == (name == "cyrus"), "cyrus is orange, all others are not"
    assert decode(made.frame(0)).shape == (128, 128, 3)


def test_cut_beforehand(session):
    made = of(session)
    made.warm()
    until(lambda: len(made._thumbs) == len(session.project.faces.rows))
    made.close()


def test_who_closes_them_waits_for_the_face_that_is_being_cut(monkeypatch, session):
    made, begun, ended = of(session), threading.Event(), threading.Event()

    def slow(face):
        begun.set()
        time.sleep(0.3)
        ended.set()

    monkeypatch.setattr(made, "thumb", slow)
    made.warm()
    assert begun.wait(20)
    made.close()
    assert ended.is_set(), "a thread that is inside a library when Python ends aborts the process"
    of(session).close()


def test_a_damaged_frame_is_told_to_who_asks_for_it_and_all_others_are_cut(session):
    damage_frame("v", 0)
    made = of(session)
    with pytest.raises(InputError, match="its picture cannot be read"):
        made.thumb(0)
    made.warm()
    made._warmer.join(20)
    whole = [n for n, row in enumerate(session.project.faces.rows) if row["frame_id"] != made._rows[0]["frame_id"]]
    assert sorted(made._thumbs) == whole


def test_memory_is_bounded(monkeypatch, session):
    monkeypatch.setattr(pictures, "THUMB_BYTES", 3000)
    made = of(session)
    first = made.thumb(0)
    for n in range(len(session.project.faces.rows)):
        made.thumb(n)
    assert made._thumbs._held <= 3000 and made.thumb(0) == first


def test_a_store_forgets_what_was_not_asked_for():
    store = Store(10)
    store.keep("a", b"12345", 5)
    store.keep("b", b"12345", 5)
    assert store.full and store.take("a") == b"12345"
    store.keep("c", b"12345", 5)
    assert list(store) == ["a", "c"] and store.take("b") is None

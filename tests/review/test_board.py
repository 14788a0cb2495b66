"""What all tabs share: it is never older than the version it is shown under, and outlives what a run leaves behind."""

import sys

import pytest
from review_desk import tracks

from dramatis.core.errors import InputError
from dramatis.review import board as boards
from dramatis.review import deeds
from dramatis.review.board import Board
from dramatis.review.jobs import Job


@pytest.fixture
def board(session):
    made = Board(session)
    yield made
    made.close()


def test_what_is_decided_while_the_wall_is_worked_out_shows_at_the_next_look(monkeypatch, board, session):
    """As by a second click, in a thread of its own."""
    before, assess, done = board.look(), boards.assess, []

    def slow(asked):
        found = assess(asked)
        if asked.version == before + 1:
            done.extend(session.act("two", deeds.rejected(tracks(session, "v-0002-000"), whole=True)))
        return found

    monkeypatch.setattr(boards, "assess", slow)
    session.act("one", deeds.rejected(tracks(session, "v-0000-000"), whole=True))
    board.look()
    board.look()
    assert done and {group.id for group in board.seen.groups} == {group.id for group in session.groups}


def test_a_run_that_left_nothing_to_read_is_told_and_the_page_goes_on(monkeypatch, board, session):
    def fail():
        raise InputError("data/cast/v.parquet", "there is no such file", "Run `dvc repro`")

    monkeypatch.setattr(session, "_read", fail)
    faces = session.project.faces.rows
    board.site.runner.job = job = Job([sys.executable, "-c", ""])
    job.wait(20)
    board.look()
    assert session.project.faces.rows is faces and job.lines[-1].startswith("data/cast/v.parquet: there is no such")

"""Trying again: growing pauses, patience that any new byte renews, and an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core import again
from dramatis.core.again import MOST_PAUSE_S, PATIENCE, Again, patiently
from dramatis.core.errors import InputError


class Line:
    """Brings so many bytes at each try, and breaks after all but the last."""

    def __init__(self, part, brings, wait_s=None):
        self.part, self.brings, self.wait_s, self.tries = part, list(brings), wait_s, 0

    def __call__(self):
        self.tries += 1
        with self.part.open("ab") as stream:
            stream.write(bytes(self.brings.pop(0)))
        if self.brings:
            raise Again("the line was cut", self.wait_s)
        return "whole"


@pytest.fixture
def pauses(monkeypatch):
    found = []
    monkeypatch.setattr(again.time, "sleep", found.append)
    return found


def test_the_pauses_grow_and_a_new_byte_starts_them_anew(tmp_path, pauses):
    line = Line(tmp_path / "part", (0, 0, 0, 5, 0, 1))
    assert patiently(line, line.part, "it", "Try later", 1.0) == "whole"
    assert pauses == [1, 2, 4, 1, 2]


def test_what_the_server_asks_for_counts_and_no_pause_is_too_long(tmp_path, pauses):
    patiently(Line(tmp_path / "a", (1, 1, 1), wait_s=7.0), tmp_path / "a", "it", "Try later", 1.0)
    assert pauses == [7, 7]
    patiently(Line(tmp_path / "b", (0, 0, 1)), tmp_path / "b", "it", "Try later", 100.0)
    assert pauses[2:] == [MOST_PAUSE_S] * 2


def test_it_is_given_up(tmp_path, pauses):
    with pytest.raises(InputError, match="^it: the line was cut, 5 times in a row. Try later$"):
        patiently(Line(tmp_path / "a", [0] * 99), tmp_path / "a", "it", "Try later", 1.0)
    with pytest.raises(InputError, match="5 times in a row; 3 bytes are kept in .*/b. The same command goes on"):
        patiently(Line(tmp_path / "b", [3] + [0] * 99), tmp_path / "b", "it", "Try later", 1.0)


@given(brings=st.lists(st.integers(0, 2), min_size=1, max_size=30))
def test_it_ends_after_so_many_tries_without_a_byte_and_not_before(tmp_path_factory, brings):
    part = tmp_path_factory.mktemp("again") / "part"
    line, idle, enough = Line(part, brings), 0, None
    for number, count in enumerate(brings[:-1], 1):
        idle = 1 if count else idle + 1
        if idle == PATIENCE and enough is None:
            enough = number
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(again.time, "sleep", lambda _: None)
        if enough is None:
            assert patiently(line, part, "it", "Try later", 1.0) == "whole"
        else:
            with pytest.raises(InputError):
                patiently(line, part, "it", "Try later", 1.0)
    assert line.tries == (enough or len(brings))

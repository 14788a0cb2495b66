import signal
from functools import partial

import pytest

from dramatis.core import workers
from dramatis.core.errors import InputError
from dramatis.core.workers import map_in_order


def load(factor):
    if factor == 0:
        raise InputError("weights", "missing", "Put them there")
    return factor


def work(factor, item):
    if item < 0:
        raise InputError(f"item {item}", "negative", "Use another")
    return factor * item


def test_the_number_of_workers_changes_nothing():
    alone = list(map_in_order(partial(load, 3), work, range(50), 1))
    assert alone == [3 * item for item in range(50)] == list(map_in_order(partial(load, 3), work, range(50), 2))


@pytest.mark.parametrize("workers", [1, 2])
def test_errors_come_back_as_they_are(workers):
    with pytest.raises(InputError, match="item -1: negative. Use another") as raised:
        list(map_in_order(partial(load, 3), work, [1, -1], workers))
    assert raised.value.remedy == "Use another"
    with pytest.raises(InputError, match="weights: missing"):
        list(map_in_order(partial(load, 0), work, [1], workers))


def test_items_are_read_in_blocks():
    read = []
    results = map_in_order(partial(load, 1), work, (read.append(item) or item for item in range(1000)), 1)
    assert next(results) == 0 and len(read) == 1


def test_a_signal_waits_until_somebody_listens(monkeypatch):
    heard = []
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    try:
        with workers._signals_wait():
            signal.raise_signal(signal.SIGTERM)
            assert not heard
        assert heard == [signal.SIGTERM]
        signal.raise_signal(signal.SIGTERM)
        assert heard == [signal.SIGTERM] * 2
    finally:
        signal.signal(signal.SIGTERM, before)

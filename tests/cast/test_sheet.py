import pytest

from dramatis.cast.sheet import short_time


@pytest.mark.parametrize(
    ("time_code", "shown"),
    [
        ("00:00:05.250", "00:05.2"),
        ("00:59:59.999", "59:59.9"),
        ("01:00:00.000", "01:00:00.0"),
        ("10:00:05.250", "10:00:05.2"),
    ],
)
def test_a_short_time_code_keeps_hours_that_are_not_zero(time_code, shown):
    assert short_time(time_code) == shown

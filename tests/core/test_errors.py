"""One clear line, and nothing hidden."""

import pytest

from dramatis.core.errors import InputError, MissingError, UserError, one_line_errors


def test_a_user_error_is_one_line_and_exit_1(capsys):
    with pytest.raises(SystemExit) as ended, one_line_errors():
        raise InputError("raw/a b.mkv", "0 bytes, not a video", "Use a file that ffmpeg can read")
    assert ended.value.code == 1
    assert capsys.readouterr().err == "error: raw/a b.mkv: 0 bytes, not a video. Use a file that ffmpeg can read\n"


def test_other_errors_pass_through():
    with pytest.raises(ZeroDivisionError), one_line_errors():
        raise ZeroDivisionError


def test_a_missing_file_is_an_input_error():
    assert issubclass(MissingError, InputError) and issubclass(InputError, UserError)

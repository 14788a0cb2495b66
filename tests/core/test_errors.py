"""One clear line, and nothing hidden."""

import errno

import pytest

from dramatis.core.errors import InputError, MissingError, UserError, one_line_errors


def test_a_user_error_is_one_line_and_exit_1(capsys):
    with pytest.raises(SystemExit) as ended, one_line_errors():
        raise InputError("raw/a b.mkv", "0 bytes, not a video", "Use a file that ffmpeg can read")
    assert ended.value.code == 1
    assert capsys.readouterr().err == "error: raw/a b.mkv: 0 bytes, not a video. Use a file that ffmpeg can read\n"


def test_a_full_disk_is_one_line(capsys):
    with pytest.raises(SystemExit) as ended, one_line_errors():
        raise OSError(errno.ENOSPC, "No space left on device", "data/frames/e01")
    assert ended.value.code == 1
    assert capsys.readouterr().err == "error: data/frames/e01: no space is left. Free some, then run it again\n"
    with pytest.raises(PermissionError), one_line_errors():
        raise PermissionError(errno.EACCES, "Permission denied", "data")


def test_ctrl_c_is_one_line(capsys):
    with pytest.raises(SystemExit) as ended, one_line_errors():
        raise KeyboardInterrupt
    said = capsys.readouterr().err
    assert ended.value.code == 130 and said.startswith("stopped: ") and said.count("\n") == 1


def test_other_errors_pass_through():
    with pytest.raises(ZeroDivisionError), one_line_errors():
        raise ZeroDivisionError


def test_a_missing_file_is_an_input_error():
    assert issubclass(MissingError, InputError) and issubclass(InputError, UserError)

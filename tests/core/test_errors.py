"""One clear line, and nothing hidden."""

import errno

import pytest

from dramatis.core.errors import InputError, MissingError, UserError, one_line_errors
from dramatis.core.stops import Terminated


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


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "data"), "data: no permission to read or write it"),
        (OSError(errno.EROFS, "Read-only file system", "data"), "data: the disk is mounted read-only"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk: the quota of this user is used up"),
        (OSError(errno.EIO, "Input/output error", "data"), "data: the disk, or the connection to it, fails"),
        (MemoryError(), "memory: the memory is used up"),
        (OSError("ZSTD compression failed: Allocation error : not enough memory"), "memory: the memory is used up"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "memory: the memory is used up"),
    ],
)
def test_what_the_machine_refuses_is_one_line(capsys, error, said):
    with pytest.raises(SystemExit) as ended, one_line_errors():
        raise error
    told = capsys.readouterr().err
    assert ended.value.code == 1 and told.startswith(f"error: {said}. ") and told.count("\n") == 1


def test_ctrl_c_is_one_line(capsys):
    with pytest.raises(SystemExit) as ended, one_line_errors():
        raise KeyboardInterrupt
    said = capsys.readouterr().err
    assert ended.value.code == 130 and said.startswith("stopped: ") and said.count("\n") == 1


def test_memory_that_ran_out_below_another_error_is_one_line(capsys):
    with pytest.raises(SystemExit), one_line_errors():
        try:
            raise ImportError("libtorch.so: failed to map segment from shared object")
        except ImportError as cause:
            raise RuntimeError("Failed to import diffusers, look up to see its traceback") from cause
    assert capsys.readouterr().err.startswith("error: memory: the memory is used up. ")


def test_sigterm_is_one_line(capsys):
    with pytest.raises(SystemExit) as ended, one_line_errors():
        raise Terminated
    assert ended.value.code == 143 and capsys.readouterr().err.startswith("stopped: ")


@pytest.mark.parametrize("error", [ZeroDivisionError(), FileNotFoundError(errno.ENOENT, "No such file", "data")])
def test_other_errors_pass_through(error):
    with pytest.raises(type(error)), one_line_errors():
        raise error


def test_a_missing_file_is_an_input_error():
    assert issubclass(MissingError, InputError) and issubclass(InputError, UserError)

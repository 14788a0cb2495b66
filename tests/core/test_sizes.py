"""What is too large to read, and what is no file."""

import os

import pytest

from dramatis.core.errors import InputError, ParameterError
from dramatis.core.sizes import check_size


def test_what_is_too_large_or_no_file_is_refused_in_the_words_that_are_given(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(bytes(2 << 20))
    check_size(file, 2 << 20, "Put it", "Cut it", InputError)
    with pytest.raises(InputError, match="it has 2 MiB, and at most 1 are read. Cut it"):
        check_size(file, 1 << 20, "Put it", "Cut it", InputError)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ParameterError, match="it is no regular file. Put it"):
        check_size(tmp_path / "pipe", 1, "Put it", "Cut it", ParameterError)

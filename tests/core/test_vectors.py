import numpy as np
import pyarrow as pa
import pytest
from builders import write_vectors

from dramatis.core.errors import InputError, MissingError
from dramatis.core.vectors import matrix_of, read_vectors


@pytest.mark.parametrize("chunks", [[[[1, 2], [3, 4], [5, 6]]], [[[1, 2]], [[3, 4], [5, 6]]], [[]]])
def test_rows_stay_in_order_whatever_the_chunks(chunks):
    column = pa.chunked_array([pa.array(chunk, pa.list_(pa.float32(), 2)) for chunk in chunks])
    got = matrix_of(column)
    assert got.dtype == np.float32 and got.shape == (len(column), 2)
    assert got.tolist() == column.to_pylist()


def test_vectors_of_faces_of_several_videos_stand_in_the_order_asked_for(tmp_path):
    for video, vectors in {"a": {"a-1": [1.0, 0.0], "a-2": [0.0, 1.0]}, "b": {"b-1": [0.6, 0.8]}}.items():
        write_vectors(tmp_path / video, vectors, 0.25)
    vectors, threshold = read_vectors(tmp_path, ["a", "b"], ["b-1", "a-1", "b-1"])
    assert threshold == 0.25
    assert vectors == pytest.approx(np.array([[0.6, 0.8], [1, 0], [0.6, 0.8]]))
    with pytest.raises(InputError, match="no vector of b-2"):
        read_vectors(tmp_path, ["a", "b"], ["a-1", "b-2"])
    with pytest.raises(MissingError, match="stage embed@c makes it"):
        read_vectors(tmp_path, ["a", "c"], [])
    write_vectors(tmp_path / "b", {}, 0.2)
    with pytest.raises(InputError, match="vectors of different models"):
        read_vectors(tmp_path, ["a", "b"], [])

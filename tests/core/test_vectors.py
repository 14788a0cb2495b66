import numpy as np
import pyarrow as pa
import pytest

from dramatis.core.vectors import matrix_of


@pytest.mark.parametrize("chunks", [[[[1, 2], [3, 4], [5, 6]]], [[[1, 2]], [[3, 4], [5, 6]]], [[]]])
def test_rows_stay_in_order_whatever_the_chunks(chunks):
    column = pa.chunked_array([pa.array(chunk, pa.list_(pa.float32(), 2)) for chunk in chunks])
    got = matrix_of(column)
    assert got.dtype == np.float32 and got.shape == (len(column), 2)
    assert got.tolist() == column.to_pylist()

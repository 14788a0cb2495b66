"""Identity vectors as they are stored: a column of lists of one width."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def matrix_of(column: pa.ChunkedArray) -> NDArray[np.float32]:
    """A column of lists of one width D as a matrix, shape (N, D)."""
    return column.combine_chunks().flatten().to_numpy(zero_copy_only=False).reshape(-1, column.type.list_size)

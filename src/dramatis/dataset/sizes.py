"""The sizes of buckets that the parameters allow."""

from dramatis.core.buckets import Size, bucket_sizes
from dramatis.core.errors import ParameterError
from dramatis.core.params import PARAMS
from dramatis.dataset.params import DatasetParams


def sizes_of(params: DatasetParams) -> list[Size]:
    """All of them, sorted.

    Raises:
        ParameterError: there is none.
    """
    sizes = bucket_sizes(params.resolution_px, params.bucket_step_px, params.bucket_sides_px)
    if not sizes:
        low, high = params.bucket_sides_px
        step = f"multiples of {params.bucket_step_px}"
        problem = f"no bucket of at most {params.resolution_px}² px has sides from {low} to {high} that are {step}"
        remedy = "Widen the range, lower bucket_step_px or raise resolution_px"
        raise ParameterError(f"{PARAMS}: dataset.bucket_sides_px", problem, remedy)
    return sizes

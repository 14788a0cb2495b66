"""The project's parameters as the commands read them."""

from typing import Any

from dramatis.core.errors import ParameterError
from dramatis.core.params import PARAMS, read_yaml


def read_params() -> dict[str, Any]:
    """All sections of `params.yaml`.

    Raises:
        MissingError: there is no such file here.
        ParameterError: it is no YAML, or holds no sections.
    """
    params = read_yaml(PARAMS)
    if not isinstance(params, dict):
        raise ParameterError(str(PARAMS), "it holds no sections", "Write `<section>:` with its keys below, see docs/")
    return params

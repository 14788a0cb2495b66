"""Parameters of stage `cast`."""

from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from dramatis.core.params import Params


class CastParams(Params):
    """How characters get their names.

    Limits are factors of the embedder's own threshold, as in section `cluster`.
    """

    references: Path = Field(description="Folder with one folder of pictures for each name; an empty one names nobody.")
    floor: float = Field(
        gt=0, le=3, description="Largest mean difference of the nearer half of a cluster to its name [thresholds]."
    )
    again: float = Field(
        gt=0,
        le=3,
        description="The same of a further cluster or track of a name that a nearer cluster has [thresholds].",
    )
    margin: float = Field(ge=0, le=2, description="How much nearer a name must be than the next one [thresholds].")

    @field_validator("references", mode="before")
    @classmethod
    def _is_named(cls, folder: Any) -> Any:
        """DVC cannot watch nothing."""
        if folder is None:
            raise ValueError("must name a folder, which may be empty")
        return folder

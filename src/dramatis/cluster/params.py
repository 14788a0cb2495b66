"""Parameters of stage `cluster`."""

from typing import Literal

from pydantic import Field

from dramatis.core.params import Params


class ClusterParams(Params):
    """How faces become characters.

    Limits are factors of the embedder's own threshold: the largest difference (1 - cosine) / 2 of one person,
    which `embed` writes into `model.json`. So the same values serve embedders of any kind.
    """

    seed: int = Field(ge=0, description="Seed of the map.")
    method: Literal["average_linkage", "hdbscan"] = Field(
        description="How tracks join: the nearest first up to `link`, or where they lie dense, whatever their distance."
    )
    neighbours: int = Field(
        ge=2, le=1000, description="Method average_linkage: nearest tracks that each track is compared with."
    )
    link: float = Field(
        gt=0,
        le=3,
        description="Largest mean difference of groups of tracks that join (method average_linkage), and of a track of "
        "several faces that joins a character later [thresholds].",
    )
    split: float = Field(gt=0, le=4, description="A track whose faces differ more is taken apart [thresholds].")
    floor: float = Field(gt=0, le=3, description="Largest mean difference inside a character [thresholds].")
    reach: float = Field(
        gt=0,
        le=3,
        description="With more than 20 characters, a track left over joins the nearest up to this difference "
        "[thresholds]…",
    )
    chance: float = Field(
        gt=0, lt=1, description="…if only this share of strangers would get as near to anybody by chance [0..1]."
    )
    min_tracks: int = Field(ge=1, description="Tracks that a character needs at least.")
    min_faces: int = Field(ge=1, description="Faces that a character needs at least.")

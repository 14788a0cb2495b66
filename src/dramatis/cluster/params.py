"""Parameters of stage `cluster`."""

from pydantic import Field

from dramatis.core.params import Params


class ClusterParams(Params):
    """How faces become characters.

    Limits are factors of the embedder's own threshold: the largest difference (1 - cosine) / 2 of one person,
    which `embed` writes into `model.json`. So the same values serve embedders of any kind.
    """

    seed: int = Field(ge=0, description="Seed of the map.")
    neighbours: int = Field(ge=2, le=1000, description="Nearest tracks that each track is compared with.")
    link: float = Field(gt=0, le=3, description="Largest mean difference of groups of tracks that join [thresholds].")
    split: float = Field(gt=0, le=4, description="A track whose faces differ more is taken apart [thresholds].")
    floor: float = Field(gt=0, le=3, description="Largest mean difference inside a character [thresholds].")
    reach: float = Field(
        gt=0, le=3, description="A track left over joins the nearest character up to this difference [thresholds]…"
    )
    margin: float = Field(ge=0, le=2, description="…if it is so much nearer than the next character [thresholds].")
    min_tracks: int = Field(ge=1, description="Tracks that a character needs at least.")
    min_faces: int = Field(ge=1, description="Faces that a character needs at least.")

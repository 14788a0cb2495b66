"""Parameters of stage `film`."""

from pydantic import Field

from dramatis.core.params import Key, Params


class FilmParams(Params):
    """The sample film: its size, its length, and the seed that decides who is in it and what happens."""

    titles: list[Key] = Field(max_length=1, description="Films to render; [] if all videos are your own.")
    seed: int = Field(ge=0, description="Decides the characters and the story.")
    width_px: int = Field(ge=160, le=1920, multiple_of=2, description="Width of a frame [px].")
    height_px: int = Field(ge=90, le=1080, multiple_of=2, description="Height of a frame [px].")
    fps: int = Field(ge=8, le=60, multiple_of=2, description="Frames a second; each drawing stands for two frames.")
    episode_s: float = Field(ge=10, le=600, description="Length of each of the two episodes [s].")

"""Parameters of stage `render`."""

from typing import Literal

from pydantic import Field, model_validator

from dramatis.backends.motion import MotionParams
from dramatis.core.params import Params


class StripParams(Params):
    """The comic strip as one picture."""

    width_px: int = Field(1600, ge=240, le=8192, description="Width.")
    columns: int = Field(2, ge=1, le=8, description="Square panels of a row, about; rows always fill the width.")
    gutter_px: int = Field(24, ge=0, le=400, description="Between panels, and around all.")
    text_px: int = Field(32, ge=8, le=200, description="Size of the letters.")

    @model_validator(mode="after")
    def _panels_have_room(self) -> "StripParams":
        gutters = self.gutter_px * (self.columns + 1)
        if gutters > self.width_px / 2:
            raise ValueError(f"gutters take {gutters} of {self.width_px} px, and at most half of the width is allowed")
        return self


class DocumentParams(Params):
    """The PDF."""

    paper: Literal["a4", "letter", "long"] = Field("a4", description="Size of the pages; long: one page for all.")
    columns: int = Field(2, ge=1, le=4, description="Square panels of a row, about.")
    text_pt: float = Field(11, ge=5, le=40, description="Size of the letters [pt].")


class ClipParams(Params):
    """The film."""

    short_px: int = Field(720, ge=64, le=2160, description="Shorter side of the picture, without the captions below.")
    text_px: int = Field(30, ge=8, le=200, description="Size of the letters.")
    letters_per_s: float = Field(15, ge=1, le=60, description="How fast people read [1/s]; a wide letter counts twice.")
    min_s: float = Field(3.0, ge=0.5, le=60, description="A panel is seen at least so long.")
    fade_s: float = Field(0.6, ge=0, le=10, description="Cross-fade from one panel to the next; 0 cuts.")
    title_s: float = Field(2.0, ge=0, le=30, description="How long the title stands at the start; 0 leaves it out.")
    captions: Literal["both", "drawn", "track", "none"] = Field(
        "both", description="drawn below the picture, as a track that players show when asked, both, or none."
    )
    crf: int = Field(18, ge=0, le=51, description="Loss of H.264: 0 is none, 18 is hardly seen, 51 is the most.")

    @model_validator(mode="after")
    def _fades_are_short(self) -> "ClipParams":
        shortest = min([self.min_s, *([self.title_s] if self.title_s else [])])
        if self.fade_s > shortest / 2:
            raise ValueError(f"fade_s must be at most half of min_s and of title_s, {shortest / 2:g}")
        return self


class RenderParams(Params):
    """What becomes of a story's panels."""

    seed: int = Field(7, ge=0, description="Seed of the camera's ways.")
    language: str = Field(
        "en",
        pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$",
        description="Language of captions, as in HTML: en, de, ja; decides among the letters of Chinese and Japanese.",
    )
    font: str | None = Field(
        None, min_length=1, description="Font file or family; null: DejaVu Sans, then what fontconfig finds."
    )
    flagged: Literal["keep", "skip"] = Field("keep", description="What becomes of panels with a flag.")
    strip: StripParams
    document: DocumentParams
    clip: ClipParams
    backend: Literal["pan", "svd", "animatediff"] = Field("pan", description="What moves the pictures of the clip.")
    motion: MotionParams

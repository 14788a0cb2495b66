"""Parameters of stage `regularize`."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from dramatis.core.params import Params, Word
from dramatis.diffusion.params import DrawingParams
from dramatis.regularize.prompts import parse

Category = Literal["general", "artist", "copyright", "character", "meta", "rating"]
Share = Annotated[float, Field(ge=0, le=1)]


def _readable(text: str) -> str:
    parse(text)
    return text


class RegularizeParams(Params):
    """What all sources of class pictures share; each source is an entry of `regularization`.

    A changed value here, or another tagger, makes the pictures of every source anew.
    """

    seed: int = Field(ge=0, description="Seed of drawn pictures, and of which frames or files are taken.")
    prompts: list[Annotated[str, AfterValidator(_readable)]] = Field(
        min_length=1,
        description="Drawn: prompts that name nobody, taken in turns; they become the captions. Of a choice, such as "
        "`{red|blue} clothes`, each picture gets one; docs/made-pictures.md says how.",
    )
    clip_skip: int | None = Field(None, ge=1, le=12, description="Drawn: layer of the text encoder, from the last (1).")
    drawing: DrawingParams = Field(description="Drawn: how.")
    strangers: bool = Field(
        description="Frames may show people without a name, among whom may be somebody who was not recognised; "
        "false: only frames in which no face was found."
    )
    allow_partial: bool = Field(
        description="True: files of a folder that cannot be read are passed over, and listed in `skipped.parquet`; "
        "false: fail."
    )
    max_short_px: int = Field(ge=64, le=8192, description="Frames and files are reduced to this shorter side [px].")
    min_score: dict[Category, Share] = Field(
        description="Captions by the tagger (section `tag`): least probability by category; one not named gives none."
    )
    max_tags: int = Field(ge=0, le=200, description="Most words of such a caption, the most certain ones.")
    exclude: tuple[Word, ...] = Field(description="Words, with spaces, that no such caption has.")

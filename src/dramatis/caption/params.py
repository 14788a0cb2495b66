"""Parameters of stage `caption`."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from dramatis.core.params import Params, Word

Category = Literal["general", "artist", "copyright", "character", "meta", "rating"]
Share = Annotated[float, Field(ge=0, le=1)]


class PruneCore(Params):
    """Which tags of a character are left out of its captions, so that its name comes to mean them."""

    min_share: Share = Field(description="Share of the character's crops without others in which a tag must occur.")
    words: tuple[Word, ...] = Field(description="Words that make a tag one of looks (`hair` in `red hair`).")


class CaptionParams(Params):
    """What a caption says. Human captions in `cast.yaml` replace it whole."""

    backend: Literal["wd14"] = Field(description="Tagger: a file in src/dramatis/backends/tag.")
    weights: str = Field(description="Folder of the tagger's weights.")
    style: Word | None = Field(description="Word for the look of the whole show, in every caption; null for none.")
    outfit: bool = Field(description="Say the name of the character's outfit, if a person gave it one.")
    min_score: dict[Category, Share] = Field(
        description="Least probability of a tag by its category; a category not named gives none."
    )
    max_tags: int = Field(ge=0, le=200, description="Most automatic tags in a caption, the most certain ones.")
    order: Literal["score", "list"] = Field(
        description="Order of the tags: most certain first, or as in the tagger's own list."
    )
    stage_words: dict[Literal["full", "upper", "head"], Word] = Field(description="Words for the stage of a crop.")
    people_words: dict[PositiveInt, Word] = Field(
        description="Words for the number of people in a crop; a number not named is not said."
    )
    exclude: tuple[Word, ...] = Field(description="Tags, with spaces, that no caption has.")
    prune_core: PruneCore | None = Field(
        description="Tags of looks to leave out; null keeps them all. It counts within one video, so a tag near the "
        "share may stay in one episode and go in the next."
    )

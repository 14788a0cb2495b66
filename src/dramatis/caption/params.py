"""Parameters of stage `caption`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PositiveInt

from dramatis.caption.templates import FIELDS, PRESETS
from dramatis.core.params import Params, Word
from dramatis.core.template import Parts, fields_of, parse

Category = Literal["general", "artist", "copyright", "character", "meta", "rating"]
Stage = Literal["full", "upper", "head", "scene"]
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(gt=0, le=10)]


def template_of(kind: str, text: str) -> Parts:
    """The template of a kind of picture, read; `text` is one, or the name of one.

    Raises:
        ValueError: it is neither.
    """
    parts = parse(getattr(PRESETS[text], kind) if text in PRESETS else text, FIELDS[kind])
    if not fields_of(parts):
        raise ValueError(
            f"neither one of {', '.join(PRESETS)} nor a template with a field such as {{{FIELDS[kind][0]}}}"
        )
    return parts


def _checked(kind: str) -> AfterValidator:
    def check(text: str) -> str:
        template_of(kind, text)
        return text

    return AfterValidator(check)


class Template(Params):
    """What captions say and in which order."""

    crop: Annotated[str, _checked("crop")] = Field(description=f"Of crops; fields: {', '.join(FIELDS['crop'])}.")
    scene: Annotated[str, _checked("scene")] = Field(description=f"Of scenes; fields: {', '.join(FIELDS['scene'])}.")
    composite: Annotated[str, _checked("composite")] = Field(
        description=f"Of composites; fields: {', '.join(FIELDS['composite'])}."
    )


class PruneCore(Params):
    """Which tags of a character are left out of its captions, so that its name comes to mean them."""

    min_share: Share = Field(
        description="Share of the character's training crops without others, in all videos, in which a tag must occur."
    )
    words: tuple[Word, ...] = Field(description="Words that make a tag one of looks (`hair` in `red hair`).")


class CaptionParams(Params):
    """What a caption says. Human captions in `captions.yaml` replace it whole."""

    seed: int = Field(ge=0, description="Seed of the chances in templates.")
    template: Template = Field(
        description="What captions say and in which order: the name of a template (dramatis, r0, r2, cyberharem), or "
        "one such as `{name}, [0.8: {style}], {tags}`; docs/captions.md says how they are read."
    )
    style: Word | None = Field(description="Word for the look of the whole show, in every caption; null for none.")
    outfit: bool = Field(description="Say the name of the character's outfit, if a person gave it one.")
    min_score: dict[Category, Share] = Field(
        description="Least probability of a tag by its category; a category not named gives none."
    )
    mcut: tuple[Category, ...] = Field(
        description="Categories in which the threshold of a picture is the middle of the largest gap between its "
        "scores (MCut), where that is higher than `min_score`."
    )
    max_tags: int = Field(ge=0, le=200, description="Most automatic tags in a caption, the most certain ones.")
    order: Literal["score", "list"] = Field(
        description="Order of the tags: most certain first, or as in the tagger's own list."
    )
    drop_overlaps: bool = Field(
        description="Leave out a tag whose words all stand in another, as `hair` beside `long hair`."
    )
    stage_words: dict[Stage, Word] = Field(
        description="Words for the stage of a crop, and for a scene; one not named is not said."
    )
    people_words: dict[PositiveInt, Word] = Field(
        description="Words for the number of people in a picture; a number not named is not said."
    )
    exclude: tuple[Word, ...] = Field(description="Tags, with spaces, that no caption has.")
    place_words: tuple[Word, ...] = Field(
        description="Words that make a tag one of the place (`sky` in `night sky`): figures cut out and set before a "
        "scene have those of the scene in place of their own."
    )
    weights: dict[Word, Weight] = Field(
        description="Weights of tags, for trainers that read them: `{smile: 1.2}` writes `(smile:1.2)`."
    )
    escape: bool = Field(
        description=r"Write `\(` and `\)` for brackets in names and tags, for trainers that read weights."
    )
    prune_core: PruneCore | None = Field(description="Tags of looks to leave out; null keeps them all.")
    tokenizer: Path = Field(description="Folder of the base model's tokenizer, which counts the tokens of captions.")
    token_limits: tuple[PositiveInt, ...] = Field(
        description="Numbers of tokens that trainers cut captions at, told of if some are longer; [] counts none."
    )

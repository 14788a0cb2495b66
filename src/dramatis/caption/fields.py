"""What can be said of a picture: the words of each field of a template."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from dramatis.caption.params import CaptionParams, Stage
from dramatis.caption.text import escaped, has_word, spoken, without_overlaps, written
from dramatis.caption.thresholds import chosen
from dramatis.core.words import words

Row = Mapping[str, Any]
Fields = dict[str, list[str]]


class Seen(NamedTuple):
    """What a model sees in a picture.

    Attributes:
        tags: words that are sure enough, most certain first, with their places in the model's list.
        sentence: what a captioner says; None of a tagger.
        model: backend and model.
    """

    tags: dict[str, int]
    sentence: str | None
    model: str


class Known(NamedTuple):
    """What is known of everybody.

    Attributes:
        params: of the stage.
        trigger: trigger word by key of the character.
        core: tags that each character's name stands for; a character not in it has none.
    """

    params: CaptionParams
    trigger: Mapping[str, str]
    core: Mapping[str, Collection[str]]


def seen(row: Row, params: CaptionParams) -> Seen:
    """A row of `data/tags` with the tags that are sure enough."""
    numbers = chosen(row["scores"], row["categories"], params.min_score, params.mcut)
    return Seen({words(row["tags"][n]): row["places"][n] for n in numbers}, row["sentence"], row["model"])


def crop_fields(crop: Row, look: Seen, known: Known, said: Collection[str]) -> tuple[Fields, list[str]]:
    """The fields of a crop, and its tags, most certain first.

    Args:
        said: fields of its template.
    """
    own, others = crop["character"], crop["others"]
    left, right = others[: crop["left"]], others[crop["left"] :]
    stage = _stage(crop["stage"], [crop])
    tags = _tags(look, known, [own, *others], said, stage)
    fields = {
        "name": _names([own], known),
        "others": _names(others, known),
        "left": _names(left, known),
        "right": _names(right, known),
        "outfit": _outfits([crop], known),
        **_always([*left, own, *right], crop["people"], stage, known),
        "tags": _ordered(tags, look.tags, known),
        "sentence": _sentence(look, known),
    }
    return fields, tags


def scene_fields(scene: Row, look: Seen, known: Known, said: Collection[str]) -> tuple[Fields, list[str]]:
    """The fields of a scene, and its tags, most certain first; see `crop_fields`."""
    # without a word for it the tagger may have one
    stage: Stage | None = "scene" if "scene" in known.params.stage_words else None
    tags = _tags(look, known, scene["characters"], said, stage)
    fields = {
        **_always(scene["characters"], scene["people"], stage, known),
        "tags": _ordered(tags, look.tags, known),
        "sentence": _sentence(look, known),
    }
    return fields, tags


def composite_fields(
    composite: Row,
    parts: Sequence[Row],
    looks: Sequence[Seen],
    behind: Seen | None,
    known: Known,
    said: Collection[str],
) -> tuple[Fields, list[str]]:
    """The fields of a composite, and the tags of its parts, each once; see `crop_fields`.

    Args:
        parts: crops it was made of, left to right.
        looks: what the model sees in each of them.
        behind: what it sees in the scene behind figures that were cut out; None of joined crops.
    """
    stage = _stage(composite["stage"], parts)
    of_part = [_tags(look, known, [part["character"]], said, stage) for part, look in zip(parts, looks, strict=True)]
    place: list[str] = []
    if behind:
        of_part = [[tag for tag in tags if not has_word(tag, known.params.place_words)] for tags in of_part]
        place = [tag for tag in _tags(behind, known, [], said, stage) if has_word(tag, known.params.place_words)]
    alone = {word.casefold() for word in known.params.people_words.values()}  # true of a part, not of the whole
    tags = list(dict.fromkeys(tag for tags in (*of_part, place) for tag in tags if tag.casefold() not in alone))
    sentences = [_sentence(look, known) for look in looks]
    each = [
        _ordered(tags, look.tags, known) + sentence
        for tags, look, sentence in zip(of_part, looks, sentences, strict=True)
    ]
    everything = (*looks, behind) if behind else looks
    places = {tag: number for look in reversed(everything) for tag, number in look.tags.items()}
    around = _ordered(place, places, known)
    fields = {
        **_always(composite["characters"], len(composite["characters"]), stage, known),
        "outfit": _outfits(parts, known),
        "tags": _ordered(tags, places, known),
        "sentence": [said for sentence in sentences for said in sentence],
        "tags_left": each[0],
        "tags_middle": [tag for part in each[1:-1] for tag in part],
        "tags_right": each[-1],
        "tags_each": [tag for part in (*each, around) for tag in part],
    }
    return fields, tags


def _stage(stage: Stage, crops: Sequence[Row]) -> Stage | None:
    """The stage, if it is known: how much a figure that the frame cuts off shows, only the tagger can see.

    Of all else the boxes know the number of people and the stage, and the cast the names, better than the tagger.
    """
    return None if stage == "full" and any(crop["cut_off"] for crop in crops) else stage


def _always(characters: Sequence[str], people: int, stage: Stage | None, known: Known) -> Fields:
    params = known.params
    return {
        "names": _names(characters, known),
        "style": _plain([params.style], known),
        "people": _plain([params.people_words.get(people)], known),
        "stage": _plain([params.stage_words.get(stage) if stage else None], known),
    }


def _tags(look: Seen, known: Known, characters: Sequence[str], said: Collection[str], stage: str | None) -> list[str]:
    """The tags to say, most certain first: without what the name stands for or another field says.

    None if the template says no tags.
    """
    if not any(field.startswith("tags") for field in said):
        return []
    params = known.params
    without = {*params.exclude, *known.trigger.values()}
    without |= set(params.people_words.values()) if "people" in said else set()
    without |= set(params.stage_words.values()) if "stage" in said and stage else set()
    core = {tag for name in characters for tag in known.core.get(name, ())}
    silent = {word.casefold() for word in without | core}
    left = [tag for tag in look.tags if tag.casefold() not in silent]
    return (without_overlaps(left) if params.drop_overlaps else left)[: params.max_tags]


def _ordered(tags: Sequence[str], places: Mapping[str, int], known: Known) -> list[str]:
    params = known.params
    ordered = sorted(tags, key=places.__getitem__) if params.order == "list" else tags
    return [written(tag, params.weights, params.escape) for tag in ordered]


def _names(characters: Sequence[str], known: Known) -> list[str]:
    return _plain(dict.fromkeys(known.trigger[name] for name in characters), known)


def _outfits(crops: Sequence[Row], known: Known) -> list[str]:
    if not known.params.outfit:
        return []
    return _plain(dict.fromkeys(spoken(crop["outfit_name"]) for crop in crops if crop["outfit_name"]), known)


def _sentence(look: Seen, known: Known) -> list[str]:
    return _plain([look.sentence], known)


def _plain(texts: Collection[str | None], known: Known) -> list[str]:
    return [escaped(text) if known.params.escape else text for text in texts if text]

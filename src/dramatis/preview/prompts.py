"""What is drawn: prompts, seeds and keys, the same for every checkpoint."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dramatis.core import seeds

PLACE = "{trigger}"


class Request(NamedTuple):
    """One picture to draw of each checkpoint."""

    key: str
    """`<character>-<prompt:02d>-<n:02d>`."""
    character: str
    prompt: str
    wanted: list[str]
    seed: int


def wanted_tags(template: str) -> list[str]:
    """Tags that a template asks for beside the character: its parts between commas without the trigger, in order."""
    parts = [part.strip() for part in template.split(",")]
    return [part for part in parts if part and PLACE not in part]


def requests(triggers: Mapping[str, str], templates: Sequence[str], images: int, seed: int) -> list[Request]:
    """Every picture of one checkpoint.

    Args:
        triggers: trigger word of each character.
        templates: prompts with `{trigger}`.
        images: pictures of each prompt and character.
        seed: of the stage; a picture's own depends on character, template and number, so more prompts change no other.
    """
    return [
        Request(
            f"{character}-{number:02d}-{n:02d}",
            character,
            template.replace(PLACE, trigger),
            wanted_tags(template),
            seeds.derive(seed, character, template, n),
        )
        for character, trigger in triggers.items()
        for number, template in enumerate(templates)
        for n in range(images)
    ]

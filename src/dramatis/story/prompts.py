"""Prompts of scenes as panels are drawn from them: trigger words first, the style last, no longer than what is read."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dramatis.backends.writers import Actor
from dramatis.core.captions import JOINT
from dramatis.core.errors import ParameterError
from dramatis.core.foreign import read_configuration
from dramatis.core.storyboard import MOST_LETTERS, Scene
from dramatis.diffusion.emphasis import pieces
from dramatis.diffusion.tokens import count_tokens
from dramatis.story.params import Limits

MARKS = 2
"""Tokens that mark the beginning and the end of a text."""
_ORDER = ("left", "middle", "right")


class UnfitError(Exception):
    """What is wrong with scenes, in words for who wrote them."""


def finished(scene: Scene, actors: Mapping[str, Actor], style: str | None) -> Scene:
    """A scene whose people stand left to right and wear what they always wear, its prompt in order.

    Trigger words go first, from left to right, and the words of the style last; nothing stands twice.
    """
    people = sorted(scene.characters, key=lambda one: _ORDER.index(one.side))
    people = [one.model_copy(update={"outfit": one.outfit or actors[one.name].outfit}) for one in people]
    triggers = [actors[one.name].trigger for one in people]
    last = style.split(JOINT) if style else []
    words = [word.strip() for word in scene.prompt.split(",")]
    inside = [word for word in words if word and word not in (*triggers, *last)]
    prompt = JOINT.join(dict.fromkeys((*triggers, *inside, *last)))
    return scene.model_copy(update={"characters": people, "prompt": prompt})


def shortened(scene: Scene, actors: Mapping[str, Actor], style: str | None, limits: Limits) -> Scene:
    """A scene whose prompt lost so many words before the style that all of it is read.

    The last go first; trigger words and style stay.
    """
    most = most_tokens(limits)
    if most is None:
        return scene
    triggers, last = len(scene.characters), len(style.split(JOINT)) if style else 0
    words = scene.prompt.split(JOINT)
    front, middle, back = words[:triggers], words[triggers : len(words) - last], words[len(words) - last :]
    choices = [JOINT.join([*front, *middle[:count], *back]) for count in range(len(middle), -1, -1)]
    counts = count_tokens(choices, limits.tokenizer)
    fits = (text for text, count in zip(choices, counts, strict=True) if text and count <= most)
    return scene.model_copy(update={"prompt": next(fits, choices[-1] or choices[0])})


def check_prompts(scenes: Sequence[Scene], actors: Mapping[str, Actor], limits: Limits) -> None:
    """Refuses prompts that are not read whole, that weigh a word too much, or that do not say who is seen.

    Raises:
        UnfitError: names the scene.
    """
    for number, scene in enumerate(scenes, 1):
        words = [word.strip() for word in scene.prompt.split(",")]
        lacking = next((one.name for one in scene.characters if actors[one.name].trigger not in words), None)
        if lacking:
            raise UnfitError(f"scene {number}: its prompt lacks the trigger word `{actors[lacking].trigger}`")
        try:
            pieces(scene.prompt)
        except ParameterError as error:
            raise UnfitError(f"scene {number}: {error.problem}") from None
        if len(scene.prompt) > MOST_LETTERS:  # with the style, which its writer did not see
            raise UnfitError(f"scene {number}: its prompt has {len(scene.prompt)} letters, at most {MOST_LETTERS}")
    most = most_tokens(limits)
    if most is not None:
        _check_lengths([scene.prompt for scene in scenes], limits.tokenizer, most)


def most_tokens(limits: Limits) -> int | None:
    """Tokens of a prompt that are read: the least limit, and no more than the encoder takes; None for no limit."""
    if not limits.token_limits:
        return None
    config = limits.tokenizer / "tokenizer_config.json"
    window = read_configuration(config).get("model_max_length") if config.is_file() else None
    return min([*limits.token_limits, *([window - MARKS] if isinstance(window, int) else [])])


def _check_lengths(prompts: Sequence[str], tokenizer: Path, most: int) -> None:
    for number, count in enumerate(count_tokens(prompts, tokenizer), 1):
        if count > most:
            raise UnfitError(f"scene {number}: its prompt has {count} tokens, of which only {most} are read")

"""What stage `panels` reads of params.yaml beside the story."""

from typing import NamedTuple

from dramatis.backends.detect import DetectChoice
from dramatis.backends.embed import EmbedChoice
from dramatis.backends.tag import TagChoice
from dramatis.core.params import load_params
from dramatis.panels.params import CaptionWords, PanelsParams, Sight


class Settings(NamedTuple):
    """What the project says beside the story."""

    panels: PanelsParams
    detect: DetectChoice
    embed: EmbedChoice
    tag: TagChoice
    sight: Sight
    caption: CaptionWords


def load_settings() -> Settings:
    """The sections of params.yaml.

    Raises:
        ParameterError: a key is unknown or a value out of bounds.
    """
    return Settings(
        load_params("panels", PanelsParams),
        load_params("detect", DetectChoice),
        load_params("embed", EmbedChoice),
        load_params("tag", TagChoice),
        load_params("score", Sight),
        load_params("caption", CaptionWords),
    )

"""Parameters of stage `tag`."""

from typing import Literal

from pydantic import Field

from dramatis.backends.tag import Sentence
from dramatis.core.params import Params


class TagParams(Params):
    """Which model looks at the pictures. What of its words stands in captions is decided in `caption`."""

    backend: Literal["wd14", "blip"] = Field(
        description="File in src/dramatis/backends/tag: wd14 gives tags, blip a sentence."
    )
    weights: str = Field(min_length=1, description="Folder of its weights.")
    floor: float = Field(
        ge=0, le=1, description="Tags less likely are not written down, so no threshold below it has any effect."
    )
    batch_size: int = Field(
        ge=1, le=1024, description="Pictures that go through the model together. On a CPU 1 is as fast."
    )
    providers: tuple[str, ...] = Field(
        min_length=1,
        description="What onnxruntime runs a tagger on, the first wanted most, such as CUDAExecutionProvider.",
    )
    sentence: Sentence = Field(description="How a captioner speaks.")

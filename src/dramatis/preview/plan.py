"""What a run is asked to draw: read from what it was trained on, as `run.json` says, and from the dataset."""

from collections.abc import Mapping, Sequence
from typing import Any

from dramatis.core.trained import Trained
from dramatis.preview.clusters import tag_prompts
from dramatis.preview.control import chosen, control_requests, with_controls
from dramatis.preview.params import PreviewParams
from dramatis.preview.prompts import Prompt, Request, groups, nameless, requests, singles

Row = Mapping[str, Any]


def wanted_of(
    trained: Trained,
    params: PreviewParams,
    captions: Mapping[str, Sequence[tuple[str, str]]],
    controls: Sequence[Row],
) -> list[Request]:
    """Every picture of one checkpoint, kind by kind.

    A ControlNet draws after control images only, as it is the bare base without them. A run without characters, which
    learned a style, draws the fixed prompts without a name.

    Args:
        trained: the run.
        params: section `preview`.
        captions: trigger word and caption of each character's training pictures.
        controls: rows of configuration `control` to choose from; for a ControlNet.
    """
    if trained.method == "controlnet":
        return _controlled(trained, params, controls)
    fixed = list(
        singles(trained.triggers, params.fixed.prompts) if trained.triggers else nameless(params.fixed.prompts)
    )
    asked = {
        "tags": [prompt for character in trained.triggers for prompt in _tags(character, trained, params, captions)],
        "fixed": fixed,
        "guard": fixed,
        "pair": list(groups(trained.triggers, params.pair)),
    }
    made = [
        request
        for purpose, prompts in asked.items()
        for request in requests(purpose, prompts, getattr(params, purpose), params.seed, trained.style)
    ]
    return made + _nobody(params)


def _tags(
    character: str, trained: Trained, params: PreviewParams, captions: Mapping[str, Sequence[tuple[str, str]]]
) -> list[Prompt]:
    if not params.tags.images:
        return []
    spoken = captions[character]
    templates = tag_prompts([text for _, text in spoken], spoken[0][0], params.tags) if spoken else []
    return list(singles({character: trained.triggers[character]}, templates))


def _nobody(params: PreviewParams) -> list[Request]:
    return requests("forget", [Prompt((), text, {}) for text in params.forget.prompts], params.forget, params.seed)


def _controlled(trained: Trained, params: PreviewParams, controls: Sequence[Row]) -> list[Request]:
    rows = chosen(controls, trained.triggers, params.control, params.seed)
    made = control_requests(rows, trained.triggers, params.control, params.seed)
    images = [request.control for request in made[:: params.control.images] if request.control] if made else []
    return made + (with_controls(_nobody(params), images) if images else [])

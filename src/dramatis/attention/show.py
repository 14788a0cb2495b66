"""Attention maps as pictures: where a drawn picture looked at each word of its prompt."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch

from dramatis.attention.maps import of_word
from dramatis.attention.processors import watched
from dramatis.attention.steer import Steered
from dramatis.attention.words import places, prompt_of, spans
from dramatis.core.images import Image
from dramatis.diffusion.emphasis import plain
from dramatis.diffusion.emphasised import encode
from dramatis.diffusion.model import Model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.sample import decoded, denoised, first_noise, own_size
from dramatis.diffusion.samplers import build_sampler

LINE_PX = 14
"""Height of the line with the word above each map."""


@torch.no_grad()
def word_maps(
    model: Model,
    prompt: str,
    seed: int,
    params: DrawingParams,
    words: Sequence[str] | None = None,
    tokens: int = 75,
    zero_terminal_snr: bool = False,
) -> tuple[Image, dict[str, np.ndarray]]:
    """The picture of a prompt, and where it looks at each word: a map of the picture's size [0..1], 1 where most.

    Maps are means over layers, heads and steps (see `maps.of_word`), each scaled to its own range: they say where, and
    not how much.

    Args:
        words: words or phrases of the prompt; None is each part between commas.
        tokens, zero_terminal_snr: as for `sample`.

    Raises:
        ParameterError: a word is not in the prompt, or not read.
    """
    said = prompt_of(model, prompt, tokens)
    wanted = words if words is not None else [part.strip() for part in plain(prompt).split(",") if part.strip()]
    states = {word: [one for span in spans(model, said, word) for one in places(said, span)] for word in wanted}
    size = (params.width_px or own_size(model)[0], params.height_px or own_size(model)[1])
    texts = [params.negative, prompt] if params.guidance > 1 else [prompt]
    with watched(model) as watch:
        steering = Steered(watch, [None], maps=True)
        scheduler = build_sampler(model.pipeline.scheduler.config, params.sampler, zero_terminal_snr)
        conditioning, noise = encode(model, texts, tokens), first_noise(model, [seed], size)
        image = next(decoded(model, denoised(model, scheduler, conditioning, noise, params, None, steering)))
    crosses, selves = steering.crosses[0], steering.selves[0]
    maps = {word: of_word(crosses, selves, found).cpu().numpy() for word, found in states.items()}
    return image, {word: cv2.resize(one, size, interpolation=cv2.INTER_LINEAR) for word, one in maps.items()}


def map_sheet(image: Image, maps: dict[str, np.ndarray], scale: int = 2) -> Image:
    """The picture, and beside it the same darkened where a word was not looked at, the word above each."""
    cells = [_titled("", image, scale)]
    cells += [
        _titled(word, (image * (0.15 + 0.85 * one[..., None])).astype(np.uint8), scale) for word, one in maps.items()
    ]
    return np.hstack(cells)


def _titled(word: str, image: Image, scale: int) -> Image:
    large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
    line = np.full((LINE_PX, large.shape[1], 3), 255, np.uint8)
    cv2.putText(line, word, (2, LINE_PX - 4), cv2.FONT_HERSHEY_SIMPLEX, 0.35, (0, 0, 0), 1, cv2.LINE_AA)
    return np.vstack([line, large])

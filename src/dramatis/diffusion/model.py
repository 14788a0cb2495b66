"""A base model with all that training and drawing need of it, whichever family it is of."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from diffusers import ControlNetModel, DDIMScheduler, DDPMScheduler

from dramatis.core.errors import ParameterError
from dramatis.diffusion.load import Pipeline, load_pipeline
from dramatis.diffusion.prompts import CHUNK, states

if TYPE_CHECKING:
    from diffusers import ModelMixin
    from transformers import CLIPTextModel, CLIPTokenizer

REMEMBERED = 512
"""Texts whose conditioning is kept, at most."""
TRAINED_LAYER = {"sd": None, "sdxl": 2}
"""Layer of the text encoders that the family was trained with, counted from the last; None is the encoder's output."""


class Conditioning(NamedTuple):
    """What the texts of a batch say to the UNet."""

    hidden: torch.Tensor
    """Hidden states of the text encoders, shape (B, T, D)."""
    pooled: torch.Tensor | None
    """SDXL: pooled output of the second encoder, shape (B, P)."""


class Model:
    """A pipeline of diffusers, read in one way.

    Attributes:
        family: `sd` (SD 1.5 and its like) or `sdxl`.
        clip_skip: layer of the text encoders, counted from the last (1); None is what the family was trained with. In
            `sd` that is the last, and the final norm follows whichever it is. In `sdxl` it is the last but one (2), of
            both encoders and without a norm; the pooled output is always that of the last layer.
        scheduler: the noise schedule of training, and what is predicted.
        remembers: whether conditioning is kept by text while no encoder learns. Each text is then encoded by itself, so
            that its bits do not depend on its neighbours; False encodes a batch at once.
    """

    controlnet: ControlNetModel | None = None
    """Looks at control images, where one was applied, at this strength:"""
    controlnet_scale: float = 1.0

    def __init__(self, pipeline: Pipeline, clip_skip: int | None = None, zero_terminal_snr: bool = False):
        self.pipeline, self.clip_skip = pipeline, clip_skip
        self.family = "sdxl" if getattr(pipeline, "text_encoder_2", None) is not None else "sd"
        self.remembers = True
        self._said: dict[tuple[str, int], Conditioning] = {}
        self._seen: tuple[Any, ...] = ()
        layers = min(encoder.config.num_hidden_layers for encoder in self.encoders().values())
        if clip_skip is not None and clip_skip > layers:
            raise ParameterError(
                f"clip_skip = {clip_skip}", f"the base's text encoder has {layers} layers", "Mend `runs` in params.yaml"
            )

        self._own, self._drawing = dict(pipeline.scheduler.config), pipeline.scheduler
        self.set_schedule(zero_terminal_snr)

    def set_schedule(self, zero_terminal_snr: bool) -> None:
        """The base's noise schedule, or the same scaled to end in pure noise, for training and for drawing.

        Lin et al., "Common diffusion noise schedules and sample steps are flawed" (arXiv 2305.08891): the betas are
        rescaled (algorithm 1), and drawing begins at the very last timestep. `pipeline.scheduler` has both in its
        configuration, from which any sampler may be built.

        Raises:
            ParameterError: the base predicts epsilon, from which nothing is learned where all is noise.
        """
        own = dict(self._own)
        self.pipeline.scheduler = self._drawing
        if zero_terminal_snr:
            if own.get("prediction_type", "epsilon") == "epsilon":
                raise ParameterError(
                    "train.objective.zero_terminal_snr = true",
                    "this base predicts epsilon; only bases that predict v or the sample can learn from pure noise",
                    "Say false, or take a v-prediction base",
                )
            own |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
            self.pipeline.scheduler = DDIMScheduler.from_config(own)
        self.scheduler = DDPMScheduler.from_config(own)

    @cached_property
    def device(self) -> torch.device:
        """Where it is; asked once, as diffusers walks through all modules to tell."""
        return self.pipeline.unet.device

    def encoders(self) -> dict[str, "CLIPTextModel"]:
        """Text encoders by the names that diffusers gives them."""
        names = ("text_encoder", "text_encoder_2") if self.family == "sdxl" else ("text_encoder",)
        return {name: getattr(self.pipeline, name) for name in names}

    def tokenizers(self) -> dict[str, "CLIPTokenizer"]:
        """Tokenizer of each text encoder, by that encoder's name."""
        return {name: getattr(self.pipeline, name.replace("text_encoder", "tokenizer")) for name in self.encoders()}

    def parts(self) -> dict[str, "ModelMixin | CLIPTextModel"]:
        """UNet and text encoders by the names that diffusers gives them."""
        return {"unet": self.pipeline.unet} | self.encoders()

    def encode(self, texts: Sequence[str], tokens: int = CHUNK) -> Conditioning:
        """Conditioning of texts, of which `tokens` (75, 150, 225) are read, in one, two or three chunks.

        While no encoder has a parameter that learns, what was said before is kept. Bits are the same as without.
        """
        learns = self._learns()
        if learns or not self.remembers:
            self.forget()
            with torch.set_grad_enabled(learns and torch.is_grad_enabled()):
                return self._encoded(texts, tokens)
        if (now := self._state()) != self._seen:
            self.forget()
            self._seen = now
        for text in dict.fromkeys(texts):
            if (text, tokens) not in self._said:
                with torch.no_grad():
                    self._said[text, tokens] = self._encoded([text], tokens)
        found = [self._said[text, tokens] for text in texts]
        for old in list(self._said)[: max(len(self._said) - REMEMBERED, 0)]:
            del self._said[old]
        pooled = [one.pooled for one in found if one.pooled is not None]
        return Conditioning(torch.cat([one.hidden for one in found]), torch.cat(pooled) if pooled else None)

    def forget(self) -> None:
        """Drops what `encode` keeps; needed only after a change that no parameter shows, such as an adapter's scale."""
        self._said.clear()
        self._seen = ()

    def _encoded(self, texts: Sequence[str], tokens: int) -> Conditioning:
        layer = self.clip_skip if self.clip_skip is not None else TRAINED_LAYER[self.family]
        if self.family == "sd" and layer == 1:
            layer = None  # the encoder's own output is the last layer with its norm
        tokenizers = self.tokenizers()
        found = [
            states(tokenizers[name], encoder, texts, tokens, layer, norm=self.family == "sd")
            for name, encoder in self.encoders().items()
        ]
        hidden = torch.cat([hidden for hidden, _ in found], dim=-1) if len(found) > 1 else found[0][0]
        return Conditioning(hidden, found[-1][1])

    def _learns(self) -> bool:
        """True if an encoder has a parameter that learns, or leaves out inputs by chance."""
        encoders = self.encoders().values()
        return any(p.requires_grad for encoder in encoders for p in encoder.parameters()) or any(
            isinstance(module, torch.nn.Dropout) and module.training and module.p > 0
            for encoder in encoders
            for module in encoder.modules()
        )

    def _state(self) -> tuple[Any, ...]:
        """What decides the conditioning of a text: it differs once a weight, the tokenizer or the precision does."""
        kind = self.device.type
        weights = tuple((p.data_ptr(), p._version) for e in self.encoders().values() for p in e.parameters())
        words = tuple(len(tokenizer) for tokenizer in self.tokenizers().values())
        autocast = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else None
        return weights, words, autocast, self.clip_skip

    def denoise(
        self,
        noisy: torch.Tensor,
        t: torch.Tensor,
        conditioning: Conditioning,
        time_ids: torch.Tensor | None = None,
        **residuals: Any,
    ) -> torch.Tensor:
        """What the UNet predicts, shape of `noisy`.

        Args:
            noisy: scaled latents with noise, shape (B, C, H, W).
            t: timesteps, shape (B,).
            conditioning: of B texts.
            time_ids: SDXL: original height and width, top and left of the cut, target height and width [px], (B, 6).
            residuals: of a ControlNet, as the UNet takes them.

        Raises:
            ValueError: the family is SDXL, and there are no time ids.
        """
        added = self.added(conditioning, time_ids)
        return self.pipeline.unet(noisy, t, conditioning.hidden, added_cond_kwargs=added, **residuals).sample

    def residuals(
        self,
        controlnet: ControlNetModel,
        noisy: torch.Tensor,
        t: torch.Tensor,
        conditioning: Conditioning,
        time_ids: torch.Tensor | None,
        control: torch.Tensor,
        scale: float = 1.0,
    ) -> dict[str, object]:
        """What a ControlNet adds to the UNet's features, as `denoise` takes it.

        Args:
            controlnet: of a UNet like this one's.
            noisy, t, conditioning, time_ids: as for `denoise`.
            control: control images, shape (B, 3, H, W) [px, 0..1].
            scale: strength; 1 is as trained.
        """
        down, middle = controlnet(
            noisy,
            t,
            encoder_hidden_states=conditioning.hidden,
            controlnet_cond=control.to(noisy),
            conditioning_scale=scale,
            added_cond_kwargs=self.added(conditioning, time_ids),
            return_dict=False,
        )
        return {"down_block_additional_residuals": down, "mid_block_additional_residual": middle}

    def added(self, conditioning: Conditioning, time_ids: torch.Tensor | None) -> dict[str, torch.Tensor] | None:
        """What SDXL's UNet and ControlNets take as `added_cond_kwargs`; None in the other family."""
        if self.family == "sd":
            return None
        if time_ids is None or conditioning.pooled is None:
            raise ValueError("SDXL needs time_ids and a pooled output")
        return {"text_embeds": conditioning.pooled, "time_ids": time_ids.to(self.device)}

    def checkpoint_activations(self) -> None:
        """Works activations out twice instead of keeping them: less memory, about half as fast again.

        The text encoders do so only in training mode, which changes nothing else in them, as CLIP drops nothing out.
        """
        self.pipeline.unet.enable_gradient_checkpointing()
        for encoder in self.encoders().values():
            encoder.activation_checkpointing_enable({"use_reentrant": False})
            encoder.train()


def load_model(
    base: str,
    device: str = "cpu",
    precision: str = "fp32",
    clip_skip: int | None = None,
    zero_terminal_snr: bool = False,
) -> Model:
    """The base as a `Model`.

    Args:
        base, device, precision: as for `load_pipeline`, errors likewise.
        clip_skip, zero_terminal_snr: as for `Model` and `Model.set_schedule`; of a trained run, run.json tells them.

    Raises:
        ParameterError: the text encoder has fewer layers than `clip_skip`, or zero terminal SNR with epsilon.
    """
    return Model(load_pipeline(base, device, precision), clip_skip, zero_terminal_snr)

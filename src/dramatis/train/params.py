"""Parameters of stage `train`."""

from typing import Any, Literal

from pydantic import Field, model_validator

from dramatis.core.params import Params, validate
from dramatis.core.runs import Run


class LoraParams(Params):
    """A low-rank adapter: W + alpha / rank · B A."""

    rank: int = Field(ge=1, le=256, description="Rank in the UNet.")
    alpha: float = Field(gt=0, description="Strength in the UNet; the update is scaled by alpha / rank.")
    text_rank: int = Field(ge=0, le=256, description="Rank in the text encoder; 0 leaves it alone.")
    text_alpha: float = Field(gt=0, description="Strength in the text encoder.")
    targets: Literal["attn", "attn-mlp", "full"] = Field(
        description="Layers of the UNet: attention; with feed-forward and projections; with convolutions too."
    )


class Rates(Params):
    """Learning rates of the parts."""

    unet: float = Field(gt=0, le=1, description="Of the UNet.")
    text_encoder: float = Field(gt=0, le=1, description="Of the text encoder.")


class Schedule(Params):
    """How the learning rates change over the run."""

    name: Literal["constant", "linear", "cosine"] = Field(description="Shape of the decay to zero; constant has none.")
    warmup_steps: int = Field(ge=0, description="Steps of linear growth from zero.")
    decay_from: float = Field(ge=0, lt=1, description="Share of the run after which the decay begins [0..1].")


class Captions(Params):
    """What happens to a caption each time it is drawn."""

    shuffle: bool = Field(description="Shuffle the tags after the kept ones.")
    keep: int = Field(ge=0, description="Tags at the beginning that always stay, where they are (the name).")
    tag_dropout: float = Field(
        ge=0,
        le=1,
        description="Share of the other tags left out, so that the name learns what a tag always comes with [0..1].",
    )
    dropout: float = Field(ge=0, le=1, description="Share of captions left empty, which guidance needs [0..1].")


class Prior(Params):
    """Regularization pictures in each batch."""

    share: float = Field(ge=0, lt=1, description="Share of each batch that is regularization [0..1].")
    weight: float = Field(ge=0, description="Weight of their loss against the instance pictures'.")


class TrainParams(Params):
    """How every run is trained, unless the run itself says otherwise (`runs.<run>.train`)."""

    seed: int = Field(ge=0, description="Seed of the adapter, the batches, the captions and the noise.")
    steps: int = Field(ge=1, description="Optimizer steps.")
    save_every: int = Field(ge=1, description="Steps between checkpoints; the last step is always one.")
    batch_size: int = Field(ge=1, description="Pictures in a step.")
    lora: LoraParams = Field(description="The method `lora`.")
    learning_rate: Rates = Field(description="Learning rates.")
    schedule: Schedule = Field(description="Learning-rate schedule.")
    captions: Captions = Field(description="Caption processing.")
    prior: Prior = Field(description="Prior preservation.")
    face_weight: float = Field(
        ge=1, le=100, description="Weight of the loss inside the character's face; 1 is as much as elsewhere."
    )
    min_snr: float | None = Field(None, gt=0, description="Gamma of min-SNR weighting (arXiv 2303.09556); null is off.")
    weight_decay: float = Field(ge=0, description="Of AdamW.")
    max_grad_norm: float = Field(gt=0, description="Gradients are scaled down to this length.")
    precision: Literal["fp32", "bf16"] = Field(description="Of the base; the adapter is always fp32. CPU: fp32.")
    device: Literal["cpu", "cuda"] = Field(description="Where to train.")
    threads: int = Field(ge=1, description="CPU threads; part of the recipe, as their number changes rounding.")

    @model_validator(mode="after")
    def _some_are_instances(self) -> "TrainParams":
        if round(self.batch_size * self.prior.share) >= self.batch_size:
            raise ValueError("prior.share leaves no instance picture in a batch")
        return self


def params_of(params: TrainParams, run: Run, name: str) -> TrainParams:
    """The section `train` with what the run says otherwise.

    Raises:
        ParameterError: the run names an unknown key or a value out of bounds.
    """
    return validate(_merged(params.model_dump(), run.train or {}), TrainParams, f"params.yaml: runs.{name}.train")


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    both = {
        key: _merged(old[key], new[key])
        for key in old.keys() & new.keys()
        if isinstance(old[key], dict) and isinstance(new[key], dict)
    }
    return old | new | both

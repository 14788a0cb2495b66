"""Parameters of stage `train`."""

from typing import Any, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from dramatis.core.params import Key, Params

Part = Literal["unet", "text_encoder", "embedding", "controlnet"]
"""What can be trained; `text_encoder` means both encoders of SDXL."""


class AdapterParams(Params):
    """Methods `lora`, `loha`, `lokr`: W + alpha / rank · update."""

    rank: int = Field(ge=1, le=1024, description="Rank in the UNet (`dim` elsewhere).")
    alpha: float = Field(gt=0, description="Strength in the UNet; the update is scaled by alpha / rank.")
    text_rank: int = Field(ge=0, le=1024, description="Rank in the text encoder; 0 leaves it alone.")
    text_alpha: float = Field(gt=0, description="Strength in the text encoder.")
    targets: Literal["attn", "attn-mlp", "full"] = Field(
        description="Layers of the UNet: attention; with feed-forward and projections; with convolutions too."
    )
    conv_rank: int | None = Field(
        ge=1, le=1024, description="Rank of 3x3 convolutions under `full`; null is that of the others."
    )
    conv_alpha: float | None = Field(gt=0, description="Strength of 3x3 convolutions; null is that of the others.")
    dropout: float = Field(ge=0, lt=1, description="Share of an adapter's inputs left out while training [0..1].")
    factor: int | None = Field(ge=2, description="lokr: size of the smaller Kronecker factor; null is near the root.")
    dora: bool = Field(description="lora: learn the length of each column apart from its direction (DoRA).")


class EmbeddingParams(Params):
    """Method `textual_inversion`."""

    vectors: int = Field(ge=1, le=75, description="Vectors of each new token.")
    init: str = Field(min_length=1, description="Word of the base whose vector the new ones begin as.")
    style: Key | None = Field(description="Token of a style, learned from every picture; null: one token a character.")


class Rates(Params):
    """Learning rates of the parts."""

    unet: float = Field(gt=0, le=1, description="Of the UNet.")
    text_encoder: float = Field(gt=0, le=1, description="Of the text encoders.")
    embedding: float = Field(gt=0, le=1, description="Of the vectors of textual inversion.")
    controlnet: float = Field(gt=0, le=1, description="Of the ControlNet.")


class Schedule(Params):
    """How the learning rates change over a phase."""

    name: Literal["constant", "linear", "cosine", "cosine_restarts", "pulsing_cosine"] = Field(
        description="Shape of the decay to zero; constant has none; pulsing_cosine falls and rises again, "
        "cosine_restarts falls and jumps."
    )
    warmup_steps: int = Field(ge=0, description="Steps of linear growth from zero.")
    decay_from: float = Field(
        ge=0, lt=1, description="linear, cosine: share of the phase after which it begins [0..1]."
    )
    cycle_epochs: float | None = Field(
        gt=0, description="pulsing_cosine, cosine_restarts: length of a cycle [epochs]; R0 took 0.5 to 2."
    )

    @model_validator(mode="after")
    def _cycles_have_a_length(self) -> "Schedule":
        if self.name in ("cosine_restarts", "pulsing_cosine") and self.cycle_epochs is None:
            raise ValueError(f"{self.name} needs cycle_epochs")
        return self


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
    tokens: Literal[75, 150, 225] = Field(
        description="Tokens of a caption that are read, in chunks of what the text encoder takes at once."
    )


class Prior(Params):
    """Class (regularization) pictures beside the instance pictures."""

    share: float | None = Field(
        ge=0, lt=1, description="Share of each batch that is class pictures [0..1]; null: as often as the plan says."
    )
    weight: float = Field(ge=0, description="Weight of their loss against the instance pictures'.")


class Sets(Params):
    """How often the configurations of the dataset are seen: factors on the plan's `per_epoch`; 0 leaves one out."""

    characters: NonNegativeFloat = Field(description="Crops and their variants of the run's characters.")
    scenes: NonNegativeFloat = Field(description="Whole frames in which only the run's characters are named.")
    composites: NonNegativeFloat = Field(description="Composites of only the run's characters.")
    control: NonNegativeFloat = Field(
        description="Pictures with control images: all that `controlnet` learns from, and nothing to other methods."
    )
    control_kinds: list[str] | None = Field(
        min_length=1, description="Kinds of control images that are seen, of `control.kinds`; null: all."
    )
    regularization: NonNegativeFloat = Field(description="Class pictures; see also `prior`.")


class Objective(Params):
    """The loss."""

    min_snr: PositiveFloat | None = Field(description="Gamma of min-SNR weighting (arXiv 2303.09556); null is off.")
    noise_offset: float = Field(
        ge=0, le=1, description="Strength of a noise that is constant over a channel; 0 is off."
    )
    pyramid_noise: float = Field(ge=0, lt=1, description="Discount of coarser noise at each octave; 0 is off.")
    huber: PositiveFloat | None = Field(description="Error above which the loss grows linearly; null is squared error.")
    zero_terminal_snr: bool = Field(description="Scale the noise schedule so that its end is pure noise.")
    face_weight: float = Field(
        ge=1, le=100, description="Weight of the loss inside the character's face; 1 is as much as elsewhere."
    )


class Optimizer(Params):
    """What turns gradients into steps."""

    name: Literal["adamw", "adamw8bit"] = Field(description="adamw8bit needs a GPU and the package bitsandbytes.")
    weight_decay: float = Field(ge=0, description="Of AdamW.")
    max_grad_norm: float = Field(gt=0, description="Gradients are scaled down to this length.")


class Validation(Params):
    """Loss on held-out pictures at fixed noise and timesteps, per character."""

    every: PositiveInt | None = Field(description="Steps between measurements; null measures nothing.")
    timesteps: list[float] = Field(
        min_length=1, description="Shares of the noise schedule at which it is measured [0..1]."
    )
    pictures: PositiveInt = Field(description="Held-out pictures of each character, at most.")


class TrainParams(Params):
    """How every run is trained, unless the run itself (`runs.<run>.train`) or its phase says otherwise."""

    seed: int = Field(ge=0, description="Seed of the adapter, the batches, the captions and the noise.")
    steps: PositiveInt | None = Field(description="Optimizer steps; null: `epochs` and `min_steps` decide.")
    epochs: PositiveFloat | None = Field(
        description="Epochs of the plan, rounded up to whole steps; null: `steps` says."
    )
    min_steps: int = Field(ge=0, description="With `epochs`: steps at the least, such as 3000 (R3).")
    save_every: PositiveInt | None = Field(
        description="Steps between checkpoints; the last step is always one; null: only it."
    )
    save_epochs: PositiveFloat | None = Field(description="The same in epochs; null: `save_every` says.")
    save_precision: Literal["fp32", "fp16", "bf16"] = Field(description="Of the numbers in checkpoints.")
    batch_size: PositiveInt = Field(description="Pictures in a step and on the device at once.")
    accumulation: PositiveInt = Field(description="Batches whose gradients make one step.")
    resolution_px: PositiveInt | None = Field(
        description="Train at another size than `dataset.resolution_px`: buckets are scaled; null: as the plan says."
    )
    parts: list[Part] | None = Field(min_length=1, description="What is trained; null: all that the method can.")
    text_encoder_steps: PositiveInt | None = Field(
        description="Steps after which the text encoder stands still (R1: 350); null: never."
    )
    adapter: AdapterParams = Field(description="Methods lora, loha, lokr.")
    embedding: EmbeddingParams = Field(description="Method textual_inversion.")
    learning_rate: Rates = Field(description="Learning rates.")
    schedule: Schedule = Field(description="Learning-rate schedule.")
    sets: Sets = Field(description="What is seen how often.")
    per_subject: dict[PositiveInt, NonNegativeFloat] | None = Field(
        description="By the least number of a character's pictures, how many are seen in an epoch (R0: "
        "{100: 40, 1: 4}); null: as the plan says."
    )
    prior: Prior = Field(description="Prior preservation.")
    captions: Captions = Field(description="Caption processing.")
    objective: Objective = Field(description="The loss.")
    optimizer: Optimizer = Field(description="The optimizer.")
    ema: float | None = Field(
        gt=0, lt=1, description="Decay of a running mean of the weights, which is saved; null is off."
    )
    validation: Validation = Field(description="Loss on held-out pictures.")
    gradient_checkpointing: bool = Field(description="Work activations out twice: less memory, half as fast again.")
    cache: bool = Field(description="Keep latents in work/latents for the next run; the result is the same without.")
    precision: Literal["fp32", "bf16", "fp16"] = Field(
        description="Of the forward pass; what learns is fp32. CPU: fp32."
    )
    device: Literal["cpu", "cuda"] = Field(description="Where to train.")
    deterministic: bool = Field(
        description="On a GPU: only operations that give the same bits again, where torch has them."
    )
    threads: PositiveInt = Field(description="CPU threads; part of the recipe, as their number changes rounding.")
    phases: list[dict[str, Any]] = Field(
        description="Phases one after the other: `name`, `from` (a phase or `base`, of all or by part), and keys of "
        "this section that differ in it; empty: a single phase."
    )

    @model_validator(mode="after")
    def _lengths_are_said_once(self) -> "TrainParams":
        if (self.steps is None) == (self.epochs is None):
            raise ValueError("say either steps or epochs, and null for the other")
        if self.save_every is not None and self.save_epochs is not None:
            raise ValueError("say either save_every or save_epochs, and null for the other")
        return self

    @model_validator(mode="after")
    def _batches_hold_both_kinds(self) -> "TrainParams":
        share = self.prior.share or 0
        guests = round(self.batch_size * share)
        if guests >= self.batch_size:
            raise ValueError("prior.share leaves no instance picture in a batch")
        if share and not guests and self.sets.regularization:
            raise ValueError(
                f"prior.share = {share} of {self.batch_size} pictures is none; raise batch_size, say null (as often as "
                "the plan says), or sets.regularization = 0"
            )
        return self

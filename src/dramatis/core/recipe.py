"""Recipes: everything that decides one drawn picture, so that anybody can draw it again."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from dramatis.core.params import Key, Params

Share = Annotated[float, Field(ge=0, le=1)]
Region = tuple[Share, Share, Share, Share]
"""Left, top, right and bottom of a part of the picture [share of width, height], half-open."""
MOST_SEED = 2**53 - 1
"""Largest seed of a picture: a browser counts no further without loss."""
Seed = Annotated[int, Field(ge=0, le=MOST_SEED)]


class Figure(Params):
    """A character in a picture: who, drawn by what, and where."""

    character: Key = Field(description="Key of the character.")
    run: Key = Field(description="Run whose checkpoint draws this character.")
    step: int = Field(ge=1, description="Step of that checkpoint.")
    checkpoint: str = Field(description="SHA-256 of the checkpoint's weights, of which 16 digits are enough.")
    scale: float = Field(1.0, ge=-2, le=2, description="Strength of its adapter: 1 is as trained.")
    prompt: str = Field(description="What is said of this character alone; used where there are several.")
    region: Region | None = Field(None, description="Where this character is; null: anywhere.")


class ControlImage(Params):
    """A picture that a ControlNet looks at."""

    run: Key = Field(description="Run of method controlnet.")
    step: int = Field(ge=1, description="Step of its checkpoint.")
    checkpoint: str | None = Field(None, description="SHA-256 of its weights; null: whatever stands there.")
    image: str = Field(description="File, as seen from the top folder of the project.")
    sha256: str | None = Field(None, description="Of that file; null: whatever stands there.")
    scale: float = Field(1.0, ge=0, le=2, description="Strength.")


class OutsidePicture(Params):
    """A picture that was not drawn here."""

    image: str = Field(description="File, as seen from the top folder of the project.")
    sha256: str | None = Field(None, description="Of that file; null: whatever stands there.")


class Edit(Params):
    """A change of a drawn picture that leaves the rest as it is."""

    kind: Literal["replace", "refine", "reweight", "img2img", "inpaint"] = Field(description="How it is changed.")
    word: str | None = Field(None, description="The word of the prompt that is replaced or reweighted.")
    by: str | None = Field(None, description="What stands in its place, or what is added behind it (refine).")
    weight: float | None = Field(None, ge=-5, le=5, description="Of reweight: times as much attention; 1 is as before.")
    prompt: str | None = Field(None, description="Of img2img and inpaint: what is drawn there; null: the same prompt.")
    region: Region | None = Field(None, description="Where it may change; null: where the words' own maps say.")
    strength: float = Field(0.6, gt=0, le=1, description="Of img2img and inpaint: how much is drawn anew.")
    cross_steps: tuple[Share, Share] = Field((0.0, 0.8), description="Share of the steps with held cross-attention.")
    self_steps: tuple[Share, Share] = Field((0.0, 0.4), description="Share of the steps with held self-attention.")
    blend: float | None = Field(0.5, ge=0, le=1, description="Level of a word's map that may change; null: all may.")

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> "Edit":
        needs = {"replace": ["word", "by"], "refine": ["by"], "reweight": ["word", "weight"], "inpaint": ["region"]}
        for name in needs.get(self.kind, []):
            if getattr(self, name) in (None, ""):
                raise ValueError(f"{self.kind} needs `{name}`")
        return self


class Joining(Params):
    """How the parts of several characters become one picture."""

    whole: Share = Field(0.1, description="Weight of the whole picture's own drawing inside a region; outside: 1.")
    overlap: Share = Field(0.15, description="Border of a region that fades into its neighbour [share of its side].")
    until: Share = Field(1.0, description="Share of the steps in which regions are drawn; then only the whole picture.")


class Recipe(Params):
    """One picture: what is drawn, by what, how, and what was changed in it afterwards."""

    base: str = Field(description="Diffusers folder or single-file checkpoint.")
    clip_skip: int | None = Field(None, description="Layer of the text encoder, counted from the last; null: the last.")
    figures: list[Figure] = Field(description="Characters, left to right; several have regions or share the picture.")
    prompt: str = Field(description="Whole prompt; `(word:1.3)` gives a word more attention.")
    negative: str = Field("", description="What is steered away from.")
    seed: Seed = Field(description="Seed of the noise.")
    width_px: int = Field(ge=16, le=4096, multiple_of=8, description="Width.")
    height_px: int = Field(ge=16, le=4096, multiple_of=8, description="Height.")
    drawing: dict[str, Any] = Field(description="Sampler, steps, guidance and the rest of `DrawingParams`.")
    tokens: int = Field(75, description="How many tokens of the prompt are read: 75, 150 or 225.")
    zero_terminal_snr: bool = Field(False, description="Whether the noise schedule ends in pure noise.")
    joining: Joining = Field(Joining(), description="How several characters become one picture.")
    control: ControlImage | None = Field(None, description="A pose that is asked for; null: none.")
    picture: OutsidePicture | None = Field(None, description="What the edits start from; null: drawn from the seed.")
    mask: OutsidePicture | None = Field(None, description="White where img2img draws anew; null: everywhere.")
    edits: list[Edit] = Field([], description="Changes, one after the other.")
    versions: dict[str, str] = Field({}, description="Versions of the libraries that drew it.")

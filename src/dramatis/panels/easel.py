"""The easel: draws the picture of a recipe, with the bases and adapters that it needs loaded once."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.core.buckets import fit
from dramatis.core.digests import file_digest, tree_digest
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import Image, read_image
from dramatis.core.params import validate
from dramatis.core.recipe import ControlImage, Edit, Figure, OutsidePicture, Recipe
from dramatis.diffusion.params import DrawingParams
from dramatis.train.schema import checkpoint_name

if TYPE_CHECKING:
    from dramatis.attention.edit import Asked
    from dramatis.diffusion.model import Model

SHOWN = 16
"""Digits of a digest in messages, and as many as a recipe has to give."""


class Drawn(NamedTuple):
    """A picture that was drawn after a recipe."""

    image: Image
    """With all edits of the recipe, RGB."""
    before: Image
    """Without any."""
    mask: NDArray[np.float32] | None
    """Where the last edit was allowed to change it, shape (H, W) [0..1]; None without edits."""


class Loaded(NamedTuple):
    """What decides a model: the base, and what is put on it."""

    base: str
    clip_skip: int | None
    device: str
    precision: str
    adapters: tuple[tuple[Path, float], ...]
    """Checkpoints with their strengths, in order."""


class Easel:
    """Bases with adapters, loaded when first asked for and kept.

    Args:
        models: folder of the runs, `models/<run>/step-<n>`.
        keep: models that are held in memory at once; the one that was used longest ago goes.
    """

    def __init__(self, models: Path = Path("models"), keep: int = 4):
        self.models, self.keep = models, keep
        self._models: dict[Loaded, Model] = {}
        self._digests: dict[Path, str] = {}

    def picture(self, recipe: Recipe) -> Drawn:
        """Draws a recipe: the same recipe gives the same bytes, whatever was drawn before.

        A picture of one character, or of several without regions, is what `sample` draws, bit for bit.

        Raises:
            MissingError: a run has no such checkpoint, or a picture that the recipe names is gone.
            InputError: a checkpoint or a picture is another one than the recipe was written for, or does not fit the
                base; or the prompt has more tokens than are read.
            ParameterError: regions of two figures overlap fully, or the drawing is none that these models can do.
        """
        import torch

        drawing = validate(recipe.drawing, DrawingParams, "recipe", "drawing")
        torch.set_num_threads(drawing.threads)
        control = self._control(recipe)
        whole = self._model(recipe, recipe.figures, drawing)
        check_length(whole, recipe.prompt, recipe.tokens)
        outside, mask = self._picture(recipe.picture), self._picture(recipe.mask)
        joined = any(figure.region is not None for figure in recipe.figures)
        if outside is None and joined and len(recipe.figures) > 1:
            return self._joined(recipe, whole, drawing, control, mask)
        if recipe.edits or outside is not None:
            asked = _asked(recipe, control)._replace(picture=outside, mask=mask)
            return _edited(asked, recipe.edits, whole, drawing)
        plain = _plain(recipe, whole, drawing, control)
        return Drawn(plain, plain, None)

    def _joined(
        self, recipe: Recipe, whole: "Model", drawing: DrawingParams, control: Image | None, mask: Image | None
    ) -> Drawn:
        """A picture with regions: edits of words share its steps, what is drawn anew starts from it as it is then."""
        from dramatis.attention.edit import grouped
        from dramatis.regions.draw import EVERYWHERE, Part, sample_regions
        from dramatis.regions.masks import check_regions

        regions = [figure.region or EVERYWHERE for figure in recipe.figures]
        check_regions(regions, ", ".join(figure.character for figure in recipe.figures))
        parts = [
            Part(self._model(recipe, [figure], drawing, alone=True), figure.prompt, region)
            for figure, region in zip(recipe.figures, regions, strict=True)
        ]
        words, *others = grouped(recipe.edits)
        first, *rest = sample_regions(
            whole,
            recipe.prompt,
            parts,
            recipe.seed,
            drawing,
            recipe.joining,
            words,
            negative=recipe.negative,
            size=(recipe.width_px, recipe.height_px),
            control=control,
            tokens=recipe.tokens,
            zero_terminal_snr=recipe.zero_terminal_snr,
        )
        now = rest[-1] if rest else first
        anew = [edit for group in others for edit in group]
        if anew:
            asked = _asked(recipe, control)._replace(prompt=now.prompt, picture=now.image, mask=mask)
            return _edited(asked, anew, whole, drawing)._replace(before=first.image)
        return Drawn(now.image, first.image, now.mask if rest else None)

    def _model(self, recipe: Recipe, figures: Sequence[Figure], drawing: DrawingParams, alone: bool = False) -> "Model":
        """The base with the adapters of some figures, each run's once; and the ControlNet unless it is a part's."""
        by_run: dict[str, tuple[Path, float]] = {}
        for one in figures:
            by_run.setdefault(one.run, (self._checkpoint(one.run, one.step, one.checkpoint), one.scale))
        adapters = tuple(by_run.values())
        if recipe.control and recipe.control.scale and not alone:
            control = recipe.control
            adapters += ((self._checkpoint(control.run, control.step, control.checkpoint), control.scale),)
        wanted = Loaded(recipe.base, recipe.clip_skip, drawing.device, drawing.precision, adapters)
        if wanted not in self._models:
            while len(self._models) >= max(self.keep, 1):
                del self._models[next(iter(self._models))]
            self._models[wanted] = _load(wanted)
        self._models[wanted] = self._models.pop(wanted)  # the last used stands last
        return self._models[wanted]

    def _checkpoint(self, run: str, step: int, digest: str | None) -> Path:
        """The folder of a checkpoint, whose weights are those that the recipe was written for; None: any."""
        folder = self.models / run / checkpoint_name(step)
        if not folder.is_dir():
            remedy = f"Run `dvc repro`: stage train@{run} makes it"
            raise MissingError(str(folder), "this run has no such checkpoint", remedy)
        if folder not in self._digests:
            self._digests[folder] = tree_digest(folder)
        found = self._digests[folder]
        if digest is not None and (len(digest) < SHOWN or not found.startswith(digest)):
            problem = f"its weights are {found[:SHOWN]}, but the recipe was written for {digest[:SHOWN]}"
            raise InputError(str(folder), problem, "Get those back (`dvc checkout`), or draw the panels again")
        return folder

    def _control(self, recipe: Recipe) -> Image | None:
        """The control picture, cut to the size of the panel."""
        shown = self._picture(recipe.control)
        return None if shown is None else fit(shown, (recipe.width_px, recipe.height_px))

    def _picture(self, named: ControlImage | OutsidePicture | None) -> Image | None:
        if named is None:
            return None
        file = Path(named.image)
        if not file.is_file():
            raise MissingError(str(file), "there is no such picture", "Put it there, or take it out of the recipe")
        if named.sha256 and file_digest(file) != named.sha256:
            raise InputError(str(file), "another picture than the recipe was written for", "Get that one back")
        return read_image(file)


def _load(wanted: Loaded) -> "Model":
    from dramatis.diffusion.apply import apply
    from dramatis.diffusion.model import load_model

    model = load_model(wanted.base, wanted.device, wanted.precision, wanted.clip_skip)
    for checkpoint, scale in wanted.adapters:
        apply(model, checkpoint, scale)
    return model


def check_length(model: "Model", prompt: str, tokens: int) -> None:
    """Refuses a prompt whose end would not be read.

    Args:
        model: what draws.
        prompt: with its emphasis.
        tokens: how many should be read: 75, 150 or 225.

    Raises:
        InputError: it has more tokens; says how many.
    """
    from dramatis.diffusion.emphasis import plain
    from dramatis.diffusion.prompts import CHUNK, text_ids, window_of

    for name, tokenizer in model.tokenizers().items():
        read = max(tokens // CHUNK, 1) * (window_of(tokenizer, model.encoders()[name]) - 2)
        count = len(text_ids(tokenizer, [plain(prompt)])[0])
        if count > read:
            raise InputError("prompt", f"it has {count} tokens, of which only {read} are read", "Shorten it")


def _plain(recipe: Recipe, model: "Model", drawing: DrawingParams, control: Image | None) -> Image:
    from dramatis.diffusion.sample import sample

    return next(
        sample(
            model,
            [recipe.prompt],
            [recipe.seed],
            drawing,
            negatives=[recipe.negative],
            size=(recipe.width_px, recipe.height_px),
            controls=[control] if control is not None else None,
            tokens=recipe.tokens,
            zero_terminal_snr=recipe.zero_terminal_snr,
        )
    )


def _asked(recipe: Recipe, control: Image | None) -> "Asked":
    from dramatis.attention.edit import Asked

    size = (recipe.width_px, recipe.height_px)
    return Asked(recipe.prompt, recipe.seed, recipe.negative, size, control, recipe.tokens, recipe.zero_terminal_snr)


def _edited(asked: "Asked", edits: Sequence[Edit], model: "Model", drawing: DrawingParams) -> Drawn:
    """The picture with edits; drawn from its seed, or from a picture as it stands."""
    from dramatis.attention.edit import edited

    first, *rest = edited(model, asked, edits, drawing)
    return Drawn(rest[-1].image, first.image, rest[-1].mask) if rest else Drawn(first.image, first.image, None)

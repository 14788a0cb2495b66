"""Runs a script of another trainer as it is, with what it lacks on this machine put in its place.

`python train_rival.py SCRIPT ARGUMENTS`, under that trainer's own Python, so it imports nothing of this project. It
gives the script

- a torchvision of the few transforms that it uses, on PIL: the real one is not installed beside torch for CPUs. It
  costs nothing to import, which is in the rival's favour;
- sd-scripts: the width of the tiny UNet, as its own class has SD 1.5's written in; and the attention as the only
  target of LoRA, so that all train the same layers. Both only if the library `library.original_unet` is there.
"""

import importlib.machinery
import random
import runpy
import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

WIDTH = (32, 64, 128, 128)
"""Channels of `bench.train_base.TINY`."""


class InterpolationMode:
    """PIL's filters by torchvision's names."""

    NEAREST, BILINEAR, BICUBIC = Image.Resampling.NEAREST, Image.Resampling.BILINEAR, Image.Resampling.BICUBIC
    LANCZOS, BOX, HAMMING = Image.Resampling.LANCZOS, Image.Resampling.BOX, Image.Resampling.HAMMING


class Compose:
    def __init__(self, steps: Sequence[Callable[[Any], Any]]):
        self.steps = steps

    def __call__(self, image: Any) -> Any:
        for step in self.steps:
            image = step(image)
        return image


class Resize:
    def __init__(self, size: int, interpolation: Image.Resampling = InterpolationMode.BILINEAR):
        self.size, self.filter = size, interpolation

    def __call__(self, image: Image.Image) -> Image.Image:
        scale = self.size / min(image.size)
        return image.resize((round(image.width * scale), round(image.height * scale)), self.filter)


class CenterCrop:
    def __init__(self, size: int):
        self.size = size

    def __call__(self, image: Image.Image) -> Image.Image:
        left, top = ((side - self.size) // 2 for side in image.size)
        return image.crop((left, top, left + self.size, top + self.size))


class RandomCrop(CenterCrop):
    def __call__(self, image: Image.Image) -> Image.Image:
        left, top = (random.randint(0, side - self.size) for side in image.size)
        return image.crop((left, top, left + self.size, top + self.size))


class RandomHorizontalFlip:
    def __call__(self, image: Image.Image) -> Image.Image:
        return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if random.random() < 0.5 else image


class ToTensor:
    def __call__(self, image: Image.Image) -> torch.Tensor:
        return torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255


class Normalize:
    def __init__(self, mean: Sequence[float], std: Sequence[float]):
        self.mean, self.std = torch.tensor(mean).view(-1, 1, 1), torch.tensor(std).view(-1, 1, 1)

    def __call__(self, tensor: torch.Tensor) -> torch.Tensor:
        return (tensor - self.mean) / self.std


class Lambda:
    def __init__(self, function: Callable[[Any], Any]):
        self.function = function

    def __call__(self, image: Any) -> Any:
        return self.function(image)


STEPS = (InterpolationMode, Compose, Resize, CenterCrop, RandomCrop, RandomHorizontalFlip, ToTensor, Normalize, Lambda)


def stand_in() -> dict[str, types.ModuleType]:
    """Modules in place of torchvision and its `transforms`, by name."""
    whole, transforms = types.ModuleType("torchvision"), types.ModuleType("torchvision.transforms")
    for kind in STEPS:
        setattr(transforms, kind.__name__, kind)
    for module in (whole, transforms):
        module.__spec__ = importlib.machinery.ModuleSpec(module.__name__, None)
    vars(whole)["transforms"] = transforms
    return {"torchvision": whole, "torchvision.transforms": transforms}


def prepare(script: Path) -> None:
    """Puts in place what the script lacks."""
    import transformers  # noqa: F401  before the stand-in, so that it does not take it for the real one
    import transformers.utils

    transformers.utils.is_torchvision_available()
    sys.modules.update(stand_in())
    sys.path.insert(0, str(script.parent))
    if (script.parent / "library/original_unet.py").is_file():
        from library import original_unet

        original_unet.BLOCK_OUT_CHANNELS = WIDTH
        original_unet.TIMESTEP_INPUT_DIM, original_unet.TIME_EMBED_DIM = WIDTH[0], 4 * WIDTH[0]
        from networks.lora import LoRANetwork

        LoRANetwork.UNET_TARGET_REPLACE_MODULE = ["CrossAttention"]


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve()
    sys.argv = [str(place), *sys.argv[2:]]
    prepare(place)
    runpy.run_path(str(place), run_name="__main__")

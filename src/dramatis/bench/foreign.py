"""`python -m dramatis.bench.foreign TRAINER CHECKOUT EXPORT`: what a trainer's own code reads of an export, as JSON.

Runs in a process of its own, with the trainer's packages first. Libraries that the trainer imports but does not call
while it reads are replaced by empty ones, so that no second torch is needed; a checkout may have a folder `site`
beside it with the small libraries that it does call.
"""

import argparse
import importlib.abc
import json
import logging
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

UNUSED = (
    "albumentations",
    "einops",
    "library.lpw_stable_diffusion",
    "library.sdxl_lpw_stable_diffusion",
    "oyaml",
    "torchao",
    "torchaudio",
    "torchvision",
)
"""Modules that no trainer calls while it reads a dataset."""


class _Anything(type):
    def __getattr__(cls, name: str) -> "_Anything":
        if name.startswith("__"):
            raise AttributeError(name)
        return cls


class _Nothing(metaclass=_Anything):
    """Stands for any class or function of an empty library."""

    def __new__(cls, *args: Any, **named: Any) -> Any:  # so that what it makes can be called again
        return cls


class _Empty(ModuleType):
    def __getattr__(self, name: str) -> type[_Nothing]:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Nothing


class _EmptyLibraries(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if any(name == unused or name.startswith(f"{unused}.") for unused in UNUSED):
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Empty(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


def sd_scripts(export: Path) -> list[dict[str, Any]]:
    """sd-scripts: its parser of TOML, its check of the keys, its three kinds of datasets."""
    from library import config_util, strategy_sd, train_util

    sanitizer = config_util.ConfigSanitizer(True, True, True, True)
    train_util.LatentsCachingStrategy.set_strategy(strategy_sd.SdSdxlLatentsCachingStrategy(True, False, 1, False))
    said = argparse.Namespace(
        train_batch_size=1,
        dataset_repeats=1,
        resolution=None,
        face_crop_aug_range=None,
        debug_dataset=False,
        max_token_length=None,
        prior_loss_weight=1.0,
    )
    found = []
    for file in ("dataset.toml", "finetune.toml", "controlnet.toml"):
        if not (export / file).is_file():
            continue
        config = config_util.load_user_config(str(export / file))
        blueprint = config_util.BlueprintGenerator(sanitizer).generate(config, said)
        group, _ = config_util.generate_dataset_group_by_blueprint(blueprint.dataset_group)
        for dataset in group.datasets:
            for info in dataset.image_data.values():
                pixels = train_util.load_image(info.absolute_path)
                control = getattr(info, "cond_img_path", None)
                found.append(
                    {
                        "by": file,
                        "file": info.absolute_path,
                        "caption": info.caption,
                        "size": [pixels.shape[1], pixels.shape[0]],
                        "repeats": info.num_repeats,
                        "class": info.is_reg,
                        "control": control and list(train_util.load_image(control).shape[1::-1]),
                    }
                )
    return found


def ai_toolkit(export: Path) -> list[dict[str, Any]]:
    """ai-toolkit: its reader of the configuration, its dataset with captions and control images."""
    import yaml

    sys.modules["oyaml"] = yaml  # the same library, but for the order of keys
    from PIL import Image
    from toolkit.config import get_config
    from toolkit.config_modules import DatasetConfig, preprocess_dataset_raw_config
    from toolkit.data_loader import AiToolkitDataset

    said = {"is_xl": False, "is_v3": False, "is_auraflow": False, "is_flux": False, "model_config": None, "vae": None}
    model = SimpleNamespace(**said, text_embedding_space_version="sd1", te_padding_side="right")
    model.model_config = SimpleNamespace(latent_space_version="sd1", arch="sd1", is_pixart_sigma=False)
    model.get_bucket_divisibility = lambda: 64
    model.encode_control_in_text_embeddings = model.encode_first_frame_in_text_embeddings = False
    model.use_raw_control_images, model.has_multiple_control_images = False, False
    model.unet = None
    found = []
    for file in ("config.yaml", "control.yaml"):
        if not (export / file).is_file():
            continue
        (process,) = get_config(str(export / file))["config"]["process"]
        for raw in preprocess_dataset_raw_config(process["datasets"]):
            config = DatasetConfig(**raw)
            dataset = AiToolkitDataset(config, batch_size=1, sd=model)
            for item in dataset.file_list:
                item.load_caption(None)
                with Image.open(item.path) as picture:
                    picture.load()
                    size = list(picture.size)
                control = getattr(item, "control_path", None)
                found.append(
                    {
                        "by": file,
                        "file": item.path,
                        "caption": item.caption,
                        "size": size,
                        "repeats": config.num_repeats,
                        "class": item.is_reg,
                        "control": control and list(Image.open(control).size),
                    }
                )
    return found


def everydream2(export: Path) -> list[dict[str, Any]]:
    """EveryDream2: its walk over the folders, its captions and multipliers."""
    from data.aspects import get_aspect_buckets
    from data.dataset import Dataset
    from PIL import Image

    found = []
    for item in Dataset.from_path(str(export)).image_train_items(get_aspect_buckets(512)):
        with Image.open(item.pathname) as picture:
            picture.load()
            size = list(picture.size)
        said = {"file": item.pathname, "caption": item.caption.get_caption(), "size": size}
        found.append({"by": "folders", **said, "repeats": item.multiplier, "class": False, "control": None})
    return found


def webdataset(export: Path) -> list[dict[str, Any]]:
    """The library webdataset: all tars of each folder as one set, its pictures decoded."""
    from webdataset import WebDataset

    found = []
    for folder in sorted(export.iterdir()):
        for sample in WebDataset(sorted(map(str, folder.glob("*.tar"))), shardshuffle=False).decode("pil"):
            pictures = {name: value for name, value in sample.items() if hasattr(value, "size")}
            control = next((value for name, value in pictures.items() if name.startswith("conditioning.")), None)
            picture = next(value for name, value in pictures.items() if not name.startswith("conditioning."))
            said = {"file": sample["__key__"], "caption": sample["txt"], "size": list(picture.size)}
            facts = {"repeats": sample["json"]["per_epoch"], "class": folder.name.startswith("regularization")}
            found.append({"by": folder.name, **said, **facts, "control": control and list(control.size)})
    return found


READ: dict[str, Callable[[Path], list[dict[str, Any]]]] = {
    "sd-scripts": sd_scripts,
    "ai-toolkit": ai_toolkit,
    "EveryDream2trainer": everydream2,
    "webdataset": webdataset,
}
"""How each trainer or library reads an export, by the name of its repository."""


def main(arguments: Sequence[str]) -> None:
    """Reads, and writes what was read to the standard output, while the trainer's own words go to the other."""
    name, checkout, export = arguments
    out, sys.stdout = sys.stdout, sys.stderr
    # Loaded before the empty libraries are there, or transformers would take them for the real ones.
    from diffusers import AutoencoderKL, StableDiffusionPipeline  # noqa: F401
    from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer  # noqa: F401

    logging.disable(logging.INFO)
    sys.meta_path.insert(0, _EmptyLibraries())
    sys.path[:0] = [checkout, str(Path(checkout).with_name("site"))]
    json.dump(READ[name](Path(export)), out)


if __name__ == "__main__":
    main(sys.argv[1:])

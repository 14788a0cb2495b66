"""The chosen weights of a run in the formats that others read."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dramatis.core.digests import value_digest
from dramatis.core.errors import InputError
from dramatis.core.foreign import read_configuration
from dramatis.core.runs import Fuse
from dramatis.diffusion.adapter import Adapter, kind_of, rank_of
from dramatis.diffusion.apply import apply
from dramatis.diffusion.files import ADAPTER, CONTROLNET, EMBEDDING, PARTS, PIPELINE, RELEASED
from dramatis.diffusion.formats import kohya, peft
from dramatis.diffusion.formats.adapters import read_adapter
from dramatis.diffusion.formats.embedding import file_name, for_webui, read_embeddings
from dramatis.diffusion.formats.ldm import SDXL, layout_of
from dramatis.diffusion.formats.pipeline import precision_of, write_pipeline
from dramatis.diffusion.formats.single_file import ARCHITECTURES, write_single_file
from dramatis.diffusion.model import load_model
from dramatis.diffusion.weights import write_weights

Facts = Mapping[str, Any]
BASE_VERSIONS = {"sd": "sd_v1", "sdxl": "sdxl_base_v1-0"}
"""As sd-scripts calls the families in `ss_base_model_version`."""


def write_release(
    name: str, checkpoint: Path, trained: Facts, step: int, params: Any, fuse: Fuse | None, out: Path
) -> list[str]:
    """Writes what a checkpoint holds in every format that its kind has.

    Args:
        name: of the run.
        checkpoint: the chosen one.
        trained: run.json.
        step: the chosen one.
        params: section `release`.
        fuse: base to put it into as well, and how strongly.
        out: folder to write into.

    Returns:
        Kinds that were written: lora, lycoris, embedding, controlnet, pipeline, single.

    Raises:
        InputError: the checkpoint is damaged, or does not fit its base.
    """
    kinds = []
    told = metadata(name, trained, step, params.license)
    if (checkpoint / ADAPTER).is_file():
        kinds.append(_adapter(name, read_adapter(checkpoint / ADAPTER, _layout(trained)), trained, told, out))
    if (checkpoint / EMBEDDING).is_file():
        for one in read_embeddings(checkpoint / EMBEDDING):
            write_weights(for_webui(one), out / file_name(one.token), told)
        kinds.append("embedding")
    if (checkpoint / CONTROLNET).is_dir():
        shutil.copytree(checkpoint / CONTROLNET, out / CONTROLNET)
        kinds.append("controlnet")
    whole = any((checkpoint / file).is_file() for file in PARTS.values())
    if fuse or whole:
        single = name if whole else f"{name}-{PIPELINE}"
        goal = fuse or Fuse(onto=trained["base"])
        kinds += _pipeline(checkpoint, goal, out, out / f"{single}.safetensors" if params.single_file else None, told)
    if not kinds:
        raise InputError(
            str(checkpoint), "it holds nothing to release", f"Run `dvc repro`: stage train@{name} makes it"
        )
    return kinds


def _pipeline(checkpoint: Path, goal: Fuse, out: Path, single: Path | None, told: Facts) -> list[str]:
    """Writes the base with the checkpoint in it as a folder, and as the file `single` if one is asked for."""
    model = load_model(goal.onto)
    apply(model, checkpoint, goal.scale)
    precision = precision_of(Path(goal.onto)) if Path(goal.onto).exists() else "fp32"
    write_pipeline(model.pipeline, out / PIPELINE, precision)
    if single is None:
        return ["pipeline"]
    write_single_file(model.pipeline, single, precision, {key: told[key] for key in told if key[:3] != "ss_"})
    return ["pipeline", "single"]


def _layout(trained: Facts) -> Any:
    """Layout of the base's UNet, where the base is a folder; else that of the real ones."""
    file = Path(trained["base"]) / "unet" / "config.json"
    return layout_of(read_configuration(file)) if file.is_file() else SDXL


def _adapter(name: str, adapter: Adapter, trained: Facts, told: dict[str, str], out: Path) -> str:
    family = trained.get("family", "sd")
    layout = _layout(trained) if family == "sdxl" else None
    told = told | adapter_metadata(adapter, trained)
    write_weights(kohya.write(adapter, family, layout), out / f"{name}.safetensors", told)
    if {kind_of(update) for update in adapter.layers.values()} != {"lora"}:
        return "lycoris"
    write_weights(peft.write(adapter), out / RELEASED, {key: told[key] for key in told if key[:3] != "ss_"})
    return "lora"


def metadata(name: str, trained: Facts, step: int, license: str | None) -> dict[str, str]:
    """What people read of a file: trigger words, base, dataset, step, settings. Without times, hosts and paths.

    `ss_…` are the keys of sd-scripts, which webui and ComfyUI show, `modelspec.…` those of the standard of that name.
    """
    characters = trained.get("characters", {})
    params = trained.get("params", {})
    family = trained.get("family", "sd")
    base = Path(trained["base"]).name if Path(trained["base"]).exists() else trained["base"]
    triggers = [about["trigger"] for about in characters.values()]
    rates = params.get("learning_rate", {})
    made_of = trained.get("dataset_sha256")
    told = {
        "ss_output_name": name,
        "ss_base_model_version": BASE_VERSIONS[family],
        "ss_sd_model_name": base,
        "ss_new_sd_model_hash": trained.get("base_sha256"),
        "ss_clip_skip": trained.get("clip_skip"),
        "ss_steps": step,
        "ss_seed": params.get("seed"),
        "ss_unet_lr": rates.get("unet"),
        "ss_text_encoder_lr": rates.get("text_encoder"),
        "ss_num_train_images": sum(about.get("pictures") or 0 for about in characters.values()),
        "ss_tag_frequency": {key: {about["trigger"]: about.get("pictures") or 0} for key, about in characters.items()},
        "modelspec.sai_model_spec": "1.0.0",
        "modelspec.title": name,
        "modelspec.architecture": ARCHITECTURES[family],
        "modelspec.implementation": "diffusers",
        "modelspec.trigger_phrase": ", ".join(triggers),
        "modelspec.license": license,
        "dramatis.method": trained["method"],
        "dramatis.step": step,
        "dramatis.base_sha256": trained.get("base_sha256"),
        "dramatis.dataset_sha256": value_digest(made_of) if made_of else None,
        "dramatis.settings": params,
    }
    return {key: _text(value) for key, value in told.items() if value not in (None, "", {})}


def adapter_metadata(adapter: Adapter, trained: Facts) -> dict[str, str]:
    """Rank, alpha and kind of an adapter, as sd-scripts and LyCORIS write them."""
    kinds = {kind_of(update) for update in adapter.layers.values()} - {None}
    unet = [update for place, update in adapter.layers.items() if place.part == "unet"] or list(adapter.layers.values())
    dense = [u for u in unet if all(tensor.shape[2:].numel() == 1 for tensor in u.values() if tensor.dim() == 4)]
    first = (dense or unet)[0]
    plain = kinds == {"lora"} and not any("dora_scale" in update for update in adapter.layers.values())
    dim = rank_of(first) or trained.get("params", {}).get("adapter", {}).get("rank") or 0
    told: dict[str, Any] = {
        "ss_network_module": "networks.lora" if plain else "lycoris.kohya",
        "ss_network_dim": dim,
        "ss_network_alpha": float(first["alpha"]) if "alpha" in first else dim,
        "modelspec.architecture": f"{ARCHITECTURES[trained.get('family', 'sd')]}/lora",
    }
    deep = [update for update in unet if any(t.dim() == 4 and t.shape[2:].numel() > 1 for t in update.values())]
    args: dict[str, Any] = {} if plain else {"algo": "locon" if kinds == {"lora"} else min(map(str, kinds))}
    if any("dora_scale" in update for update in adapter.layers.values()):
        args["dora_wd"] = "True"
    if deep:
        args |= {"conv_dim": str(rank_of(deep[0])), "conv_alpha": str(float(deep[0].get("alpha", rank_of(deep[0]))))}
    return {key: _text(value) for key, value in (told | ({"ss_network_args": args} if args else {})).items()}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(", ", ": "))

"""How to load a release: code for diffusers, and where the files go in other programs, by what was released."""

from collections.abc import Mapping, Sequence
from typing import Any

from dramatis.core.runs import Fuse
from dramatis.diffusion.files import CONTROLNET, PIPELINE, RELEASED
from dramatis.diffusion.formats.embedding import WEBUI_XL, file_name

Facts = Mapping[str, Any]
CLASSES = {"sd": "StableDiffusionPipeline", "sdxl": "StableDiffusionXLPipeline"}


def loading(run: Facts, kinds: Sequence[str], prompt: str, fuse: Fuse | None) -> list[str]:
    """Lines of Markdown.

    Args:
        run: run.json.
        kinds: what was released, as `write_release` says.
        prompt: one that shows it.
        fuse: base that holds it, if any.
    """
    name, family = run["run"], run.get("family", "sd")
    place = f"models/release/{name}"
    parts = {
        "lora": _lora,
        "lycoris": _lycoris,
        "embedding": _embedding,
        "controlnet": _controlnet,
        "pipeline": _pipeline,
    }
    lines = ["## How to load it", ""]
    for kind in kinds:
        if kind in parts:
            lines += [*parts[kind](run, place, family, prompt), ""]
    if "pipeline" in kinds and fuse is not None:
        lines += [f"That folder is `{fuse.onto}` with this run in it at strength {fuse.scale:g}.", ""]
    if "single" in kinds:
        file = f"{name}-{PIPELINE}" if "lora" in kinds or "lycoris" in kinds else name
        lines += [
            f"`{file}.safetensors` is the same as one file: `models/Stable-diffusion` of webui, `models/checkpoints` "
            "of ComfyUI.",
            "",
        ]
    if run.get("clip_skip"):
        layer = run["clip_skip"]
        lines += [f"In webui set clip skip to {layer}; in ComfyUI add `CLIP Set Last Layer` with -{layer}.", ""]
    return lines


def _block(*code: str) -> list[str]:
    return ["```python", *code, "```"]


def _start(run: Facts, family: str) -> list[str]:
    return [
        f"from diffusers import {CLASSES[family]}",
        "",
        f"pipeline = {CLASSES[family]}.from_pretrained({_said(run['base'])})",
    ]


def _end(run: Facts, prompt: str) -> str:
    return f"pipeline({_said(prompt)}).images[0].save({_said(run['run'] + '.png')})"


def _said(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _lora(run: Facts, place: str, family: str, prompt: str) -> list[str]:
    return [
        *_block(
            *_start(run, family),
            f"pipeline.load_lora_weights({_said(place)}, weight_name={_said(RELEASED)})",
            _end(run, prompt),
        ),
        "",
        f"`{run['run']}.safetensors` is the same adapter in the names of sd-scripts: `models/Lora` of webui, "
        f"`models/loras` of ComfyUI. In webui the prompt calls it: `<lora:{run['run']}:1>`.",
    ]


def _lycoris(run: Facts, place: str, family: str, prompt: str) -> list[str]:
    """LyCORIS names text encoders by their modules, which newer versions of transformers call otherwise."""
    encoders = ["pipeline.text_encoder"] + (["pipeline.text_encoder_2"] if family == "sdxl" else [])
    text = "named[0]" if family == "sd" else "named"
    file = f"{place}/{run['run']}.safetensors"
    if family == "sdxl":
        return [
            f"`{run['run']}.safetensors` is in the names of LyCORIS and sd-scripts: `models/Lora` of webui, "
            "`models/loras` of ComfyUI. diffusers does not read it; "
            f"`dramatis merge {file} --onto BASE --out FOLDER` makes a pipeline that it does.",
        ]
    return [
        "With [LyCORIS](https://github.com/KohakuBlueleaf/LyCORIS) (`pip install lycoris-lora`), as diffusers alone "
        "does not read it:",
        "",
        *_block(
            "import torch",
            *_start(run, family)[:1],
            "from lycoris.kohya import LycorisNetworkKohya, create_network_from_weights",
            "from safetensors.torch import load_file",
            "",
            *_start(run, family)[2:],
            "named = []",
            f"for encoder in [{', '.join(encoders)}]:",
            '    named.append(encoder if hasattr(encoder, "text_model") else torch.nn.Module())',
            "    if named[-1] is not encoder:",
            "        named[-1].text_model = encoder",
            'LycorisNetworkKohya.apply_preset({"unet_target_name": []})  # or it finds time_embedding twice',
            f"weights = load_file({_said(file)})",
            f"network, _ = create_network_from_weights(1.0, None, None, {text}, pipeline.unet, weights)",
            f"network.merge_to({text}, pipeline.unet, weights, torch.float32, pipeline.device)",
            _end(run, prompt),
        ),
        "",
        f"In webui the file goes to `models/Lora`, in ComfyUI to `models/loras`. "
        f"`dramatis merge {file} --onto BASE --out FOLDER` makes a pipeline of it.",
    ]


def _embedding(run: Facts, place: str, family: str, prompt: str) -> list[str]:
    tokens = list(dict.fromkeys(about["trigger"] for about in run["characters"].values()))
    tokens = [run["style"]] if run.get("style") else tokens
    files = {token: f"{place}/{file_name(token)}" for token in tokens}
    if family == "sd":
        load = [
            f"pipeline.load_textual_inversion({_said(file)}, token={_said(token)})" for token, file in files.items()
        ]
        code = [*_start(run, family), *load, _end(run, prompt)]
    else:
        first, second = WEBUI_XL.values()
        code = [*_start(run, family)[:1], "from safetensors.torch import load_file", *_start(run, family)[1:]]
        for token, file in files.items():
            code.append(f"vectors = load_file({_said(file)})")
            for key, number in ((first, ""), (second, "_2")):
                code += [
                    "pipeline.load_textual_inversion(",
                    f"    vectors[{_said(key)}], {_said(token)},",
                    f"    text_encoder=pipeline.text_encoder{number}, tokenizer=pipeline.tokenizer{number},",
                    ")",
                ]
        code.append(_end(run, prompt))
    names = ", ".join(f"`{file_name(token)}`" for token in tokens)
    return [
        *_block(*code),
        "",
        f"In webui and ComfyUI: put {names} into `embeddings`. There the name of the file is the word, without `<>`; "
        "in ComfyUI it is written `embedding:name`.",
    ]


def _controlnet(run: Facts, place: str, family: str, prompt: str) -> list[str]:
    kind = CLASSES[family].replace("Pipeline", "ControlNetPipeline")
    return [
        *_block(
            f"from diffusers import ControlNetModel, {kind}",
            "from diffusers.utils import load_image",
            "",
            f"controlnet = ControlNetModel.from_pretrained({_said(f'{place}/{CONTROLNET}')})",
            f"pipeline = {kind}.from_pretrained({_said(run['base'])}, controlnet=controlnet)",
            f"image = load_image({_said(f'{place}/control.png')})",
            f"pipeline({_said(prompt)}, image).images[0].save({_said(run['run'] + '.png')})",
        ),
        "",
        f"In ComfyUI put `{CONTROLNET}/diffusion_pytorch_model.safetensors` into `models/controlnet`; in webui into "
        "the folder of its ControlNet extension.",
    ]


def _pipeline(run: Facts, place: str, family: str, prompt: str) -> list[str]:
    return _block(
        f"from diffusers import {CLASSES[family]}",
        "",
        f"pipeline = {CLASSES[family]}.from_pretrained({_said(f'{place}/{PIPELINE}')})",
        _end(run, prompt),
    )

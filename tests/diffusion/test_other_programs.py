"""What is written here, read by other programs: old diffusers with old transformers, and LyCORIS."""

import numpy as np
import pytest
import torch
from adapters import parts_of, random_adapter
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline
from lessons import build
from other_programs import run_there
from real_layouts import tiny_sd15, tiny_sdxl
from safetensors.torch import load_file

from dramatis.diffusion.apply import apply, apply_adapter
from dramatis.diffusion.files import ADAPTER
from dramatis.diffusion.formats import kohya, peft
from dramatis.diffusion.formats.ldm import SDXL
from dramatis.diffusion.formats.pipeline import write_pipeline
from dramatis.diffusion.formats.single_file import write_single_file
from dramatis.diffusion.model import load_model
from dramatis.diffusion.weights import write_weights

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def one_thread():
    """The others run on one thread, and another count of threads sums in another order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


CLASSES = {"sd": StableDiffusionPipeline, "sdxl": StableDiffusionXLPipeline}

READ = """
import sys
import numpy as np, torch, diffusers

kind, out, base, *files = sys.argv[1:]
pipelines = {"sd": diffusers.StableDiffusionPipeline, "sdxl": diffusers.StableDiffusionXLPipeline}


def draw(pipeline):
    pipeline.set_progress_bar_config(disable=True)
    noise = torch.Generator().manual_seed(1)
    size = {"height": 64, "width": 64}
    return pipeline("ada, forest", num_inference_steps=3, generator=noise, output_type="np", **size).images[0]


found = {}
for name in ["", *files]:
    pipeline = pipelines[kind].from_pretrained(base)
    if name.endswith("one.safetensors"):
        pipeline = pipelines[kind].from_single_file(name, config=base, local_files_only=True)
    elif name:
        folder, _, file = name.rpartition("/")
        pipeline.load_lora_weights(folder, weight_name=file)
    found[name.rpartition("/")[2] or "base"] = draw(pipeline)
np.savez(out, **found)
print(diffusers.__version__)
"""

# LyCORIS 4.1.3 scales once when it runs and twice when it merges (`get_diff_weight` of what `get_weight` has scaled):
# so merged weights are compared where alpha is the rank, and predictions where it is not.
LYCORIS = """
import sys
import torch
from diffusers import StableDiffusionPipeline
from lycoris.kohya import LycorisNetworkKohya, create_network_from_weights
from safetensors.torch import load_file, save_file

base, *files = sys.argv[1:]
LycorisNetworkKohya.apply_preset({"unet_target_name": []})  # or it finds time_embedding twice
for file in files:
    pipeline = StableDiffusionPipeline.from_pretrained(base)
    named = pipeline.text_encoder
    if not hasattr(named, "text_model"):
        named = torch.nn.Module()
        named.text_model = pipeline.text_encoder
    weights = load_file(file)
    network, _ = create_network_from_weights(1.0, None, None, named, pipeline.unet, weights)
    taken = network.unet_loras + network.text_encoder_loras
    print("layers", len({key.split(".")[0] for key in weights}), len(taken))
    network.merge_to(named, pipeline.unet, weights, torch.float32, "cpu")
    parts = {"unet": pipeline.unet, "text_encoder": pipeline.text_encoder}
    save_file({f"{p}/{n}": t.contiguous() for p, m in parts.items() for n, t in m.state_dict().items()}, file + ".out")
"""
LYCORIS_RUNS = """
import sys
import torch
from diffusers import UNet2DConditionModel
from lycoris.kohya import LycorisNetworkKohya, create_network_from_weights
from safetensors.torch import load_file, save_file

base, file = sys.argv[1:]
LycorisNetworkKohya.apply_preset({"unet_target_name": []})
unet = UNet2DConditionModel.from_pretrained(base + "/unet")
weights = {key: tensor for key, tensor in load_file(file).items() if key.startswith("lora_unet")}
network, _ = create_network_from_weights(1.0, None, None, torch.nn.Module(), unet, weights)
network.eval().requires_grad_(False).apply_to(torch.nn.Module(), unet, False, True)
given = load_file(file + ".in")
with torch.no_grad():
    save_file({"out": unet(given["noisy"], given["t"], given["hidden"]).sample}, file + ".out")
"""
KINDS = ("lora", "tucker", "loha", "loha-tucker", "full", "dora")


@pytest.mark.parametrize("family", ["sd", "sdxl"])
def test_an_old_pair_of_diffusers_and_transformers_draws_the_same(family, tmp_path):
    pipeline = {"sd": tiny_sd15, "sdxl": tiny_sdxl}[family](tmp_path / "scratch")
    base = tmp_path / "base"
    write_pipeline(pipeline, base)
    write_single_file(pipeline, tmp_path / "one.safetensors")
    patterns = {
        "unet": r".*\.(to_q|to_out\.0|proj_in|ff\.net\.2)",
        "text_encoder": r".*(q_proj|out_proj|fc1)",
        "text_encoder_2": r".*(q_proj|out_proj|fc1)",
    }
    wide = random_adapter(parts_of(pipeline), rank=4, alpha=4, patterns=patterns)
    for number, update in enumerate(wide.layers.values()):
        if number % 3 == 0:  # other ranks, all at strength 1
            update |= {"lora_down.weight": update["lora_down.weight"][:2], "alpha": torch.tensor(2.0)}
            update["lora_up.weight"] = update["lora_up.weight"][:, :2].contiguous()
    small = random_adapter(parts_of(pipeline), rank=4, alpha=1, patterns=patterns)
    original = SDXL if family == "sdxl" else None
    write_weights(kohya.write(small, family, original), tmp_path / "kohya.safetensors", {"a": "b", "c": "d"})
    write_weights(peft.write(small), tmp_path / "peft.safetensors")
    write_weights(peft.write(wide), tmp_path / "ranks.safetensors")
    files = [tmp_path / f"{name}.safetensors" for name in ("kohya", "peft", "ranks", "one")]
    version = run_there("old", READ, family, tmp_path / "old.npz", base, *files)
    assert version.startswith("0.32")
    theirs = np.load(tmp_path / "old.npz")
    for name in ("base", *(file.name for file in files)):
        ours = here(family, base, tmp_path / name if name != "base" else None)
        assert np.array_equal(theirs[name], ours), name
    assert np.abs(theirs["kohya.safetensors"] - theirs["base"]).max() > 1e-3
    assert np.abs(theirs["kohya.safetensors"] - theirs["peft.safetensors"]).max() <= 5e-6
    assert np.array_equal(theirs["one.safetensors"], theirs["base"])


def here(family, base, file):
    pipeline = CLASSES[family].from_pretrained(base)
    if file is not None and file.name == "one.safetensors":
        pipeline = CLASSES[family].from_single_file(str(file), config=str(base), local_files_only=True)
    elif file is not None:
        pipeline.load_lora_weights(str(file.parent), weight_name=file.name)
    pipeline.set_progress_bar_config(disable=True)
    noise = torch.Generator().manual_seed(1)
    return pipeline(
        "ada, forest", num_inference_steps=3, generator=noise, output_type="np", height=64, width=64
    ).images[0]


def test_lycoris_means_the_same(tmp_path):
    pipeline = tiny_sd15(tmp_path / "scratch")
    write_pipeline(pipeline, tmp_path / "base")
    parts = parts_of(pipeline)
    before = {part: {n: t.clone() for n, t in m.state_dict().items()} for part, m in parts.items()}
    adapters = {
        kind: random_adapter(parts, kind.replace("dora", "lora"), rank=2, alpha=2, dora=kind == "dora")
        for kind in KINDS
    }
    for kind, adapter in adapters.items():
        write_weights(kohya.write(adapter, "sd"), tmp_path / kind)
    said = run_there("lycoris", LYCORIS, tmp_path / "base", *(tmp_path / kind for kind in KINDS))
    counts = [list(map(int, line.split()[1:])) for line in said.splitlines() if line.startswith("layers ")]
    for kind, (there, taken) in zip(KINDS, counts, strict=True):
        assert there == taken == len(adapters[kind].layers), kind
        theirs = load_file(tmp_path / f"{kind}.out")
        apply_adapter(parts, adapters[kind], 1.0, "it")
        changed = 0.0
        for part, module in parts.items():
            for name, tensor in module.state_dict().items():
                assert (theirs[f"{part}/{name}"] - tensor).abs().max() <= 2e-6, (kind, name)
                changed = max(changed, (before[part][name] - tensor).abs().max().item())
            module.load_state_dict(before[part])
        assert changed > 1e-2, kind


def disturbed(name, base, **adapter):
    """A method with an effect, as after a training."""
    method = build(name, base, adapter=adapter)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for named in method.parameters().values():
            for tensor in named.values():
                tensor += 0.1 * torch.randn(tensor.shape, generator=generator)
    return method


@pytest.mark.parametrize("name", ["lora", "loha", "lokr"])
def test_lycoris_merges_what_was_trained(name, tmp_path):
    write_pipeline(tiny_sd15(tmp_path / "scratch"), tmp_path / "base")
    disturbed(name, tmp_path / "base", rank=2, alpha=2).save(tmp_path / "trained")
    run_there("lycoris", LYCORIS, tmp_path / "base", tmp_path / "trained" / ADAPTER)
    theirs = load_file(tmp_path / "trained" / f"{ADAPTER}.out")
    model = load_model(str(tmp_path / "base"))
    before = {part: {n: t.clone() for n, t in m.state_dict().items()} for part, m in model.parts().items()}
    apply(model, tmp_path / "trained")
    changed = 0.0
    for part, module in model.parts().items():
        for key, tensor in module.state_dict().items():
            assert (theirs[f"{part}/{key}"] - tensor).abs().max() <= 2e-6, key
            changed = max(changed, (before[part][key] - tensor).abs().max().item())
    assert changed > 1e-2


@pytest.mark.parametrize("name", ["lora", "loha", "lokr"])
def test_lycoris_predicts_what_was_trained(name, tmp_path):
    write_pipeline(tiny_sd15(tmp_path / "scratch"), tmp_path / "base")
    method = disturbed(name, tmp_path / "base", rank=2, alpha=1)
    method.save(tmp_path / "trained")
    unet, generator = method.model.pipeline.unet, torch.Generator().manual_seed(3)
    width = unet.config.cross_attention_dim
    given = {"noisy": torch.randn(1, 4, 8, 8, generator=generator), "t": torch.tensor([500])}
    given["hidden"] = torch.randn(1, 77, width, generator=generator)
    write_weights(given, tmp_path / "trained" / f"{ADAPTER}.in")
    run_there("lycoris", LYCORIS_RUNS, tmp_path / "base", tmp_path / "trained" / ADAPTER)
    theirs = load_file(tmp_path / "trained" / f"{ADAPTER}.out")["out"]
    with torch.no_grad():
        ours = unet(given["noisy"], given["t"], given["hidden"]).sample
        bare = load_model(str(tmp_path / "base")).pipeline.unet(*given.values()).sample
    assert (ours - bare).abs().max() > 1e-2
    assert (ours - theirs).abs().max() <= 2e-6 * max(ours.abs().max().item(), 1)

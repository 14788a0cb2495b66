"""`make benchmark-train`: stage `train` beside diffusers' own script and sd-scripts, in one run on one machine.

All train the same: a LoRA of rank 4 on the UNet's attention of a base of random weights with SD 1.5's topology
(`bench.train_base`), 64 px, two pictures a step, fp32, one thread. Latents are cached where a trainer can. A step is
the difference of two run lengths, start-up is what is left of the shorter one; both are CPU seconds of the whole
process, with those of its children. Ratios of one run mean something, seconds do not.

The rivals are looked for in `work/rivals` (or DRAMATIS_RIVALS) and are no part of this repository:

- `diffusers/`, a checkout of huggingface/diffusers (its examples suffice), run by this project's Python;
- `sd-scripts/`, a checkout of kohya-ss/sd-scripts at 48d368fa, run by the Python of `work/venvs/sd-scripts` (or
  DRAMATIS_RIVALS_VENV), which holds its requirements and the same torch.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

import yaml
from rich.console import Console

from dramatis.bench import train_rival
from dramatis.bench.bars import bar_lines, most, shown
from dramatis.bench.train_base import pictures, write_base, write_dataset, write_folder
from dramatis.core.errors import InputError, MissingError, one_line_errors
from dramatis.core.params import PARAMS, read_yaml
from dramatis.core.tables import write_json

OUT = Path("metrics/bench/train.json")
OURS = "dramatis"
RIVALS = {
    "diffusers": Path("diffusers/examples/text_to_image/train_text_to_image_lora.py"),
    "sd-scripts": Path("sd-scripts/train_network.py"),
}
LENGTHS = 10, 50
"""Steps of a short and a long run."""
TIMES = 5
PICTURES, SIDE_PX, BATCH, RANK, RATE = 16, 64, 2, 4, 1e-3
BARS = {
    "step_ratio": most(0.9, "CPU time of a step, to the better rival"),
    "startup_ratio": most(0.6, "CPU time of everything else, to the better rival"),
    "memory_ratio": most(1.0, "peak memory, to the better rival"),
}
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "CUDA_VISIBLE_DEVICES": "",
    "ACCELERATE_USE_CPU": "true",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "PYTHONDONTWRITEBYTECODE": "",
}


STARTER = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[2:])
_, status, used = os.wait4(process.pid, 0)
figures = [os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss]
open(sys.argv[1], "w").write(json.dumps(figures))
"""
"""Starts a process and notes what it took. A process of its own, as Linux counts the memory of whoever starts a process
to that one's peak, and this one has torch in it."""


class Cost(NamedTuple):
    """What a process took."""

    seconds: float
    """CPU time."""
    gb: float
    """Peak memory of one process."""


def rivals() -> dict[str, list[str]]:
    """The command of each rival up to its own arguments.

    Raises:
        MissingError: a script or its Python is not there.
    """
    top = Path(os.environ.get("DRAMATIS_RIVALS", "work/rivals")).resolve()
    venv = Path(os.environ.get("DRAMATIS_RIVALS_VENV", "work/venvs/sd-scripts")).absolute()
    pythons = {"diffusers": Path(sys.executable), "sd-scripts": venv / "bin/python"}
    for name, script in RIVALS.items():
        for file in (top / script, pythons[name]):
            if not file.exists():
                remedy = "Put it there, or say where by DRAMATIS_RIVALS and DRAMATIS_RIVALS_VENV: bench/train.py"
                raise MissingError(str(file), f"without it {name} cannot be measured", remedy)
    runner = str(Path(train_rival.__file__).resolve())
    return {name: [str(pythons[name]), runner, str(top / script)] for name, script in RIVALS.items()}


def prepare(top: Path, lengths: tuple[int, int]) -> None:
    """Writes base, pictures, and the parameters of our runs of these lengths."""
    write_base(top / "base")
    shutil.copytree(top / "base/tokenizer", top / "tokenizers/openai_clip-vit-large-patch14")
    images = pictures(PICTURES, SIDE_PX)
    write_dataset(top / "data/dataset", images)
    write_folder(top / "pictures/1_ada", images)
    train = read_yaml(PARAMS)["train"] | {"batch_size": BATCH, "accumulation": 1, "save_every": None, "threads": 1}
    train |= {"resolution_px": None, "epochs": None, "save_epochs": None, "min_steps": 0, "phases": [], "ema": None}
    train |= {"per_subject": None, "parts": None, "cache": False, "precision": "fp32", "device": "cpu"}
    train["adapter"] |= {"rank": RANK, "alpha": RANK, "text_rank": 0, "targets": "attn", "dropout": 0.0, "dora": False}
    train["learning_rate"] |= {"unet": RATE}
    train["schedule"] = {"name": "constant", "warmup_steps": 0, "decay_from": 0.0, "cycle_epochs": None}
    train["sets"] |= {"regularization": 0.0, "scenes": 0.0, "composites": 0.0, "control": 0.0}
    train["prior"] |= {"share": None}
    train["captions"] |= {"shuffle": False, "tag_dropout": 0.0, "dropout": 0.0, "tokens": 75}
    train["objective"] |= {"min_snr": None, "noise_offset": 0.0, "face_weight": 1.0, "huber": None}
    train["validation"] |= {"every": None}
    runs = {
        f"steps-{steps}": {"method": "lora", "characters": ["ada"], "base": "base", "train": {"steps": steps}}
        for steps in lengths
    }
    (top / PARAMS).write_text(yaml.safe_dump({"train": train, "runs": runs}))


def commands(others: Mapping[str, Sequence[str]], steps: int, out: Path) -> dict[str, list[str]]:
    """How each trainer is called for so many steps; ours as DVC calls it."""
    source = Path(__file__).resolve().parents[3]
    return {
        OURS: [sys.executable, str(source / "stages/train.py"), f"steps-{steps}"],
        "diffusers": [
            *others["diffusers"],
            *_options(pretrained_model_name_or_path="base", train_data_dir="pictures/1_ada", output_dir=out),
            *_options(image_column="image", caption_column="text", resolution=SIDE_PX, train_batch_size=BATCH),
            *_options(max_train_steps=steps, checkpointing_steps=10**6, learning_rate=RATE, rank=RANK, seed=7),
            *_options(lr_scheduler="constant", lr_warmup_steps=0, cache_dir=out / "cache"),
            "--center_crop",
        ],
        "sd-scripts": [
            *others["sd-scripts"],
            *_options(pretrained_model_name_or_path="base", train_data_dir="pictures", output_dir=out, seed=7),
            *_options(tokenizer_cache_dir="tokenizers", resolution=f"{SIDE_PX},{SIDE_PX}", train_batch_size=BATCH),
            *_options(max_train_steps=steps, learning_rate=RATE, lr_scheduler="constant", optimizer_type="AdamW"),
            *_options(network_module="networks.lora", network_dim=RANK, network_alpha=RANK, caption_extension=".txt"),
            *_options(mixed_precision="no", save_precision="float", max_data_loader_n_workers=0, output_name="out"),
            *("--network_train_unet_only", "--cache_latents", "--sdpa", "--no_half_vae"),
        ],
    }


def _options(**values: object) -> list[str]:
    return [text for name, value in values.items() for text in (f"--{name}", str(value))]


def cost(command: Sequence[str], top: Path) -> Cost:
    """What a command takes in a folder.

    Raises:
        InputError: it failed; names its last line.
    """
    source = Path(__file__).resolve().parents[2]
    environment = os.environ | ENVIRONMENT | {"HF_HOME": str(top / "hub"), "PYTHONPATH": str(source)}
    with TemporaryDirectory() as folder:
        told = Path(folder) / "usage.json"
        starter = [sys.executable, "-I", "-S", "-c", STARTER, str(told), *command]
        done = subprocess.run(starter, cwd=top, env=environment, capture_output=True, text=True)
        code, seconds, kilobytes = json.loads(told.read_text())
    if code:
        last = ((done.stdout + done.stderr).strip().splitlines() or ["it said nothing"])[-1]
        raise InputError(" ".join(command[:4]), f"this trainer failed: {last[-300:]}", "Run it by hand to see why")
    return Cost(seconds, kilobytes / (1 << 20))


def measured(lengths: tuple[int, int] = LENGTHS, times: int = TIMES) -> dict[str, dict[str, float]]:
    """By trainer: `step_s`, `startup_s` and `gb`; medians. The order alternates, so that no trainer is always last."""
    others = rivals()
    seen: dict[str, list[tuple[Cost, Cost]]] = {name: [] for name in (OURS, *RIVALS)}
    with TemporaryDirectory(prefix="dramatis-") as folder:
        top = Path(folder)
        prepare(top, lengths)
        for name in seen:
            _one(name, others, lengths[0], top)  # unmeasured: files are read and byte code is written
        for number in range(times):
            for name in sorted(seen, reverse=bool(number % 2)):
                short, long = (_one(name, others, steps, top) for steps in lengths)
                seen[name].append((short, long))
    return {name: _figures(pairs, lengths) for name, pairs in seen.items()}


def _one(name: str, others: Mapping[str, Sequence[str]], steps: int, top: Path) -> Cost:
    out = top / "out" / name
    for old in (out, top / f"models/steps-{steps}", top / "work"):
        shutil.rmtree(old, ignore_errors=True)
    out.mkdir(parents=True)
    return cost(commands(others, steps, out)[name], top)


def _figures(pairs: Sequence[tuple[Cost, Cost]], lengths: tuple[int, int]) -> dict[str, float]:
    few, many = lengths
    step = median((long.seconds - short.seconds) / (many - few) for short, long in pairs)
    startup = median(short.seconds - few * (long.seconds - short.seconds) / (many - few) for short, long in pairs)
    return {"step_s": step, "startup_s": startup, "gb": max(one.gb for pair in pairs for one in pair)}


def ratios(found: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Ours over the better rival's, each figure by itself."""
    keys = {"step_ratio": "step_s", "startup_ratio": "startup_s", "memory_ratio": "gb"}
    return {ratio: found[OURS][key] / min(found[name][key] for name in RIVALS) for ratio, key in keys.items()}


def main() -> None:
    """Measures, writes, prints."""
    found = measured()
    result = ratios(found)
    write_json(result | {"trainers": found, "bars": {name: bar.value for name, bar in BARS.items()}}, OUT)
    lines = bar_lines(BARS, result)
    lines += [
        f"{name}: " + ", ".join(f"{key} {shown(value)}" for key, value in one.items()) for name, one in found.items()
    ]
    Console().print("\n".join(lines))


if __name__ == "__main__":
    with one_line_errors():
        main()

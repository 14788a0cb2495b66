"""Environments with other versions and programs, made once in work/venvs, for slow tests that read what we write."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from conftest import TOP

PACKAGES = {
    "old": [
        "diffusers==0.32.2",
        "transformers==4.54.1",
        "tokenizers==0.21.4",
        "huggingface_hub==0.34.4",
        "peft==0.15.2",
        "accelerate==1.6.0",
    ],
    "lycoris": ["lycoris-lora==4.1.3", "einops", "toml"],
}
"""What stands in an environment before the packages of this project, which it sees too (torch and the like)."""


def python_of(name: str) -> Path:
    """The Python of an environment, made by pip if it is not there; the test is skipped if no index is reached."""
    place = Path(os.environ.get("DRAMATIS_VENVS", TOP / "work" / "venvs")) / name
    python, done = place / "bin" / "python", place / "done"
    if not done.is_file():
        venv.create(place, with_pip=True, clear=True)
        command = [python, "-m", "pip", "install", "--quiet", "--no-deps", *PACKAGES[name]]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            said = made.stderr.strip().splitlines()[-1:] or ["no word"]
            pytest.skip(f"no index of packages can be reached to make {place}: {said[0][:200]}")
        outer = next(path for path in sys.path if path.endswith("site-packages"))
        inner = next((place / "lib").glob("python*/site-packages"))
        (inner / "zz_outer.pth").write_text(f"{outer}\n")  # after its own, so its own win
        done.write_text("\n".join(PACKAGES[name]) + "\n")
    return python


def run_there(name: str, code: str, *args: object) -> str:
    """What a script prints in an environment.

    Raises:
        AssertionError: it failed; its last words are in the message.
    """
    quiet = {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | quiet
    done = subprocess.run(
        [python_of(name), "-c", code, *map(str, args)], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, "\n".join(done.stderr.strip().splitlines()[-15:])
    return done.stdout

"""Trains the pocket landmark model on faces that the film's renderer draws: one ONNX file that gives heatmaps."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import trange

from dramatis.backends.landmarks import load_landmarks
from dramatis.core import seeds
from dramatis.core.tables import whole_folder, write_json
from dramatis.pocket.landmarks_net import STRIDE, Landmarker, landmark_loss
from dramatis.pocket.landmarks_params import LandmarksParams
from dramatis.pocket.landmarks_samples import mirrored, sample, seen
from dramatis.pocket.landmarks_score import measured
from dramatis.pocket.loop import Training, train
from dramatis.pocket.onnx_file import export_onnx, parameters
from dramatis.pocket.residual import calibrate

CALIBRATION_STEPS = 40
FILE = "landmarks.onnx"


def learned_from(params: LandmarksParams, folder: Path) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Pictures (N, S, S, 3) and points (N, 68, 2) of the training, kept in a folder for the next time."""
    if not (folder / "points.npy").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        shape = (params.pictures, params.size_px, params.size_px, 3)
        pixels = np.lib.format.open_memmap(folder / "pixels.npy", "w+", np.uint8, shape)
        points = np.zeros((params.pictures, 68, 2), np.float32)
        for index in trange(params.pictures, desc="drawn faces", unit="picture"):
            pixels[index], points[index] = seen(sample(params.seed, "train", index), params.growth, params.size_px)
        pixels.flush()
        np.save(folder / "points.npy", points)
    return np.load(folder / "pixels.npy", mmap_mode="r"), np.load(folder / "points.npy")


def batch(
    params: LandmarksParams, pixels: NDArray[np.uint8], points: NDArray[np.float32], step: int
) -> tuple[Tensor, Tensor]:
    """The pictures of a step (B, 3, S, S), half of them mirrored, and their points [cells]."""
    rng = seeds.rng(params.seed, "pocket", "landmarks", "batch", step)
    taken = np.sort(rng.integers(0, len(pixels), params.batch))
    shown, true = pixels[taken].astype(np.float32) / 255, points[taken]
    flip = rng.random(params.batch) < 0.5
    shown[flip], true[flip] = shown[flip, :, ::-1], mirrored(true[flip])
    return torch.from_numpy(shown.transpose(0, 3, 1, 2).copy()), torch.from_numpy(true * (params.size_px // STRIDE))


def train_landmarks(params: LandmarksParams, state: Path, out: Path, metrics: Path) -> None:
    """Trains the model, writes its file and what it reaches on held-out faces."""
    torch.set_num_threads(params.threads)
    torch.manual_seed(seeds.derive(params.seed, "pocket", "landmarks", "weights"))
    pixels, points = learned_from(params, state)
    net = Landmarker(params.widths, params.neck_width)

    def loss(step: int) -> Tensor:
        images, true = batch(params, pixels, points, step)
        return landmark_loss(net.logits(images), true, params.map_weight)

    def export() -> None:
        calibrate(net, lambda step: batch(params, pixels, points, step)[0], min(CALIBRATION_STEPS, params.steps))
        with whole_folder(out) as folder:
            export_onnx(
                net,
                torch.zeros(1, 3, params.size_px, params.size_px),
                folder / FILE,
                ("images", "heatmaps"),
                {"images": {0: "batch"}, "heatmaps": {0: "batch"}},
                {"growth": f"{params.growth:g}"},
            )

    train(Training(net, params), loss, state, export, export_every=params.steps)
    write_json(
        {
            "parameters": parameters(net),
            "pictures": params.held_out,
            **measured(load_landmarks("heatmap_onnx", out), params.seed, params.held_out),
        },
        metrics,
    )

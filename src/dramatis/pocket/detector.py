"""The pocket detector: one ONNX file in the layout of YOLOv8."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm import trange

from dramatis.backends.detect import Detector as Finder
from dramatis.backends.detect import load_detect
from dramatis.core import seeds
from dramatis.core.tables import whole_folder, write_json
from dramatis.detect.schema import KINDS
from dramatis.pocket.degrade import film_look, generated_look
from dramatis.pocket.detector_loss import Labels, detection_loss
from dramatis.pocket.detector_net import STRIDES, Detector
from dramatis.pocket.detector_params import DetectorParams
from dramatis.pocket.detector_scenes import as_labels, as_tensor, film_scene, picture_scene
from dramatis.pocket.detector_score import by_size, match
from dramatis.pocket.loop import Training, train
from dramatis.pocket.onnx_file import export_onnx, parameters
from dramatis.pocket.pictures import Picture, frame, picture
from dramatis.pocket.residual import calibrate

CALIBRATION_STEPS = 60
FRAME_PX, INPUT_PX = (480, 270), 480
"""Size of the measured frames, and the longest side at which the detector sees them."""
MAX_IOU = 0.6


def batch(params: DetectorParams, step: int) -> tuple[Tensor, Labels]:
    """The pictures of a step (B, 3, H, W), as many pixels whatever the canvas, and their boxes."""
    rng = seeds.rng(params.seed, "pocket", "detector", "train", step)
    width, height = params.canvases[int(rng.integers(len(params.canvases)))]
    largest = max(w * h for w, h in params.canvases)
    count = min(round(params.batch * largest / (width * height)), 4 * params.batch)
    scenes = [
        (picture_scene if rng.random() < params.pictures else film_scene)(rng, width, height) for _ in range(count)
    ]
    return as_tensor([scene.image for scene in scenes]), as_labels(scenes)


def film_frame(rng: np.random.Generator) -> Picture:
    """A frame as a film shows it."""
    drawn = frame(rng, *FRAME_PX)
    return drawn._replace(image=film_look(drawn.image, rng))


def generated_picture(rng: np.random.Generator) -> Picture:
    """One person at 64 px, as soft as a generated picture."""
    drawn = picture(rng, 64)
    return drawn._replace(image=generated_look(drawn.image, rng))


def measure(
    finder: Finder, params: DetectorParams, draw: Callable[[np.random.Generator], Picture]
) -> dict[str, object]:
    """Recall and precision at IoU 0.5 on held-out pictures, by kind and size in the picture."""
    matches: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for index in trange(params.held_out, desc="measure", unit="picture"):
        drawn = draw(seeds.rng(params.seed, "pocket", "detector", "unseen", index))
        found = finder.detect(drawn.image)
        for kind in KINDS:
            matches[kind].append(
                match(
                    np.array([one.box for one in found if one.kind == kind]),
                    np.array([box for name, box in drawn.boxes if name == kind]),
                )
            )
    return {kind: by_size(rows) for kind, rows in matches.items()}


def train_detector(params: DetectorParams, state: Path, out: Path, metrics: Path) -> None:
    """Trains the detector, writes its file and what it reaches on held-out pictures."""
    torch.set_num_threads(params.threads)
    torch.manual_seed(seeds.derive(params.seed, "pocket", "detector", "weights"))
    net = Detector(params.widths, params.neck_width)

    def loss(step: int) -> Tensor:
        images, labels = batch(params, step)
        return detection_loss(net.raw(images), labels, params.box_weight)

    def export() -> None:
        calibrate(net, lambda step: batch(params, step)[0], min(CALIBRATION_STEPS, params.steps))
        with whole_folder(out) as folder:
            export_onnx(
                net,
                torch.zeros(1, 3, 288, 480),
                folder / "pocket.onnx",
                ("images", "output0"),
                {"images": {0: "batch", 2: "height", 3: "width"}, "output0": {0: "batch", 2: "anchors"}},
                {
                    "names": str(dict(enumerate(KINDS))),
                    "stride": str(STRIDES[-1]),
                    "imgsz": str([INPUT_PX, INPUT_PX]),
                    "task": "detect",
                },
            )

    training = Training(net, params)
    train(training, loss, state, export, export_every=params.steps)
    finder = load_detect("yolo_onnx", out, dict.fromkeys(KINDS, params.min_score), MAX_IOU, INPUT_PX)
    write_json(
        {
            "parameters": parameters(net),
            "pictures": params.held_out,
            "min_score": params.min_score,
            "film": measure(finder, params, film_frame),
            "generated": measure(finder, params, generated_picture),
        },
        metrics,
    )

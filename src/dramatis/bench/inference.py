"""How near stages `detect` and `embed` come to a loop that only decodes pictures and runs their models.

Both are measured in CPU seconds for each frame or face, with two workers of one thread. What a stage needs to start is
left out: it is run on half of a clip and on the whole, and the difference counts. Only ratios within one run say
something.
"""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.backends.embed import EmbedChoice
from dramatis.backends.onnx import open_session
from dramatis.bench.clips import MOBILEFACENET, YUNET, media_folder
from dramatis.bench.speed import cpu_seconds
from dramatis.core.params import load_params
from dramatis.core.tables import iter_rows, read_rows, read_table, write_table
from dramatis.detect.params import DetectParams, MinScore
from dramatis.detect.run import run as detect
from dramatis.embed.params import EmbedParams
from dramatis.embed.run import run as embed
from dramatis.frames.params import FramesParams
from dramatis.frames.run import run as sample
from dramatis.frames.schema import FRAMES

CLIP = "videos/signers_20shots.mp4"
FPS = 15
WORKERS = 2
REPEATS = 3
"""One measurement differs from the next by a fifth on a shared machine; the median of three counts."""


def figures() -> dict[str, float]:
    """`detect_ratio` and `embed_ratio`: CPU time of the bare model loop over that of the stage [0..1].

    The models are YuNet and MobileFaceNet on a real clip, both of the test media.

    Raises:
        MissingError: there is no such folder.
    """
    media = media_folder()
    with TemporaryDirectory() as folder:
        whole, half = Path(folder) / "whole" / "clip", Path(folder) / "half" / "clip"
        settings = load_params("frames", FramesParams).model_copy(update={"mode": "fps", "fps": FPS})
        sample(settings, "clip", media / CLIP, whole / "frames")
        rows = read_rows(whole / "frames/frames.parquet", "frames")
        write_table(rows[: len(rows) // 2], FRAMES, half / "frames/frames.parquet")
        detecting, embedding = _settings(media)
        choice = EmbedChoice(**embedding.model_dump())
        ratios: dict[str, list[float]] = {"detect_ratio": [], "embed_ratio": []}
        for _ in range(REPEATS):
            seconds = _growth(lambda at: detect(detecting, choice, at / "frames", at / "detections"), half, whole)
            bare = _bare(
                partial(_yunet, detecting.weights, whole / "frames/frames.parquet"), len(rows) - len(rows) // 2
            )
            ratios["detect_ratio"].append(bare / seconds)
            few, faces = (_count(at / "detections/detections.parquet") for at in (half, whole))
            seconds = _growth(
                lambda at: embed(embedding, at / "frames", at / "detections", at / "embeddings"), half, whole
            )
            bare = _bare(partial(_mobilefacenet, embedding.weights, whole / "frames/frames.parquet"), faces - few)
            ratios["embed_ratio"].append(bare / seconds)
    return {name: median(values) for name, values in ratios.items()}


def _settings(media: Path) -> tuple[DetectParams, EmbedParams]:
    weights = media / "weights"
    detecting = load_params("detect", DetectParams).model_copy(
        update={
            "backend": "yunet",
            "weights": weights / YUNET,
            "min_score": MinScore(face=0.7, head=0.7, halfbody=0.7, person=0.7),
            "max_iou": 0.3,
            "input_px": None,
            "workers": WORKERS,
        }
    )
    embedding = load_params("embed", EmbedParams).model_copy(
        update={
            "backend": "arcface_onnx",
            "weights": weights / MOBILEFACENET,
            "threshold": 0.2625,
            "normalisation": "imagenet",
            "workers": WORKERS,
        }
    )
    return detecting, embedding


def _count(table: Path) -> int:
    return len(read_table(table, "detect", ["detection_id"]))


def _growth(stage: Callable[[Path], None], half: Path, whole: Path) -> float:
    """CPU seconds that the second half of a clip costs."""
    first, both = (cpu_seconds(partial(stage, at)) for at in (half, whole))
    return both - first


def _bare(load: Callable[[], Iterable[Callable[[], object]]], count: int) -> float:
    """CPU seconds that `count` calls take in two processes; `load` gives the calls, one for each input."""
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        return (
            sum(pool.map(_loop, [load] * WORKERS, [count // WORKERS] * WORKERS)) * count / (count // WORKERS * WORKERS)
        )


def _loop(load: Callable[[], Iterable[Callable[[], object]]], count: int) -> float:
    cv2.setNumThreads(1)
    calls = list(load())
    calls[0]()
    start = time.process_time()
    for number in range(count):
        calls[number % len(calls)]()
    return time.process_time() - start


def _pictures(table: Path) -> list[NDArray[np.uint8]]:
    """Bytes of the first pictures of a frame table."""
    rows = islice(iter_rows(table, "frames", ["image"]), 64)
    return [np.frombuffer(row["image"], np.uint8) for row in rows]


def _yunet(weights: Path, table: Path) -> Iterable[Callable[[], object]]:
    """Decodes a frame and runs the detector on it."""
    pictures = _pictures(table)
    height, width = cv2.imdecode(pictures[0], cv2.IMREAD_COLOR).shape[:2]
    model = cv2.FaceDetectorYN.create(str(weights), "", (width, height), 0.7, 0.3, 5000)

    def detect(data: NDArray[np.uint8]) -> object:
        return model.detect(cv2.imdecode(data, cv2.IMREAD_COLOR))

    return [partial(detect, data) for data in pictures]


def _mobilefacenet(weights: Path, table: Path) -> Iterable[Callable[[], object]]:
    """Decodes a frame, and runs the embedder on a face and its mirror image, the tensors of which are ready.

    The clip shows one person at a time, so that a frame is decoded for each face.
    """
    session = open_session(weights, "embed.weights")
    inputs = {session.get_inputs()[0].name: np.random.default_rng(0).normal(size=(1, 3, 112, 112)).astype(np.float32)}

    def embed_one(data: NDArray[np.uint8]) -> None:
        cv2.imdecode(data, cv2.IMREAD_COLOR)
        session.run(None, inputs)
        session.run(None, inputs)

    return [partial(embed_one, data) for data in _pictures(table)]

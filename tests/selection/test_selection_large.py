"""A made-up show of 50 characters in 40 episodes: how much another episode changes, and how long it takes."""

import time

import numpy as np
import pytest

from dramatis.core.params import load_params
from dramatis.selection.choice import traits_of
from dramatis.selection.decide import Pictures, decide
from dramatis.selection.kinds import with_kinds
from dramatis.selection.params import SelectionParams

CHARACTERS, EPISODES, FACES, WIDTH = 50, 40, 400, 256
SHARE = 1 / np.arange(1, CHARACTERS + 1) ** 1.1
FACE_PX = {"full": 12, "upper": 25, "head": 60}


def episode(number):
    """Crops, scenes and identity vectors of one episode; some people are seen far more often than others."""
    rng = np.random.default_rng([7, number])
    looks = np.random.default_rng(7).normal(size=(CHARACTERS, WIDTH))
    video, crops, scenes, vectors = f"e{number:02d}", [], [], []
    faces = shot = 0
    while faces < FACES:
        shot += 1
        people = rng.choice(CHARACTERS, size=rng.choice([1, 1, 1, 2, 2, 3]), replace=False, p=SHARE / SHARE.sum())
        for moment in range(rng.integers(1, 4)):
            place = {"frame_id": f"{video}-{100 * shot + moment:06d}", "video": video, "shot": shot}
            looks_like = {"rejected_by": None, "phash": f"{rng.integers(0, 2**63):016x}"}
            names = [f"c{who:02d}" for who in people]
            scenes.append({"scene_id": f"{place['frame_id']}-scene", "characters": names, **place, **looks_like})
            for n, who in enumerate(people):
                faces += 1
                vector = looks[who] + rng.normal(scale=0.35, size=WIDTH)
                figure = f"{place['frame_id']}-{n:02d}"
                face = {
                    "figure_id": figure,
                    "character": names[n],
                    "outfit": f"o{rng.integers(4)}",
                    "cut_off": bool(rng.random() < 0.5),
                    "sharpness": rng.uniform(0.4, 0.95),
                    "luma": rng.uniform(0.1, 0.8),
                    "yaw": rng.normal(0, 30),
                    "others": [],
                }
                for stage, height in FACE_PX.items():
                    if rng.random() < (0.4 if stage == "full" else 0.65):
                        box = {"face": {"y0": 0, "y1": height}, "height_px": 150}
                        own = {"phash": f"{rng.integers(0, 2**63):016x}", "rejected_by": None}
                        crops.append({"crop_id": f"{figure}-{stage}", "stage": stage, **face, **place, **box, **own})
                        vectors.append(vector / np.linalg.norm(vector))
    return crops, scenes, np.array(vectors, np.float32)


@pytest.fixture(scope="module")
def show():
    return [episode(number) for number in range(EPISODES + 1)]


def decided(episodes, settings):
    crops = [with_kinds(row, settings) for crops, _, _ in episodes for row in crops]
    scenes = [row for _, scenes, _ in episodes for row in scenes]
    traits = traits_of(crops, np.concatenate([vectors for _, _, vectors in episodes]))
    start = time.process_time()
    decision = decide(settings, Pictures(crops, scenes, traits, 0.18, {}))
    assert time.process_time() - start < 60  # it takes 3
    return {**dict.fromkeys(decision.split, ""), **decision.left_out} | decision.split


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "least"),
    [
        ({}, 0.998),
        ({"max_pictures": 200, "max_per_shot": 4, "validation_pictures": 20}, 0.99),
    ],
)
def test_another_episode_changes_little(show, changes, least):
    settings = load_params("selection", SelectionParams).model_copy(update=changes)
    before, after = decided(show[:-1], settings), decided(show, settings)
    assert len(before) > 30_000
    assert np.mean([after[key] == what for key, what in before.items()]) >= least
    held = np.mean([what == "validation" for what in before.values()])
    assert 0.01 < held < 0.25

"""The camera, measured; and the pipelines that draw films, on tiny random copies of their configurations."""

import shutil

import cv2
import numpy as np
import pytest
from damaging import each_damage
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import picture
from tiny_motion import build_tiny_adapter, build_tiny_svd
from tiny_sd import build_tiny_sd

from dramatis.backends.motion import MotionParams, Still, load_motion
from dramatis.backends.motion.pan import Window, path, seen
from dramatis.backends.motion.pipeline import drawn_size, spread
from dramatis.core.errors import InputError, MissingError

TINY = {"frames": 2, "steps": 2, "short_px": 64, "precision": "fp32", "device": "cpu"}


def still(width=96, height=64, seed=1):
    return Still(picture(1, 2 * width, 2 * height), "a street", seed, width, height)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    top = tmp_path_factory.mktemp("motion")
    return {
        "pan": {},
        "svd": {"weights": str(build_tiny_svd(top / "svd"))},
        "animatediff": {"weights": str(build_tiny_adapter(top / "adapter")), "base": str(build_tiny_sd(top / "sd"))},
    }


@pytest.mark.parametrize(
    "backend", ["pan", *(pytest.param(model, marks=pytest.mark.slow) for model in ("svd", "animatediff"))]
)
def test_every_backend_gives_as_many_frames_as_asked_for_and_the_same_again(weights, backend):
    motion = load_motion(backend, MotionParams(**TINY, **weights[backend]))
    frames = list(motion.frames(still(), 7, 24))
    assert [frame.shape for frame in frames] == [(64, 96, 3)] * 7 and frames[0].dtype == np.uint8
    assert any((frame != frames[0]).any() for frame in frames[1:]), "nothing moves"
    again = load_motion(backend, MotionParams(**TINY, **weights[backend]))
    assert all((one == other).all() for one, other in zip(frames, again.frames(still(), 7, 24), strict=True))


@pytest.mark.parametrize(
    ("backend", "values", "said"),
    [
        ("svd", {}, "render.motion.weights: null, but this backend needs a StableVideoDiffusionPipeline"),
        ("animatediff", {"weights": "x/y"}, "render.motion.base: null"),
        ("svd", {"weights": "nobody/nothing"}, "no folder here, and no model that can be fetched"),
    ],
)
def test_what_is_missing_is_said_in_one_line(monkeypatch, backend, values, said):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(MissingError, match=said) as error:
        load_motion(backend, MotionParams(**TINY, **values))
    assert "\n" not in str(error.value) and "render.backend: pan" in str(error.value)


def test_a_folder_that_holds_something_else_is_an_input_error(tmp_path):
    (tmp_path / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}')
    with pytest.raises(InputError, match="no whole StableVideoDiffusionPipeline"):
        load_motion("svd", MotionParams(**TINY, weights=str(tmp_path)))


def test_a_damaged_file_is_an_input_error(weights, tmp_path):
    folder = shutil.copytree(weights["svd"]["weights"], tmp_path / "svd")
    for damage in each_damage(folder, "image_encoder/*.safetensors"):
        with pytest.raises(InputError, match="no whole StableVideoDiffusionPipeline"):
            load_motion("svd", MotionParams(**TINY, weights=str(folder)))
            pytest.fail(damage)


def test_no_step_at_all_is_refused():
    with pytest.raises(ValueError, match="steps × strength must be at least 1, and is 0.5"):
        MotionParams(steps=1, strength=0.5)


def test_no_gpu_is_one_line(weights):
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has one")
    with pytest.raises(InputError, match="no GPU"):
        load_motion("svd", MotionParams(**TINY | weights["svd"] | {"device": "cuda"}))


def test_a_window_shows_what_is_in_it():
    image = picture(2, 80, 40)
    assert (seen(image, Window(0, 0, 1)) == image).all()
    quarter = seen(image, Window(0.5, 0.5, 0.5)).astype(int)
    wanted = cv2.resize(image[20:, 40:], (80, 40), interpolation=cv2.INTER_LINEAR).astype(int)
    assert abs(quarter - wanted)[2:-2, 2:-2].max() <= 2


@given(st.floats(1, 2), st.integers(0, 2**40))
def test_windows_lie_in_the_picture_and_one_is_the_whole(zoom, seed):
    ways = path(zoom, seed)
    assert Window(0, 0, 1) in ways
    for left, top, share in ways:
        assert left >= 0 and top >= 0 and max(left, top) + share <= 1 + 1e-9 and share >= 1 / zoom - 1e-9


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 100))
def test_the_camera_moves_evenly_between_pixels(seed):
    """A slow way of less than a tenth of a pixel a frame: the centre of a disc moves at each step, and as far."""
    y, x = np.mgrid[0:240, 0:240]
    disc = 255 / (1 + np.exp(np.hypot(x - 120, y - 120) - 60))
    image = np.repeat(disc.astype(np.uint8)[..., None], 3, 2)
    motion = load_motion("pan", MotionParams(zoom=1.2))
    frames = [frame[..., 0].astype(float) for frame in motion.frames(Still(image, "", seed, 120, 120), 120, 24)]
    sizes = np.sqrt([frame.sum() for frame in frames])
    start, end = path(1.2, seed)
    share = np.linspace(start.share, end.share, 120)
    assert np.allclose(sizes * share, (sizes * share)[0], rtol=2e-3)  # grows as 1 / share, without a jump
    assert (np.sign(np.diff(sizes)) == np.sign(start.share - end.share)).all()


def test_frames_in_between_are_mixed_and_run_forth_and_back():
    dark, light = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 200, np.uint8)
    small = Still(dark, "", 0, 4, 4)
    means = [frame.mean() for frame in spread([dark, light], 6, small, 9, 24)]
    assert means == [0, 50, 100, 150, 200, 150, 100, 50, 0]


@pytest.mark.parametrize(("size", "short", "wanted"), [((720, 720), 576, (576, 576)), ((1280, 720), 576, (1024, 576))])
def test_sizes_that_a_model_draws_are_in_steps(size, short, wanted):
    assert drawn_size(Still(picture(0), "", 0, *size), short) == wanted

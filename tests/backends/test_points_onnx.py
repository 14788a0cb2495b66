"""Models that answer with points: every layout, by hand."""

import numpy as np
import pytest
from onnx import helper
from tiny_onnx import GRID, save, still_points

from dramatis.backends.landmarks import load_landmarks
from dramatis.core.errors import InputError, MissingError, ParameterError

IMAGE = np.full((100, 120, 3), 51, np.uint8)
BOX = np.array([40, 30, 60, 50])
SEEN = GRID * 26 + [37, 27]
"""The grid in the square of 1.3 times 20 px about the box."""


def find(folder, **layout):
    still_points(folder / "model.onnx", **layout)
    return load_landmarks("points_onnx", folder).find(IMAGE, BOX)


@pytest.mark.parametrize("shape", [(68, 2), (68, 3), (136,)])
@pytest.mark.parametrize("reach", [1.0, 16.0, 64.0])
def test_shares_pixels_and_cells_are_put_back_into_the_picture(shape, reach, tmp_path):
    found = find(tmp_path, shape=shape, reach=reach)
    assert found.points == pytest.approx(SEEN, abs=1e-4)
    assert found.confidence.tolist() == [1.0] * 68  # it does not say how sure it is


def test_the_square_grows_with_growth(tmp_path):
    assert find(tmp_path, growth=2.0).points == pytest.approx(GRID * 40 + [30, 20], abs=1e-4)


@pytest.mark.parametrize("sure", [(68,), (68, 4, 4)])
def test_what_it_says_of_its_sureness_is_read(sure, tmp_path):
    found = find(tmp_path, sure=sure)
    assert found.points == pytest.approx(SEEN, abs=1e-4)
    assert found.confidence == pytest.approx(51 / 255)


def test_colours_are_in_order_less_the_mean_over_the_deviation(tmp_path):
    """The output is the mean of what the model is given."""
    image = IMAGE.copy()
    image[..., 0] = 251  # red
    layout = {"mean": [1, 51, 51], "deviation": [500, 100, 100], "sure": (68,)}
    still_points(tmp_path / "rgb" / "model.onnx", **layout)
    still_points(tmp_path / "bgr" / "model.onnx", order="bgr", **layout)
    rgb, bgr = (
        load_landmarks("points_onnx", tmp_path / name).find(image, BOX).confidence[0] for name in ("rgb", "bgr")
    )
    assert rgb == pytest.approx(0.5 / 3) and bgr == pytest.approx((0.1 + 2) / 3)


def test_sureness_stays_in_0_to_1(tmp_path):
    assert find(tmp_path, sure=(68,), deviation=[1, 1, 1]).confidence.tolist() == [1.0] * 68
    assert find(tmp_path, sure=(68,), mean=[99, 99, 99]).confidence.tolist() == [0.0] * 68


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{}", "points.yaml: growth: required"),
        ("growth: 9", "points.yaml: growth = 9: .*less than or equal to 4"),
        ("{growth: 1.3, deviation: [0, 1, 1]}", "points.yaml: deviation.0 = 0: .*greater than 0"),
        ("{growth: 1.3, size: 4}", "points.yaml: size: unknown key, allowed are growth, reach"),
    ],
)
def test_a_wrong_layout_file_is_one_clear_line(written, said, tmp_path):
    still_points(tmp_path / "model.onnx")
    (tmp_path / "points.yaml").write_text(written)
    with pytest.raises(ParameterError, match=said):
        load_landmarks("points_onnx", tmp_path)


def test_without_the_layout_file_it_says_what_to_write(tmp_path):
    still_points(tmp_path / "model.onnx")
    (tmp_path / "points.yaml").unlink()
    with pytest.raises(
        MissingError, match=r"points.yaml: there is no such file beside the model. Write it.*growth: 1.3"
    ):
        load_landmarks("points_onnx", tmp_path)


def test_a_model_of_another_layout_is_one_clear_line(tmp_path):
    nodes = [helper.make_node("ReduceMean", ["input"], ["output"], axes=[2, 3], keepdims=0)]
    save(tmp_path / "three" / "m.onnx", {"input": [1, 3, 8, 8]}, {"output": [1, 3]}, nodes)
    with pytest.raises(InputError, match=r"m.onnx: input \[1, 3, 8, 8\], output \('N', 3\), not \(N, 3, S, S\)"):
        load_landmarks("points_onnx", tmp_path / "three")
    save(tmp_path / "wide" / "m.onnx", {"input": [1, 3, 8, 16]}, {"output": [1, 3]}, nodes)
    with pytest.raises(InputError, match=r"m.onnx: input \[1, 3, 8, 16\]"):
        load_landmarks("points_onnx", tmp_path / "wide")

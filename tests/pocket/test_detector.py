"""The pocket detector: assignment and loss by hand, scenes, scores, the file that stage `detect` loads."""

import ast

import numpy as np
import onnx
import pytest
import torch
from pydantic import ValidationError

from dramatis.backends.detect import load_detect
from dramatis.backends.onnx import open_session
from dramatis.core import seeds
from dramatis.detect.schema import KINDS
from dramatis.pocket.detector import batch, train_detector
from dramatis.pocket.detector_loss import TAKEN, Labels, assign, complete_iou, detection_loss, overlap
from dramatis.pocket.detector_net import STRIDES, Detector, Raw
from dramatis.pocket.detector_params import DetectorParams
from dramatis.pocket.detector_scenes import GREY, as_labels, as_tensor, film_scene, fitted, picture_scene
from dramatis.pocket.detector_score import by_size, match
from dramatis.pocket.loop import Training
from dramatis.pocket.pictures import Picture

VALUES = {
    "seed": 5,
    "threads": 1,
    "steps": 2,
    "batch": 2,
    "lr": 0.003,
    "warm_up": 0,
    "ema": 0.5,
    "max_grad_norm": 10.0,
    "checkpoint_every": 1,
    "widths": (8, 8, 8, 16, 16),
    "neck_width": 8,
    "canvases": ((128, 64), (64, 64)),
    "pictures": 0.5,
    "box_weight": 2.0,
    "held_out": 16,
    "min_score": 0.4,
}
PARAMS = DetectorParams(**VALUES)


def test_overlap_by_hand():
    a, b = torch.tensor([0.0, 0, 4, 4]), torch.tensor([2.0, 0, 6, 4])
    assert overlap(a, b).item() == pytest.approx(8 / 24)
    assert complete_iou(a, b).item() == pytest.approx(8 / 24 - 4 / (36 + 16))  # the middles lie 2 apart; same shape
    assert complete_iou(a, a).item() == pytest.approx(1)


def cells_at(*middles: tuple[float, float], stride: float = 8) -> torch.Tensor:
    return torch.tensor([[x, y, stride] for x, y in middles])


def test_a_cell_near_the_middle_gets_the_box_and_a_far_one_does_not():
    cells = cells_at((12, 12), (20, 12), *[(60 + 8 * n, 12) for n in range(TAKEN)])
    corners = torch.tensor([4.0, 4, 20, 20]).expand(1, len(KINDS), len(cells), 4)
    raw = Raw(torch.zeros(1, len(KINDS), len(cells)), corners, cells)
    taken, target = assign(raw, Labels(corners[:, 0, :1], torch.tensor([[2]]), torch.tensor([[True]])))
    assert taken[0, 0].tolist() == [True, True] + [False] * TAKEN
    assert target[0, 0].tolist() == pytest.approx([1.0, 1.0] + [0.0] * TAKEN)


def test_two_boxes_of_one_kind_share_no_cell_but_a_face_and_its_head_may():
    cells = cells_at((12, 12), *[(500 + 8 * n, 12) for n in range(TAKEN)])
    corners = torch.tensor([4.0, 4, 20, 20]).expand(1, len(KINDS), len(cells), 4)
    raw = Raw(torch.zeros(1, len(KINDS), len(cells)), corners, cells)
    boxes = torch.tensor([[[4.0, 4, 20, 20], [6.0, 4, 22, 20]]])
    for kinds, shared in (([0, 0], False), ([0, 1], True)):
        taken, _ = assign(raw, Labels(boxes, torch.tensor([kinds]), torch.tensor([[True, True]])))
        assert taken[0, :, 0].tolist() == [True, shared]


def test_rows_that_only_fill_up_and_empty_pictures_count_for_nothing():
    torch.manual_seed(0)
    net = Detector((8, 8, 8, 16, 16), 8)
    raw = net.raw(torch.rand(1, 3, 64, 64))
    empty = Labels(torch.zeros(1, 2, 4), torch.zeros(1, 2, dtype=torch.int64), torch.zeros(1, 2, dtype=torch.bool))
    assert not assign(raw, empty)[0].any()
    assert detection_loss(raw, empty, 2.0).item() > 0  # it may still learn that nothing is there


def test_output_has_the_layout_of_yolov8():
    torch.manual_seed(0)
    net = Detector((8, 8, 8, 16, 16), 8).eval()
    images = torch.rand(2, 3, 64, 96)
    raw, output = net.raw(images), net(images)
    cells = sum(64 * 96 // stride**2 for stride in STRIDES)
    assert output.shape == (2, 4 + len(KINDS), len(KINDS) * cells)
    heads = output[:, :, cells : 2 * cells]  # the second group is of the second kind
    assert torch.allclose(heads[:, 5], raw.logits[:, 1].sigmoid()) and not heads[:, [4, 6, 7]].any()
    low, high = heads[:, :2] - heads[:, 2:4] / 2, heads[:, :2] + heads[:, 2:4] / 2
    assert torch.allclose(torch.cat([low, high], 1).transpose(1, 2), raw.corners[:, 1], atol=1e-3)
    assert raw.cells[0].tolist() == [4, 4, 8] and raw.cells[-1].tolist() == [80, 48, 32]


def test_a_picture_is_fitted_between_grey_borders():
    image = np.zeros((10, 20, 3), np.uint8)
    scene = fitted(Picture(image, (), (("head", (5.0, 0.0, 10.0, 10.0)),)), 64, 64)
    assert (scene.image[:16] == GREY).all() and (scene.image[16:48] == 0).all() and (scene.image[48:] == GREY).all()
    assert scene.boxes.tolist() == [[16.0, 16.0, 32.0, 48.0]] and scene.kinds.tolist() == [KINDS.index("head")]


@pytest.mark.parametrize("make", [film_scene, picture_scene])
def test_scenes_fill_the_canvas_with_boxes_inside(make):
    for seed in range(12):
        scene, again = make(seeds.rng(seed), 128, 96), make(seeds.rng(seed), 128, 96)
        assert scene.image.shape == (96, 128, 3) and (scene.image == again.image).all()
        assert (scene.boxes[:, :2] >= 0).all() and (scene.boxes[:, 2:] <= [128.01, 96.01]).all()
        assert (scene.boxes[:, 2:] > scene.boxes[:, :2]).all() and len(scene.kinds) == len(scene.boxes)


def test_labels_are_filled_up():
    scenes = [film_scene(seeds.rng(seed), 96, 96) for seed in range(4)]
    labels = as_labels(scenes)
    assert labels.real.sum(1).tolist() == [len(scene.kinds) for scene in scenes]
    assert as_tensor([scene.image for scene in scenes]).shape == (4, 3, 96, 96)


def test_match_and_bands_by_hand():
    true = np.array([[0, 0, 10, 10], [50, 50, 90, 90]])
    found = np.array([[51, 50, 90, 90], [50, 50, 90, 90], [0, 0, 10, 4]])  # the second comes too late, the third is off
    result = match(found, true)
    assert result.right.tolist() == [True, False, False] and result.seen.tolist() == [False, True]
    table = by_size([result, match(np.empty((0, 4)), np.empty((0, 4)))])
    assert table["0 to 20 px"] == {"boxes": 1, "recall": 0.0, "precision": 0.0}
    assert table["32 to 64 px"] == {"boxes": 1, "recall": 1.0, "precision": 0.5}
    assert table["64 px and more"] == {"boxes": 0, "recall": None, "precision": None}
    assert table["20 px and more"] == {"boxes": 1, "recall": 1.0, "precision": 0.5}


def test_sides_of_the_canvas_are_multiples_of_32():
    with pytest.raises(ValidationError, match="multiple of 32"):
        DetectorParams(**VALUES | {"canvases": ((100, 64),)})


def test_it_learns():
    torch.manual_seed(0)
    net = Detector((8, 16, 24, 32, 32), 16)
    training = Training(net, PARAMS.model_copy(update={"steps": 60, "lr": 0.01}))
    scenes = [picture_scene(seeds.rng(seed), 96, 96) for seed in range(3)]
    images, labels = as_tensor([scene.image for scene in scenes]), as_labels(scenes)
    losses = [training.update(detection_loss(net.raw(images), labels, 2.0)) for _ in range(60)]
    assert losses[-1] < 0.4 * losses[0]


def test_a_batch_has_about_as_many_pixels_on_every_canvas():
    sizes = {tuple(batch(PARAMS, step)[0].shape) for step in range(6)}
    assert sizes == {(2, 3, 64, 128), (4, 3, 64, 64)}


def test_two_trainings_give_the_same_files_that_the_backend_reads(tmp_path):
    for name in ("one", "two"):
        train_detector(PARAMS, tmp_path / name / "state", tmp_path / name / "out", tmp_path / f"{name}.json")
    file = tmp_path / "one/out/pocket.onnx"
    assert file.read_bytes() == (tmp_path / "two/out/pocket.onnx").read_bytes()
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    model = onnx.load(file)
    assert not any(node.op_type == "BatchNormalization" for node in model.graph.node)
    assert str(tmp_path).encode() not in model.SerializeToString()
    session = open_session(file, "detect.weights")
    assert ast.literal_eval(session.get_modelmeta().custom_metadata_map["names"]) == dict(enumerate(KINDS))
    assert session.run(None, {"images": np.zeros((3, 3, 64, 160), np.float32)})[0].shape == (3, 8, 4 * 210)
    finder = load_detect("yolo_onnx", tmp_path / "one/out", dict.fromkeys(KINDS, 0.0), 0.6, 64)
    assert {found.kind for found in finder.detect(np.zeros((60, 40, 3), np.uint8))} <= set(KINDS)

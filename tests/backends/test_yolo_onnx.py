import numpy as np
import pytest
from conftest import TOP
from hypothesis import given
from hypothesis import strategies as st
from tiny_onnx import constant_yolo, mean_colour_ccip, red_cells_yolo

from dramatis.backends.detect import load_detect
from dramatis.backends.detect.yolo_onnx import letterbox, suppress
from dramatis.core import boxes
from dramatis.core.errors import InputError

LOW = {"face": 0.4, "head": 0.4, "halfbody": 0.4, "person": 0.4}
NAMES = {0: "face", 1: "head", 2: "halfbody", 3: "person"}


def load(weights, min_score=LOW, max_iou=0.5, input_px=None):
    return load_detect("yolo_onnx", weights, min_score, max_iou, input_px)


def blank(width, height):
    return np.zeros((height, width, 3), np.uint8)


def test_letterbox_by_hand():
    # 200 x 100 into 64 x 64: scale 0.32, 64 x 32 inside, 16 grey rows above and below
    fitted, (scale, left, top) = letterbox(np.full((100, 200, 3), 255, np.uint8), 64, 64, tight=False)
    assert (scale, left, top) == (0.32, 0, 16) and fitted.shape == (64, 64, 3)
    assert (fitted[:16] == 114).all() and (fitted[16:48] == 255).all() and (fitted[48:] == 114).all()


def test_an_odd_border_is_one_pixel_wider_on_the_right_and_below():
    fitted, (_, left, top) = letterbox(np.full((61, 64, 3), 255, np.uint8), 64, 64, tight=False)
    assert (left, top) == (0, 1) and (fitted[:, 0, 0] == 114).sum() == 3
    assert (fitted[-2:] == 114).all()


def test_letterbox_of_a_tall_picture_by_hand():
    # 335 x 500 into 640 x 640: scale 1.28, 428.8 columns become 429, 211 free ones are 105 left and 106 right
    fitted, (scale, left, top) = letterbox(np.full((500, 335, 3), 255, np.uint8), 640, 640, tight=False)
    assert (scale, left, top) == (1.28, 105, 0) and fitted.shape == (640, 640, 3)
    assert (fitted[:, :105] == 114).all() and (fitted[:, 105:534] == 255).all() and (fitted[:, 534:] == 114).all()


def test_tight_letterbox_by_hand():
    # 1280 x 720 for 640: half as large, 360 rows need 24 more for a multiple of 32
    fitted, (scale, left, top) = letterbox(np.full((720, 1280, 3), 255, np.uint8), 640, 640, tight=True)
    assert (scale, left, top) == (0.5, 0, 12) and fitted.shape == (384, 640, 3)
    assert (fitted[:12] == 114).all() and (fitted[12:372] == 255).all() and (fitted[372:] == 114).all()


def test_small_pictures_are_scaled_up():
    assert letterbox(blank(32, 16), 64, 64, tight=False)[1] == (2.0, 0, 16)


@given(st.integers(8, 900), st.integers(8, 900))
def test_tight_padding_reaches_the_next_stride(width, height):
    fitted, (scale, left, top) = letterbox(blank(width, height), 320, 320, tight=True)
    rows, columns = fitted.shape[:2]
    assert rows % 32 == columns % 32 == 0 and max(rows, columns) == 320
    assert -0.5 < columns - width * scale - left < 32.5 and -0.5 < rows - height * scale - top < 32.5


def test_suppression_by_hand():
    # the second overlaps the first by 8 / 12 of the union; the third only by 4 / 16
    found = np.array([[0, 0, 10, 1], [2, 0, 12, 1], [6, 0, 16, 1]])
    assert suppress(found, np.array([0.9, 0.8, 0.7]), 0.5) == [0, 2]
    assert suppress(found, np.array([0.7, 0.8, 0.9]), 0.5) == [2, 1]
    assert suppress(found, np.array([0.9, 0.8, 0.7]), 8 / 12) == [0, 1, 2]
    assert suppress(found, np.array([0.5, 0.5, 0.5]), 0.2) == [0]


@given(st.integers(0, 30), st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_what_stays_does_not_overlap_and_what_goes_does(count, seed, max_iou):
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 50, (count, 2))
    found, scores = np.concatenate([corner, corner + rng.uniform(1, 40, (count, 2))], 1), rng.random(count)
    kept = suppress(found, scores, max_iou)
    overlap = boxes.iou(found, found)
    for one in range(count):
        better = [other for other in kept if other != one and scores[other] >= scores[one]]
        covered = any(overlap[other, one] > max_iou for other in better)
        assert covered != (one in kept)


def test_boxes_in_the_picture_by_hand(tmp_path):
    # a 640 x 360 picture in a 320 input: scale 0.5, 70 grey rows above
    rows = [
        [100, 100, 20, 20, 0.9, 0, 0, 0],  # face at (180, 40) to (220, 80)
        [100, 101, 20, 20, 0.8, 0, 0, 0],  # the same again
        [100, 100, 20, 20, 0, 0.7, 0, 0],  # a head in the same place is another kind and stays
        [10, 80, 40, 40, 0, 0, 0, 0.6],  # reaches over the left and upper edge
        [200, 200, 20, 20, 0.39, 0, 0, 0],  # too unsure
        [100, 20, 20, 20, 0.9, 0, 0, 0],  # inside the grey
    ]
    found = load(constant_yolo(tmp_path / "m.onnx", rows, NAMES)).detect(blank(640, 360))
    assert [(each.kind, each.box.round(3).tolist()) for each in found] == [
        ("face", [180, 40, 220, 80]),
        ("head", [180, 40, 220, 80]),
        ("person", [0, 0, 60, 60]),
    ]
    assert [each.score for each in found] == pytest.approx([0.9, 0.7, 0.6])
    assert all(each.landmarks is None for each in found)


def test_a_chain_of_overlaps_in_the_picture_by_hand(tmp_path):
    # scale 0.5; 20 px wide, each 6 px beside the one before: neighbours share 14 / 26, the next but one 8 / 32
    rows = [[100, 100, 20, 20, 0.7, 0], [106, 100, 20, 20, 0.9, 0], [112, 100, 20, 20, 0.8, 0]]
    file = constant_yolo(tmp_path / "m.onnx", rows, {0: "face", 1: "head"})
    places = [[180, 180, 220, 220], [192, 180, 232, 220], [204, 180, 244, 220]]
    one = load(file, max_iou=0.5).detect(blank(640, 640))  # the middle one takes both neighbours away
    assert [each.box.tolist() for each in one] == [places[1]]
    two = load(file, max_iou=0.54).detect(blank(640, 640))
    assert [each.box.tolist() for each in two] == [places[1], places[2], places[0]]


@pytest.mark.parametrize("batch_size", [2, 3, 8])
def test_batches_give_what_single_pictures_give(batch_size, tmp_path):
    rng = np.random.default_rng(5)
    images = [rng.integers(0, 255, (90, 160, 3)).astype(np.uint8) for _ in range(5)]
    images.insert(2, rng.integers(0, 255, (160, 90, 3)).astype(np.uint8))  # needs other borders
    fixed = red_cells_yolo(tmp_path / "m.onnx")  # takes one picture at a time, whatever is asked
    for weights, score in ((fixed, 0.4), (TOP / "models/pocket/detect", 0.001)):
        low = dict.fromkeys(LOW, score)
        alone = load_detect("yolo_onnx", weights, low, 0.5, None)
        together = load_detect("yolo_onnx", weights, low, 0.5, None, batch_size).detect_batch(images)
        assert any(together)
        for image, found in zip(images, together, strict=True):
            expected = alone.detect(image)
            assert [each.kind for each in found] == [each.kind for each in expected]
            for one, other in zip(found, expected, strict=True):
                assert one.box == pytest.approx(other.box, abs=1e-2)
                assert one.score == pytest.approx(other.score, abs=1e-5)


def test_each_kind_has_its_own_threshold(tmp_path):
    rows = [[100, 100, 20, 20, 0.5, 0], [200, 200, 20, 20, 0, 0.5]]
    file = constant_yolo(tmp_path / "m.onnx", rows, {0: "face", 1: "head"})
    found = load(file, {"face": 0.6, "head": 0.4}).detect(blank(320, 320))
    assert [each.kind for each in found] == ["head"]


def test_pixels_reach_the_model_where_they_are(tmp_path):
    image = np.zeros((180, 320, 3), np.uint8)  # scale 0.4 into 128: 128 x 72, 28 rows of grey above
    image[90:170, 80:160, 0] = 255  # cells of 80 px: column 1; rows 64 to 96 of the input
    face = load(red_cells_yolo(tmp_path / "m.onnx"), {"face": 0.9}).detect(image)
    assert [each.box.tolist() for each in face] == [[80, 90, 160, 170]]
    blue = load(red_cells_yolo(tmp_path / "m.onnx"), {"face": 0.9}).detect(image[..., ::-1].copy())
    assert blue == []


def test_several_models_of_one_class_in_a_folder(tmp_path):
    constant_yolo(tmp_path / "a.onnx", [[100, 100, 20, 20, 0.9]], {0: "face"})
    constant_yolo(tmp_path / "b.onnx", [[100, 100, 60, 60, 0.8]], ["head"], side=None)
    found = load(tmp_path).detect(blank(640, 640))
    assert [(each.kind, each.box[0]) for each in found] == [("face", 180), ("head", 70)]


def test_a_model_of_any_size_sees_the_size_asked_for(tmp_path):
    file = constant_yolo(tmp_path / "m.onnx", [[100, 100, 20, 20, 0.9]], {0: "face"}, side=None)
    assert load(file, input_px=320).detect(blank(640, 640))[0].box[0] == 180
    assert load(file, input_px=1280).detect(blank(640, 640))[0].box[0] == 45
    with pytest.raises(InputError, match="input_px: 640, but .*m.onnx takes 320x320 only"):
        load(constant_yolo(file, [[1, 1, 1, 1, 1]], {0: "face"}), input_px=640)


def test_a_model_of_any_size_sees_the_size_it_was_trained_at_if_it_says_so(tmp_path):
    rows = [[100, 100, 20, 20, 0.9]]
    file = constant_yolo(tmp_path / "m.onnx", rows, {0: "face"}, side=None, imgsz="[192, 320]")
    assert load(file).detect(blank(640, 640))[0].box[0] == 180
    assert load(file, input_px=640).detect(blank(640, 640))[0].box[0] == 90
    silent = constant_yolo(tmp_path / "n.onnx", rows, {0: "face"}, side=None)
    assert load(silent).detect(blank(640, 640))[0].box[0] == 90


def test_files_that_are_not_such_models(tmp_path):
    file = tmp_path / "m.onnx"
    with pytest.raises(InputError, match="m.onnx: there is no such weight file or folder. Put the model there"):
        load(file)
    file.write_bytes(b"no model")
    with pytest.raises(InputError, match="m.onnx: not a model that onnxruntime can run"):
        load(file)
    with pytest.raises(InputError, match="its classes are eye, none of face, head"):
        load(constant_yolo(file, [[1, 1, 1, 1, 1]], {0: "eye"}))
    with pytest.raises(InputError, match="YOLOv8 with 2 classes"):
        load(constant_yolo(file, [[1, 1, 1, 1, 1]], {0: "face", 1: "head"}))
    with pytest.raises(InputError, match="metadata key `names` is ''"):
        load(mean_colour_ccip(file))
    with pytest.raises(InputError, match="no \\*.onnx file in this folder"):
        load((tmp_path / "empty").mkdir() or tmp_path / "empty")

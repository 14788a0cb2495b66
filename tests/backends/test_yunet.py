import csv

import cv2
import numpy as np
import pytest
from tiny_onnx import mean_colour_ccip

from dramatis.backends.detect import load_detect
from dramatis.core.errors import InputError
from dramatis.core.images import read_image


def load(media, input_px=None, model="yunet_n"):
    return load_detect("yunet", media / "weights" / f"{model}_640_640.onnx", {"face": 0.7}, 0.3, input_px)


def faces(media):
    with (media / "faces" / "cc_by_faces.csv").open() as file:
        return list(csv.DictReader(file))


def test_landmarks_of_real_faces_are_in_the_order_of_the_table(media):
    names = ["rex", "rey", "lex", "ley", "nx", "ny", "rmx", "rmy", "lmx", "lmy"]
    off, found_faces = [], 0
    detector = load(media)
    for row in faces(media)[:20]:
        found = detector.detect(read_image(media / "faces" / row["file"]))
        found_faces += bool(found)
        if found:
            off.append(np.abs(found[0].landmarks.ravel() - [float(row[name]) for name in names]).mean())
    assert found_faces >= 19 and np.median(off) < 3  # pixels of a 160 px picture


def test_small_faces_are_found_when_the_picture_is_scaled_up(media):
    small, scaled_up, apart = 0, 0, []
    for row in faces(media)[::6]:
        image = read_image(media / "faces" / row["file"])
        tiny = cv2.resize(image, (20, 20), interpolation=cv2.INTER_AREA)
        small += bool(load(media).detect(tiny))
        found, large = load(media, input_px=160).detect(tiny), load(media).detect(image)
        scaled_up += bool(found)
        if found and large:
            apart.append(np.abs(found[0].box - large[0].box / 8).max())
    assert scaled_up > small and np.median(apart) < 1  # pixels of the 20 px picture


def test_one_model_is_needed(media, tmp_path):
    with pytest.raises(InputError, match="one model is needed, but the folder has .*MobileFaceNet.onnx"):
        load_detect("yunet", media / "weights", {"face": 0.7}, 0.3, None)
    with pytest.raises(InputError, match="not a YuNet model"):
        load_detect("yunet", mean_colour_ccip(tmp_path / "m.onnx"), {"face": 0.7}, 0.3, None)

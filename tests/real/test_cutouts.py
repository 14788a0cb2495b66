"""Figures of a real clip, cut out: what is accepted has no hole in its face and no wall beside it."""

import csv

import av
import numpy as np
import pytest

from dramatis.backends.detect import load_detect
from dramatis.bench.clips import YUNET
from dramatis.composite.matte import Boxes, cut_out
from dramatis.core.images import cut


@pytest.fixture(scope="module")
def people(media):
    """One frame of each shot of the clip: the part around the person, and the person's boxes in it."""
    with (media / "videos" / "signers_shots.csv").open() as lines:
        middles = [(float(row["start_s"]) + float(row["end_s"])) / 2 for row in csv.DictReader(lines)]
    score = dict.fromkeys(("face", "head", "halfbody", "person"), 0.7)
    detector = load_detect("yunet", media / "weights" / YUNET, score, 0.5, None)
    found = []
    with av.open(str(media / "videos" / "signers_20shots.mp4")) as clip:
        for frame in clip.decode(video=0):
            if middles and frame.time >= middles[0]:
                middles.pop(0)
                image = frame.to_ndarray(format="rgb24")
                face = max((one.box for one in detector.detect(image)), key=lambda box: box[2] - box[0])
                found.append(_around(image, face))
    return found


def _around(image, face):
    high, wide = image.shape[:2]
    across, down = face[2] - face[0], face[3] - face[1]
    sides = [wide, high, wide, high]
    person = np.clip(face + [-1.4 * across, -0.35 * down, 1.4 * across, 3 * down], 0, sides)
    more = 0.35 * (person[2] - person[0])
    region = np.clip(person + [-more, -0.3 * (person[3] - person[1]), more, 0], 0, sides).round()
    shift = np.concatenate([region[:2], region[:2]])
    return cut(image, region), Boxes(face - shift, None, person - shift)


def test_a_third_is_accepted_and_is_a_person_before_no_wall(people):
    mattes = [(cut_out(image, boxes), boxes) for image, boxes in people]
    accepted = [(matte, boxes) for matte, boxes in mattes if matte]
    assert len(people) == 20 and len(accepted) >= 7  # grey shirts before a grey wall are refused
    for matte, boxes in accepted:
        x0, y0, x1, y1 = boxes.face.round().astype(int)
        assert matte.alpha[y0:y1, x0:x1].mean() > 0.85  # the corners of the box are beside the cheeks
        beside = matte.alpha[: y1 - (y1 - y0) // 4]
        assert beside[:, : max(1, x0 - (x1 - x0))].max() < 0.1 and beside[:, x1 + (x1 - x0) :].max() < 0.1
        assert matte.alpha[-1].mean() > 0.15  # cut off by the frame's lower edge only

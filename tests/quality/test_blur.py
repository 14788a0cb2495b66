"""The blur net as it is committed: on drawn edges, and on real faces that it never saw."""

import cv2
import numpy as np
import pytest
from conftest import TOP
from scipy.stats import spearmanr

from dramatis.core import seeds
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import decode, encode_jpeg, read_image
from dramatis.pocket.blur_scenes import dead_leaves
from dramatis.pocket.blurring import blurred, kernel
from dramatis.quality.blur import Blur, BlurNet, kind_of, sharpness

NET = BlurNet(TOP / "models/pocket/blur")
RADII = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0)


@pytest.fixture(scope="module")
def faces(media):
    """Real faces as brightness, reduced so far that they are sharp: 80 px with their surroundings, the face 36 px."""
    files = sorted((media / "faces" / "cc_by_faces").glob("*/*.png"))[::5]
    luma = [cv2.cvtColor(read_image(file), cv2.COLOR_RGB2GRAY) for file in files]
    return [cv2.resize(face, (80, 80), interpolation=cv2.INTER_AREA) for face in luma]


def under(face, radius, kind="gaussian", angle=0.0):
    return blurred(face, kernel(kind, radius, angle)) if radius else face


def middle(face):
    height, width = face.shape
    top, left = round(height * 0.21), round(width * 0.27)
    return face[top : height - top, left : width - left]


def long_px(face):
    return NET(middle(face)).long_px


def test_every_real_face_gets_blunter_with_every_blur(faces):
    measured = np.array([[long_px(under(face, radius)) for radius in RADII] for face in faces])
    assert np.mean([spearmanr(row, RADII).statistic for row in measured]) > 0.99
    assert (np.diff(measured, axis=1) > 0).mean() > 0.97
    assert np.median(measured[:, 2:], axis=0) == pytest.approx(RADII[2:], rel=0.3)


@pytest.mark.parametrize(
    "change",
    [lambda face: (face * 0.3).astype(np.uint8), lambda face: (90 + face * 0.3).astype(np.uint8)],
    ids=["dark", "pale"],
)
def test_light_and_contrast_hardly_matter(faces, change):
    plain, changed = (
        np.log([[long_px(way(under(face, radius))) for radius in RADII[1:]] for face in faces])
        for way in (lambda face: face, change)
    )
    assert np.median(np.abs(changed - plain)) < 0.1 and abs(np.median(changed - plain)) < 0.06


def test_a_face_twice_as_large_has_twice_the_radius(faces):
    def enlarged(face):
        return cv2.resize(face, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)

    ratio = [
        [long_px(enlarged(under(face, radius))) / long_px(under(face, radius)) for radius in (1, 2, 3)]
        for face in faces
    ]
    assert np.median(ratio) == pytest.approx(2, rel=0.15)


def test_an_enlarged_face_is_blurred_in_its_own_pixels(faces):
    large = [cv2.resize(face, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC) for face in faces]
    assert np.median([long_px(face) for face in large]) > 1.3
    assert np.median([long_px(face) for face in faces]) < 0.9


def test_compression_hardly_matters(faces):
    def packed(face):
        return cv2.cvtColor(decode(encode_jpeg(cv2.cvtColor(face, cv2.COLOR_GRAY2RGB), 60)), cv2.COLOR_RGB2GRAY)

    plain, small = (
        np.log([[long_px(way(under(face, radius))) for radius in RADII[1:]] for face in faces])
        for way in (lambda face: face, packed)
    )
    assert np.median(np.abs(small - plain)) < 0.2


@pytest.mark.parametrize("angle", [0.0, 0.8, np.pi / 2])
def test_motion_is_told_from_defocus(faces, angle):
    moved, unfocused = ([NET(middle(under(face, 3, kind, angle))) for face in faces] for kind in ("motion", "disk"))
    assert np.mean([kind_of(blur, 36) == "motion" for blur in moved]) > 0.8
    assert np.mean([kind_of(blur, 36) == "defocus" for blur in unfocused]) > 0.9


def test_drawn_shapes_are_sharp_and_their_blur_is_measured():
    shapes = [dead_leaves(seeds.rng(seed, "shapes"), 96, 96)[..., 1] for seed in range(12)]
    assert np.median([NET(luma).long_px for luma in shapes]) < 0.8
    for radius in (2.0, 4.0):
        found = [NET(blurred(luma, kernel("gaussian", radius))) for luma in shapes]
        assert np.median([blur.long_px for blur in found]) == pytest.approx(radius, rel=0.2)
        assert np.mean([kind_of(blur, 48) == "defocus" for blur in found]) > 0.8


def test_nothing_to_measure():
    for size in ((40, 40), (1, 1), (2, 30)):
        assert NET(np.full(size, 90, np.uint8)) is None


def test_the_kind_of_a_blur_by_hand():
    assert kind_of(Blur(0.6, 0.5), 10) == "none"  # less than a pixel shows
    assert kind_of(Blur(2, 2), 100) == "none"  # less than a face of this size shows
    assert kind_of(Blur(4, 3.9), 100) == "defocus"
    assert kind_of(Blur(4, 1), 100) == "motion"


def test_sharpness_by_hand():
    assert sharpness(0) == 1 and sharpness(0.04) == 0.5 and sharpness(0.1) < sharpness(0.09)


def test_missing_and_wrong_weights_are_one_clear_line(tmp_path):
    with pytest.raises(MissingError, match="blur.safetensors: there is no such weight file. Point `quality.weights`"):
        BlurNet(tmp_path)
    (tmp_path / "blur.safetensors").write_bytes(b"nothing")
    with pytest.raises(InputError, match="no weights of a blur net"):
        BlurNet(tmp_path)

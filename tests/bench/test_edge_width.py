import cv2
import numpy as np
import pytest
from scipy.special import erf

from dramatis.bench.edge_width import blur_radius
from dramatis.core.images import read_image

RADII = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)


def edges(radius, low=50, high=200, size=64):
    """An upright and a lying edge, each under an exact Gaussian blur."""
    x = np.arange(size) + 0.5 - size / 2
    step = (1 + erf(x / (np.sqrt(2) * radius))) / 2
    return (low + (high - low) * (step[:, None] + step[None]) / 2).round().astype(np.uint8)


@pytest.mark.parametrize("radius", [1.0, 1.5, 2.0, 3.0])
def test_the_radius_of_an_exact_edge(radius):
    assert blur_radius(edges(radius)) == pytest.approx(radius, abs=0.25)


def test_contrast_does_not_matter():
    assert blur_radius(edges(2, 100, 140)) == pytest.approx(blur_radius(edges(2, 20, 240)), abs=0.25)


def test_nothing_to_measure():
    for size in ((40, 40), (1, 1), (3, 2), (1, 50)):
        assert blur_radius(np.full(size, 90, np.uint8)) is None


@pytest.fixture(scope="module")
def faces(media):
    """Real faces, 160 px with their surroundings, as brightness."""
    files = sorted((media / "faces" / "cc_by_faces").glob("*/*.png"))[::4]
    return [cv2.cvtColor(read_image(file), cv2.COLOR_RGB2GRAY) for file in files]


def blurred(face, radius):
    return cv2.GaussianBlur(face, (0, 0), radius) if radius else face


def middle(face):
    margin = round(face.shape[0] * 33 / 160)
    return face[margin:-margin, margin:-margin]


def radii(faces, change=lambda face: face):
    return np.array([[blur_radius(middle(change(blurred(face, radius)))) for radius in RADII] for face in faces])


def test_every_real_face_gets_blunter_with_every_blur(faces):
    measured = radii(faces)
    steps = np.diff(measured, axis=1)
    assert (steps >= 0).all() and (steps[:, 1:] > 0).all()  # below half a pixel a face is sharp, and no more is seen
    assert np.median(measured[:, 2:], axis=0) == pytest.approx(RADII[2:], rel=0.15)  # and the radius is about right


def test_light_and_contrast_do_not_matter(faces):
    plain = radii(faces)
    for change in (lambda face: (face * 0.3).astype(np.uint8), lambda face: (90 + face * 0.3).astype(np.uint8)):
        assert np.median(np.abs(radii(faces, change) - plain)) < 0.1


def test_size_hardly_matters(faces):
    """A small face under the same blur in pixels, which a variance of the Laplacian would call far sharper."""
    small = [cv2.resize(face, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for face in faces]
    assert np.abs(np.median(radii(small), axis=0) - np.median(radii(faces), axis=0)).max() < 0.45


@pytest.mark.parametrize("horizontal", [True, False])
def test_motion_blur_counts_though_edges_along_it_stay_sharp(faces, horizontal):
    def moved(face, length):
        return cv2.blur(face, (length, 1) if horizontal else (1, length))

    still, short, long = (
        np.array([blur_radius(middle(moved(face, length))) for face in faces]) for length in (1, 5, 9)
    )
    assert (short > still).mean() > 0.9 and (long > short).mean() > 0.8

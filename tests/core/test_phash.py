import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.phash import distances, phash

hashes = st.lists(st.integers(0, 2**64 - 1), max_size=6)


def picture(seed):
    noise = np.random.default_rng(seed).integers(0, 255, (6, 8, 3)).astype(np.uint8)
    return cv2.resize(noise, (80, 60), interpolation=cv2.INTER_CUBIC)


def test_worked_example():
    assert distances([0b0000, 0b1111], [0b0001]).tolist() == [[1], [3]]


def test_small_changes_change_little_and_other_pictures_much():
    image = picture(1)
    noise = np.random.default_rng(9).integers(-4, 5, image.shape)
    near = [np.clip(image + noise, 0, 255), np.clip(image * 0.8, 0, 255), cv2.resize(image, (160, 120))]
    assert max(distances([phash(image)], [phash(other.astype(np.uint8)) for other in near])[0]) <= 4
    assert min(distances([phash(image)], [phash(picture(seed)) for seed in range(2, 12)])[0]) >= 12


@given(hashes, hashes)
def test_is_a_distance(a, b):
    found = distances(a, b)
    assert found.shape == (len(a), len(b))
    assert (found <= 64).all()
    assert (found == distances(b, a).T).all()
    assert (np.diag(distances(a, a)) == 0).all()

import numpy as np

from dramatis.composite.scenery import painted_share, without_people

NOBODY = np.zeros((0, 4))


def test_people_are_painted_over_from_around():
    scene = np.full((90, 160, 3), (60, 140, 200), np.uint8)
    scene[20:90, 60:90] = (250, 20, 20)
    people = np.array([[60, 20, 90, 90]], float)
    behind = without_people(scene, people)
    assert behind.shape == scene.shape and np.abs(behind.astype(int) - (60, 140, 200)).max() < 12


def test_an_empty_scene_stays_as_it_is():
    scene = np.random.default_rng(0).integers(0, 255, (30, 40, 3), np.uint8)
    assert without_people(scene, NOBODY) is scene


def test_share():
    assert painted_share(NOBODY, 100, 100) == 0
    assert painted_share(np.array([[0, 0, 50, 100.0]]), 100, 100) == 0.56  # half of it, grown by 12 % to the right

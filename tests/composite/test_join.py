import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dramatis.composite.join import join


def plain(width, height, value):
    return np.full((height, width, 3), value, np.uint8)


def test_worked_example():
    made = join([plain(40, 80, 10), plain(60, 40, 200)], [(10, 20, 30, 40), (20, 10, 30, 30)], 512)
    assert made.image.shape == (40, 80, 3)  # the taller one is halved
    assert (made.image[:, :20] == 10).all() and (made.image[:, 20:] == 200).all()
    assert [box.tolist() for box in made.boxes] == [[0, 0, 20, 40], [20, 0, 80, 40]]
    assert [face.tolist() for face in made.faces] == [[5, 10, 15, 20], [40, 10, 50, 30]]


def test_a_gap_is_grey():
    image = join([plain(40, 40, 0), plain(40, 40, 255)], [(10, 10, 30, 30)] * 2, 512, gap=0.25).image
    assert image.shape == (40, 90, 3) and (image[:, 40:50] == 127).all()


def test_a_seam_fades_but_not_through_a_face():
    faces = [(10, 10, 36, 30), (10, 10, 30, 30)]
    image = join([plain(40, 40, 0), plain(40, 40, 255)], faces, 512, seam=0.2).image
    assert image.shape == (40, 76, 3)  # 8 px asked for, 4 px free beside the left face
    assert image[0, 35:41, 0].tolist() == [0, 32, 96, 159, 223, 255]


sizes = st.tuples(st.integers(20, 300), st.integers(20, 300))


@given(st.lists(sizes, min_size=2, max_size=3), st.integers(64, 400), st.floats(0, 0.3), st.booleans())
def test_proportions_stay_and_faces_stay_in_their_parts(shapes, most, width, is_gap):
    images = [plain(w, h, 90) for w, h in shapes]
    faces = [(0.25 * w, 0.25 * h, 0.75 * w, 0.75 * h) for w, h in shapes]
    made = join(images, faces, most, **{"gap" if is_gap else "seam": width})
    height = made.image.shape[0]
    assert max(made.image.shape[:2]) <= most + 2 and height <= min(h for _, h in shapes)
    for (w, h), box, face in zip(shapes, made.boxes, made.faces, strict=True):
        assert abs((box[2] - box[0]) - w * height / h) <= 1
        assert box[0] - 1 <= face[0] < face[2] <= box[2] + 1
        assert abs((face[3] - face[1]) - 0.5 * height) < 1e-6

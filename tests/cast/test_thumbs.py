import numpy as np
from shards import frames_of

from dramatis.cast.thumbs import thumbs_of
from dramatis.core.tables import stored_box


def face(video, index, x):
    """A face of 16 px in the upper left (x = 8) or upper right (x = 40) of a frame of 64 px."""
    box = stored_box(np.array([x, 8, x + 16, 24]))
    return {
        "detection_id": f"{video}-{index}-{x}", "video": video, "frame_id": f"{video}-{index:06d}", "box": box,
    }  # fmt: skip


def test_each_face_comes_from_its_own_frame_in_the_order_asked_for(tmp_path):
    for video, level in (("a", 40), ("b", 120)):
        images = [np.full((64, 64, 3), level + 40 * n, np.uint8) for n in range(2)]
        for image in images:
            image[:, 32:] += 10
        frames_of(images, tmp_path / video, video)
    asked = [face("b", 1, 8), face("a", 0, 40), face("a", 0, 8), face("b", 0, 40)]
    thumbs = thumbs_of(asked, tmp_path)
    assert [round(thumb.image.mean() / 10) * 10 for thumb in thumbs] == [160, 50, 40, 130]
    assert [thumb.caption for thumb in thumbs] == [f"{video} 00:00.0" for video in "baab"]
    assert {thumb.image.shape for thumb in thumbs} == {(24, 24, 3)}


def test_nobody_needs_no_frames(tmp_path):
    assert thumbs_of([], tmp_path) == []

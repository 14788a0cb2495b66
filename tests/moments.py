"""Faces of a small film of three shots, as moments and verdicts see them."""

from dramatis.core.tables import stored_box

WIDTH, HEIGHT, SHOT_S, SHOTS = 480, 270, 4.0, 3
SPANS = [(SHOT_S * n, SHOT_S * (n + 1)) for n in range(SHOTS)]


def face(time_s, x=100, y=100, track="v-0000-000", side=40, video="v"):
    """A face about a point of its frame [px]."""
    box = stored_box((x - side / 2, y - side / 2, x + side / 2, y + side / 2))
    return {
        "video": video, "track_id": track, "pts_s": time_s, "box": box, "width_px": WIDTH, "height_px": HEIGHT,
    }  # fmt: skip

"""Captions of a frame with two people of the cast, one of nobody, and a poster, against a truth written by hand."""

from builders import caption_row, composite_row, crop_row, scene_row, tag_row

from dramatis.core.tables import stored_box
from dramatis.measure.captions import Shards, Truth, by_frame, caption_figures
from dramatis.measure.params import MeasureParams

PARAMS = MeasureParams(min_iou=0.5, min_face_px=10, max_occlusion=0.5, min_light=0.25)
TRIGGER = {"ada": "ada", "bela": "b3la"}
LOOK = {
    "skin": "tan",
    "hair_colour": "red",
    "hair_style": "bun",
    "eye_colour": "blue",
    "mark": "none",
    "headgear": "none",
}
SIDES = {"ada": 0, "bela": 40, "extra-0": 80, "poster": 120}
"""Left end of everybody's face, all of 20 px."""


def figure(name, **changes):
    x = SIDES[name]
    return {
        "video": "v",
        "frame": 0,
        "shot": 3,
        "character": name,
        "face": stored_box((x, 0, x + 20, 20)),
        "occlusion": 0.0,
        "luma": 1.0,
        "pose": "front",
        "yaw": 0.0,
        "blink": False,
        "outfit": "green_robe",
    } | changes


TRUTH = Truth(
    figures=by_frame([figure(name) for name in SIDES]),
    shown={"v-000000-00-face": "ada", "v-000000-01-face": "bela"},
    frames={"v-000000": ("v", 0)},
    places={("v", 3): "beach"},
    looks={name: {"character": name, **LOOK} for name in TRIGGER},
)


def crop(n, box, **changes):
    """A crop of the n-th figure of the frame."""
    ids = {"crop_id": f"v-000000-{n:02d}-head", "detection_id": f"v-000000-{n:02d}-face", "frame_id": "v-000000"}
    return crop_row(0, **ids, box=stored_box(box), **changes)


ALONE, BOTH = crop(0, (0, 0, 30, 30)), crop(1, (0, 0, 70, 30), people=2)
SCENE = scene_row(0, box=stored_box((0, 0, 160, 90)))
COMPOSITE = composite_row(BOTH, ALONE)
RIGHT = (
    caption_row(ALONE, "ada, head"),
    caption_row(BOTH, "b3la, ada, head"),
    caption_row(SCENE, "ada, b3la"),
    caption_row(COMPOSITE, "b3la/ada/COMPOSITE"),
)
SEEN = tag_row(
    ALONE, red_hair=0.9, hair_bun=0.8, blue_eyes=0.7, green_clothes=0.6, beach=0.9, front_view=0.9, tan_skin=0.4
)


def figures(captions=RIGHT, truth=TRUTH, **changes):
    shards = {"crops": [ALONE, BOTH], "scenes": [SCENE], "composites": [COMPOSITE], "tags": [SEEN]} | changes
    return caption_figures(truth, Shards(captions=captions, **shards), TRIGGER, {"general": 0.5}, PARAMS)


def test_worked_example():
    found = figures()
    assert (found["name_order"], found["captions"], found["captions_of_several"]) == (1.0, 4, 3)
    assert found["tagged_crops"] == 1  # of one person
    assert (found["tag_precision"], found["tag_recall"]) == (1.0, 6 / 7)  # the skin is too unsure


def test_each_wrong_caption_counts():
    for n, wrong in enumerate(("b3la, head", "ada, b3la, head", "b3la, ada", "ada/b3la/COMPOSITE")):
        captions = [{**row, "caption": wrong} if n == m else row for m, row in enumerate(RIGHT)]
        assert figures(captions)["name_order"] == 0.75


def test_what_a_person_wrote_is_not_judged():
    captions = [RIGHT[0] | {"caption": "somebody else", "origin": "human"}, *RIGHT[1:]]
    assert figures(captions)["captions"] == 3 and figures(captions)["unnamed"] == 0


def test_who_cannot_be_seen_need_not_be_named_but_may():
    for hidden in ({"occlusion": 0.9}, {"luma": 0.1}, {"face": stored_box((0, 0, 5, 5))}):
        truth = TRUTH._replace(figures=by_frame([figure("ada", **hidden), figure("bela")]))
        both = [ALONE, BOTH]
        for caption in ("b3la, head", "b3la, ada, head"):
            found = figures([caption_row(BOTH, caption)], truth, crops=both)
            assert (found["name_order"], found["captions"]) == (1.0, 1)


def test_who_was_painted_over_need_not_be_named():
    masked = BOTH | {"masked": 1, "people": 1}
    assert figures([caption_row(masked, "b3la, head")], crops=[ALONE, masked])["name_order"] == 1.0


def test_a_false_face_has_no_right_name():
    truth = TRUTH._replace(shown={"v-000000-00-face": "poster"}, figures=by_frame([figure("poster")]))
    assert figures([RIGHT[0]], truth, crops=[ALONE], composites=[])["name_order"] == 0.0

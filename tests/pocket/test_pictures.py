"""Drawn pictures: one tag a group, boxes inside the picture, the same for the same seed."""

import numpy as np
import pytest

from dramatis.film.character import draw_character, look_alike
from dramatis.film.head import Pose
from dramatis.pocket.pictures import (
    FREE_NAMES,
    GROUPS,
    KNOWN_NAMES,
    LOOKS,
    NAMES,
    caption,
    characters,
    frame,
    identity_tags,
    picture,
    view_of,
)


@pytest.mark.parametrize("seed", range(40))
def test_a_picture_has_at_most_one_tag_of_each_group(seed):
    drawn = picture(np.random.default_rng(seed))
    assert drawn.image.shape == (64, 64, 3) and drawn.image.dtype == np.uint8
    groups = [group for tag in drawn.tags for group, tags in GROUPS.items() if tag in tags]
    assert len(groups) == len(drawn.tags) == len(set(groups))
    assert {"count", "stage", "view", "hair_colour", "hair_style", "skin", "outfit_colour", "background"} <= set(groups)
    assert all(0 <= x0 < x1 <= 64 and 0 <= y0 < y1 <= 64 for _, (x0, y0, x1, y1) in drawn.boxes)


def test_every_tag_belongs_to_one_group():
    tags = [tag for group in GROUPS.values() for tag in group]
    assert len(tags) == len(set(tags)) and not set(tags) & set(NAMES)


def test_equal_seeds_draw_equal_pictures():
    first, second = (picture(np.random.default_rng(5), stage="head") for _ in range(2))
    assert first.tags == second.tags and (first.image == second.image).all()


def test_stage_and_character_are_as_asked():
    character = draw_character(np.random.default_rng(3))
    drawn = picture(np.random.default_rng(4), 96, character, "full")
    assert {"full_body", character.outfit.cut, f"{character.outfit.colour}_clothes"} <= set(drawn.tags)
    assert {kind for kind, _ in drawn.boxes} >= {"head", "halfbody", "person"}


def test_look_alikes_share_hair_and_differ_in_face():
    rng = np.random.default_rng(0)
    for _ in range(50):
        somebody = draw_character(rng)
        twin = look_alike(somebody, rng)
        shared = set(identity_tags(somebody)) & set(identity_tags(twin))
        assert f"{somebody.hair_colour}_hair" in shared and f"{somebody.eye_colour}_eyes" not in shared


def test_views():
    assert [view_of(Pose(yaw=yaw)) for yaw in (0, 0.5, -0.9)] == ["front_view", "turned", "profile"]
    assert view_of(Pose(back=True)) == "from_behind"


def test_captions_keep_order_and_seldom_have_a_name_without_meaning():
    tags = ("1person", "head", "red_hair", "forest")
    written = [caption(tags, np.random.default_rng(seed)) for seed in range(200)]
    named = [text.split(", ")[0] for text in written if text.split(", ")[0] in NAMES]
    assert 5 < len(named) < 40 and {*named} <= {*FREE_NAMES}
    assert all(text.split(", ")[-1] in ("forest", "red hair", "head", "1person") for text in written)
    assert all("1person" in text for text in written)


def test_the_name_of_somebody_known_comes_first_and_often_stands_for_the_looks():
    tags = (KNOWN_NAMES[0], "1person", "head", "red_hair", "star", "forest")
    written = [caption(tags, np.random.default_rng(seed)).split(", ") for seed in range(300)]
    named = [text for text in written if text[0] == KNOWN_NAMES[0]]
    alone = [text for text in named if not {"red hair", "star"} & {*text}]
    assert 200 < len(named) < 280 and len(named) / 2 < len(alone) < len(named)
    assert all(text[0] == "1person" for text in written if text not in named)
    assert {*LOOKS} <= {*GROUPS} and not {*FREE_NAMES} & {*KNOWN_NAMES}


def test_some_of_a_crowd_are_look_alikes():
    people = characters(np.random.default_rng(1), 5, 2)
    assert len(people) == 5
    assert all(one.hair_colour == other.hair_colour for one, other in zip(people[:2], people[3:], strict=True))


def test_frames_have_boxes_of_all_kinds():
    drawn = [frame(np.random.default_rng(seed), 240, 136) for seed in range(20)]
    kinds = {kind for one in drawn for kind, _ in one.boxes}
    assert kinds == {"face", "head", "halfbody", "person"}
    assert all(0 <= x0 < x1 <= 240 and 0 <= y0 < y1 <= 136 for one in drawn for _, (x0, y0, x1, y1) in one.boxes)

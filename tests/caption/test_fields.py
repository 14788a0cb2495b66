import pytest
from builders import composite_row, crop_row, scene_row, tag_row
from hypothesis import given
from hypothesis import strategies as st

from dramatis.caption.fields import Known, Seen, composite_fields, crop_fields, scene_fields, seen
from dramatis.caption.templates import ALWAYS, FIELDS, PRESETS
from dramatis.core.template import parse

TRIGGER = {"ada": "ada", "bela": "b3la", "cyrus": "Cyrus (film)", "dora": "Дора"}
ALL = FIELDS["crop"]
LOOK = Seen({"long hair": 3, "forest": 5, "hair": 2, "head": 0, "1person": 1, "dark": 9}, None, "wd14:0")


def known(params, **core):
    return Known(params, TRIGGER, core)


def test_names_stand_from_left_to_right(params):
    crop = crop_row(0, character="bela", others=["ada", "cyrus", "dora"], left=1, people=4)
    fields, _ = crop_fields(crop, LOOK, known(params), ALL)
    assert fields["name"] == ["b3la"]
    assert fields["others"] == ["ada", "Cyrus (film)", "Дора"]
    assert (fields["left"], fields["right"]) == (["ada"], ["Cyrus (film)", "Дора"])
    assert fields["names"] == ["ada", "b3la", "Cyrus (film)", "Дора"]


def test_what_boxes_and_cast_know_the_tagger_does_not_say(params):
    fields, tags = crop_fields(crop_row(0), LOOK, known(params), ALL)
    assert fields["people"] == ["1person"] and fields["stage"] == ["head"] and fields["style"] == ["toon"]
    assert tags == fields["tags"] == ["long hair", "forest", "dark"]


def test_a_template_that_does_not_say_the_stage_leaves_it_to_the_tagger(params):
    _, tags = crop_fields(crop_row(0), LOOK, known(params), {"name", "tags"})
    assert tags == ["long hair", "forest", "head", "1person"]


def test_a_template_without_tags_has_none(params):
    fields, tags = crop_fields(crop_row(0), LOOK, known(params), {"name", "stage"})
    assert tags == fields["tags"] == [] and fields["stage"] == ["head"]
    assert scene_fields(scene_row(0), LOOK, known(params), {"names", "people"})[1] == []


def test_of_a_figure_that_the_frame_cuts_off_the_tagger_says_how_much_is_seen(params):
    fields, tags = crop_fields(crop_row(0, stage="full", cut_off=True), LOOK, known(params), ALL)
    assert fields["stage"] == [] and "head" in tags and "1person" not in tags
    fields, tags = crop_fields(crop_row(0, stage="full"), LOOK, known(params), ALL)
    assert fields["stage"] == ["full body"] and "head" not in tags


def test_core_tags_of_everybody_named_go(params):
    crop = crop_row(0, others=["bela"], people=2)
    _, tags = crop_fields(crop, LOOK, known(params, ada={"long hair"}, bela={"forest"}, cyrus={"dark"}), ALL)
    assert tags == ["hair", "dark"]


def test_order_exclusion_number_and_overlap(changed):
    def tags(**values):
        return crop_fields(crop_row(0), LOOK, known(changed(**values)), ALL)[0]["tags"]

    assert tags() == ["long hair", "forest", "dark"]
    assert tags(order="list") == ["long hair", "forest", "dark"]
    assert tags(order="list", drop_overlaps=False) == ["hair", "long hair", "forest", "dark"]
    assert tags(max_tags=1) == ["long hair"]
    assert tags(exclude=("Long Hair",)) == ["forest", "hair", "dark"]


def test_weights_and_escapes(changed):
    crop = crop_row(0, others=["cyrus"], people=2)
    fields, tags = crop_fields(crop, LOOK, known(changed(escape=True, weights={"forest": 1.2})), ALL)
    assert fields["others"] == [r"Cyrus \(film\)"] and fields["tags"][1] == "(forest:1.2)" and tags[1] == "forest"


def test_an_outfit_that_has_a_name_is_said_if_asked_for(changed):
    worn = crop_row(0, outfit="o1", outfit_name="winter-coat")
    assert crop_fields(worn, LOOK, known(changed(outfit=True)), ALL)[0]["outfit"] == ["winter coat"]
    assert crop_fields(worn, LOOK, known(changed()), ALL)[0]["outfit"] == []
    assert crop_fields(crop_row(0, outfit="o1"), LOOK, known(changed(outfit=True)), ALL)[0]["outfit"] == []


def test_a_scene_names_everybody_and_the_tagger_says_how_much_is_seen(params, changed):
    fields, tags = scene_fields(scene_row(0, characters=("dora", "ada")), LOOK, known(params), ALWAYS)
    assert fields["names"] == ["Дора", "ada"] and fields["people"] == ["2people"] and fields["stage"] == []
    assert "head" in tags
    wide = changed(stage_words={"head": "head", "scene": "wide shot"})
    fields, tags = scene_fields(scene_row(0, characters=()), LOOK, known(wide), ALWAYS)
    assert fields["names"] == [] and fields["stage"] == ["wide shot"] and "head" not in tags


def test_a_composite_says_the_tags_of_each_part(params):
    parts = [crop_row(0), crop_row(1, character="bela", outfit_name="coat"), crop_row(2, character="cyrus")]
    looks = [Seen({"forest": 5, "red robe": 7}, None, "m"), LOOK, Seen({"forest": 5}, "a man", "m")]
    composite = composite_row(parts[0], parts[1], characters=["ada", "bela", "cyrus"])
    fields, tags = composite_fields(
        composite, parts, looks, None, known(params, bela={"long hair"}), FIELDS["composite"]
    )
    assert fields["names"] == ["ada", "b3la", "Cyrus (film)"] and fields["stage"] == ["head"]
    assert fields["tags_left"] == ["forest", "red robe"]
    assert fields["tags_middle"] == ["forest", "hair", "dark"]
    assert fields["tags_right"] == ["forest", "a man"]
    assert fields["tags_each"] == fields["tags_left"] + fields["tags_middle"] + fields["tags_right"]
    assert fields["tags"] == tags == ["forest", "red robe", "hair", "dark"]
    assert fields["sentence"] == ["a man"]


def test_how_many_people_a_part_shows_is_not_said_of_the_whole(params):
    parts = [crop_row(0), crop_row(1, character="bela")]
    fields, tags = composite_fields(
        composite_row(*parts), parts, [LOOK, LOOK], None, known(params), {"names", "tags_each"}
    )
    assert "1person" not in tags and fields["tags_each"].count("1person") == 2


def test_figures_before_a_scene_have_the_place_of_the_scene(params):
    parts = [crop_row(0), crop_row(1, character="bela")]
    behind = Seen({"night sky": 8, "red hair": 4, "1person": 1}, None, "m")
    composite = composite_row(*parts, layout="cutout", background="v-000000-scene")
    fields, tags = composite_fields(composite, parts, [LOOK, LOOK], behind, known(params), FIELDS["composite"])
    assert tags == fields["tags"] == ["long hair", "dark", "night sky"]  # neither the forest nor what the scene shows
    assert fields["tags_left"] == fields["tags_right"] == ["long hair", "dark"]
    assert fields["tags_each"] == ["long hair", "dark", "long hair", "dark", "night sky"]


def test_a_composite_of_cut_off_figures_does_not_call_them_full(params):
    parts = [crop_row(0, stage="full"), crop_row(1, character="bela", stage="full", cut_off=True)]
    fields, tags = composite_fields(
        composite_row(*parts), parts, [LOOK, LOOK], None, known(params), FIELDS["composite"]
    )
    assert fields["stage"] == [] and "head" in tags


def test_seen_reads_a_row_of_tags(changed):
    row = tag_row(crop_row(0), red_hair=0.9, dark=0.1, solo=0.4) | {"categories": ["general", "meta", "general"]}
    look = seen(row, changed())
    assert look == Seen({"red hair": 0}, None, "wd14:0")
    assert seen(row, changed(min_score={"general": 0.05, "meta": 0.3})).tags == {"red hair": 0, "solo": 2, "dark": 1}
    assert seen(row, changed(min_score={"general": 0.05}, mcut=("general",))).tags == {"red hair": 0}


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("kind", FIELDS)
def test_every_template_with_a_name_is_sound(preset, kind):
    assert parse(getattr(PRESETS[preset], kind), FIELDS[kind])


tags = st.dictionaries(
    st.sampled_from(["ada", "b3la", "head", "Head", "1person", "hair", "long hair"]), st.integers(0, 9)
)


@given(tags=tags)
def test_no_tag_says_a_name_or_what_another_field_says(tags):
    from dramatis.caption.params import CaptionParams
    from dramatis.core.params import load_params

    changes = {"min_score": {"general": 0.0}, "stage_words": {"head": "head"}}
    params = load_params("caption", CaptionParams).model_copy(update=changes)
    _, said = crop_fields(crop_row(0), Seen(tags, None, "m"), known(params), ALL)
    assert not {tag.casefold() for tag in said} & {"ada", "b3la", "head", "1person"}

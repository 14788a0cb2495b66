import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.cast.decisions import Character, Decisions, check, display_of, id_from, trigger_of, unmet
from dramatis.core.errors import ParameterError
from dramatis.core.params import Key, validate

FOLDERS, PICTURES, MOMENT = ["ada", "bela"], ["ada/00.png", "bela/00.png"], "v@1.5:0.25,0.5"


def checked(**sections):
    decisions = validate(sections, Decisions, "cast.yaml")
    check(decisions, FOLDERS)
    return decisions


def waiting(**sections):
    """Section and key of the decisions that cannot be applied, with the reason."""
    return {(each.section, each.key): each.reason for each in unmet(checked(**sections), FOLDERS, PICTURES)}


def test_nothing_decided_is_fine():
    checked()
    checked(characters={}, rename={}, merge={}, pins={}, reject=[])


def test_names_are_renamed_and_merged():
    decided = checked(rename={"ada": "ada-l"}, merge={"ada-l": "bela"}, pins={MOMENT: "ada-l"})
    assert decided.named("ada") == decided.merged("ada-l") == decided.named("bela") == "bela"
    chain = checked(characters={"zoe": {}}, pins={MOMENT: "zoe"}, merge={"ada": "bela", "bela": "zoe"})
    assert chain.named("ada") == "zoe"


def test_whom_a_reference_picture_shows():
    decided = checked(merge={"bela": "ada"}, pins={"ada/01.png": "not_a_character"}, reject=["bela/00.png"])
    shown = [decided.shown_by(picture) for picture in ("ada/00.png", "ada/01.png", "bela/00.png", "bela/01.png")]
    assert shown == ["ada", "not_a_character", None, "ada"]


@given(st.text())
def test_an_id_of_any_name_can_be_one(name):
    found = id_from(name)
    assert not found or validate(found, Key, "cast.yaml") == found == id_from(found)


def test_folders_that_swap_names_leave_pins_alone():
    decided = checked(rename={"ada": "bela", "bela": "ada"}, pins={MOMENT: "bela"})
    assert (decided.named("ada"), decided.named("bela")) == ("bela", "ada")
    assert decided.merged(decided.pins[MOMENT]) == "bela" and decided.held(FOLDERS) == {"ada", "bela"}


def test_empty_sections_decide_nothing():
    assert checked(**dict.fromkeys(Decisions.model_fields)) == Decisions()


def test_names_for_people_and_triggers():
    characters = {"ada": Character(display="Ada Lovelace", trigger="adalv"), "bela": Character()}
    assert display_of("ada", characters) == "Ada Lovelace" and trigger_of("ada", characters) == "adalv"
    assert display_of("bela-b", characters) == "Bela b" and trigger_of("bela", characters) == "bela"


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"pins": {"v-0009-000": "ada"}}, "pins.v-0009-000: 'v-0009-000': no moment .* and no reference picture"),
        ({"pins": {MOMENT: "adaa"}}, f"pins.{MOMENT}: 'adaa': no such character; there are: ada, bela"),
        ({"reject": ["x"]}, "reject: 'x': no moment .<video>@<seconds>:<x>,<y>. and no reference picture"),
        ({"reject": ["v@1.5:0.2,1.5"]}, "reject: 'v@1.5:0.2,1.5': no moment"),
        ({"reject": [MOMENT], "pins": {MOMENT: "ada"}}, f"'{MOMENT}' is also pinned"),
        ({"reject": [MOMENT], "not_a_person": [MOMENT]}, f"not_a_person: '{MOMENT}' is also rejected"),
        ({"not_a_person": ["ada/00.png"]}, "not_a_person: 'ada/00.png': no moment"),
        ({"outfits": {"ada/00.png": "red"}}, "outfits: 'ada/00.png': no moment"),
        ({"outfits": {MOMENT: "Red coat"}}, f"outfits.{MOMENT} = 'Red coat': must match"),
        ({"rename": {"ada": "bela"}}, "'bela' is already the name of another character. Write `merge"),
        ({"merge": {"ada": "bela", "bela": "ada"}}, "leads back"),
        ({"merge": {"ada": "ada"}}, "leads back"),
        ({"charakters": {}}, "charakters: unknown key"),
        ({"characters": {"ada": {"disply": "A"}}}, "characters.ada.disply: unknown key"),
        ({"characters": {"Ada L": {}}}, "must match"),
        ({"characters": {"ada": {"trigger": "ada, red"}}}, "characters.ada.trigger = .ada, red.: must hold no comma"),
        ({"characters": {"ada": {"trigger": " "}}}, "characters.ada.trigger"),
        ({"characters": {"ada": {"trigger": "X"}, "bela": {"trigger": "x"}}}, "'x' stands for 'ada' and 'bela'"),
        ({"characters": {"ada": {"trigger": "Bela"}}}, "characters.ada.trigger: .* stands for 'ada' and 'bela'"),
    ],
)
def test_each_fault_is_one_clear_line(sections, said):
    with pytest.raises(ParameterError, match=f"cast.yaml: .*{said}") as error:
        checked(**sections)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("sections", "key", "reason"),
    [
        ({"characters": {"zoe": {}}}, ("characters", "zoe"), "no pin and no reference folder gives this name"),
        (
            {"characters": {"ada": {"display": "A"}}, "merge": {"ada": "bela"}},
            ("characters", "ada"),
            "merged into 'bela'",
        ),
        ({"rename": {"zoe": "ada2"}}, ("rename", "zoe"), "no reference folder has this name; there are: ada, bela"),
        ({"merge": {"ada": "zoe"}}, ("merge", "ada"), "is called 'zoe'; there are: ada, bela"),
        ({"merge": {"zoe": "ada"}}, ("merge", "zoe"), "is called 'zoe'"),
        ({"pins": {"ada/07.png": "bela"}}, ("pins", "ada/07.png"), "no such reference picture"),
        ({"reject": ["ada/07.png"]}, ("reject", "ada/07.png"), "no such reference picture"),
    ],
)
def test_what_cannot_be_applied_waits(sections, key, reason):
    found = waiting(**sections)
    assert list(found) == [key] and reason in found[key]
    assert checked(**sections).without(unmet(checked(**sections), FOLDERS, PICTURES)).merge.get("ada") != "zoe"


def test_what_can_be_applied_does_not_wait():
    pins = {MOMENT: "zoe", "ada/00.png": "bela", "v@2:0.5,0.5": "not_a_character"}
    sections = {"characters": {"zoe": {}}, "pins": pins, "merge": {"bela": "zoe"}, "rename": {"ada": "a"}}
    assert waiting(**sections) == {}
    assert checked(**sections).held(FOLDERS) == {"a", "zoe"}


def test_a_character_by_name_alone_can_be_merged():
    decided = checked(characters={"zoe": {}}, pins={MOMENT: "zoe"}, merge={"zoe": "ada"})
    assert decided.held(FOLDERS) == {"ada", "bela"} and waiting(**decided.model_dump()) == {}


def test_keys_are_the_ids_of_the_project():
    assert Decisions.model_fields["pins"].annotation == dict[str, Key]

import pytest

from dramatis.cast.decisions import Character, Decisions, check, display_of, trigger_of
from dramatis.core.errors import ParameterError
from dramatis.core.params import Key, validate

FOLDERS, PICTURES, MOMENT = ["ada", "bela"], ["ada/00.png", "bela/00.png"], "v@1.5:0.25,0.5"


def checked(**sections):
    decisions = validate(sections, Decisions, "cast.yaml")
    check(decisions, FOLDERS, PICTURES)
    return decisions


def test_nothing_decided_is_fine():
    checked()
    checked(characters={}, rename={}, merge={}, pins={}, reject=[], captions={"crop": "text"})


def test_names_are_renamed_and_merged():
    decided = checked(rename={"ada": "ada-l"}, merge={"ada-l": "bela"}, pins={MOMENT: "ada-l"})
    assert decided.named("ada") == decided.merged("ada-l") == decided.named("bela") == "bela"
    chain = checked(characters={"zoe": {}}, pins={MOMENT: "zoe"}, merge={"ada": "bela", "bela": "zoe"})
    assert chain.named("ada") == "zoe"


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
        (
            {"characters": {"zoe": {}}},
            "characters.zoe: 'zoe': no video and no reference folder holds .* there are: ada, bela",
        ),
        ({"pins": {"v-0009-000": "ada"}}, "pins.v-0009-000: 'v-0009-000': no moment .* there are: ada/00.png"),
        ({"pins": {MOMENT: "adaa"}}, f"pins.{MOMENT}: 'adaa': no such character; there are: ada, bela"),
        ({"reject": ["x"]}, "reject: 'x': no moment .<video>@<seconds>:<x>,<y>. and no reference picture"),
        ({"reject": ["v@1.5:0.2,1.5"]}, "reject: 'v@1.5:0.2,1.5': no moment"),
        ({"reject": [MOMENT], "pins": {MOMENT: "ada"}}, f"'{MOMENT}' is also pinned"),
        ({"rename": {"zoe": "ada2"}}, "rename.zoe: 'zoe': no reference folder has this name"),
        ({"rename": {"ada": "bela"}}, "'bela' is already the name of another character. Write `merge"),
        ({"merge": {"ada": "zoe"}}, "merge.ada: 'zoe': no reference folder and no entry"),
        ({"merge": {"ada": "bela", "bela": "ada"}}, "leads back"),
        ({"merge": {"ada": "ada"}}, "leads back"),
        ({"characters": {"ada": {}}, "merge": {"ada": "bela"}}, "characters.ada: merged into 'bela'"),
        ({"charakters": {}}, "charakters: unknown key"),
        ({"characters": {"ada": {"disply": "A"}}}, "characters.ada.disply: unknown key"),
        ({"characters": {"Ada L": {}}}, "must match"),
        ({"characters": {"ada": {"trigger": "ada, red"}}}, "characters.ada.trigger = .ada, red.: must match"),
        ({"characters": {"ada": {"trigger": " "}}}, "characters.ada.trigger"),
        ({"characters": {"ada": {"trigger": "X"}, "bela": {"trigger": "x"}}}, "'x' stands for 'ada' and 'bela'"),
        ({"characters": {"ada": {"trigger": "Bela"}}}, "characters.ada.trigger: .* stands for 'ada' and 'bela'"),
    ],
)
def test_each_fault_is_one_clear_line(sections, said):
    with pytest.raises(ParameterError, match=f"cast.yaml: .*{said}") as error:
        checked(**sections)
    assert "\n" not in str(error.value)


def test_keys_are_the_ids_of_the_project():
    assert Decisions.model_fields["pins"].annotation == dict[str, Key]

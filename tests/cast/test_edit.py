"""Changes to `cast.yaml`: comments stay, entries are sorted, two writers and two clones lose nothing."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

import pytest
import yaml
from conftest import TOP
from hypothesis import given, settings
from hypothesis import strategies as st

from dramatis.cast import edit
from dramatis.cast.decisions import Decisions
from dramatis.cast.lines import values_of
from dramatis.core.errors import ParameterError
from dramatis.core.yaml_lines import written

EMPTY = (TOP / "cast.yaml").read_text()
A, B, C = "e01@2.5:0.25,0.5", "e01@15.833:0.208,0.576", "e02@0.5:0.1,0.9"


def comments(text):
    return [line for line in text.splitlines() if line.lstrip().startswith("#")]


def section(text, name):
    lines = text.splitlines()
    start = lines.index(f"{name}:") + 1
    return lines[start : next((n for n in range(start, len(lines)) if not lines[n].startswith(" ")), len(lines))]


def test_one_decision_is_one_line_sorted_by_video_and_time():
    text = EMPTY
    for moment in (C, B, A):
        text = edit.pin(text, moment, "ada")
    text = edit.pin(text, "ada/00.png", "bela")
    assert section(text, "pins") == ["  ada/00.png: bela", f"  {A}: ada", f"  {B}: ada", f"  {C}: ada"]
    assert comments(text) == comments(EMPTY)
    assert edit.decided(text).pins == {"ada/00.png": "bela", A: "ada", B: "ada", C: "ada"}


def test_what_is_taken_back_leaves_the_file_as_it_was():
    text = edit.set_trigger(edit.reject(edit.merge(edit.pin(EMPTY, A, "ada"), "bob", "ada"), B), "ada", "adalv")
    for name, key in (("pins", A), ("reject", B), ("merge", "bob"), ("characters", "ada")):
        text = edit.remove(text, name, key)
    assert text == EMPTY and edit.remove(text, "pins", A) == EMPTY


def test_a_face_is_pinned_or_rejected_or_no_person():
    text = edit.not_a_person(edit.reject(edit.pin(EMPTY, A, "ada"), A), A)
    assert edit.decided(text) == Decisions(not_a_person=[A])
    assert edit.decided(edit.pin(text, A, "bela")) == Decisions(pins={A: "bela"})


def test_fields_of_a_character_stand_on_its_line():
    text = edit.set_display(edit.set_trigger(edit.character(EMPTY, "ada"), "ada", "adalv"), "ada", 'Ada: "L", née X')
    assert section(text, "characters") == ['  ada: {display: "Ada: \\"L\\", née X", trigger: adalv}']
    assert edit.decided(text).characters["ada"].display == 'Ada: "L", née X'
    assert section(edit.set_trigger(text, "ada", None), "characters") == ['  ada: {display: "Ada: \\"L\\", née X"}']
    assert edit.character(text, "ada") == text


def test_renaming_to_the_own_name_takes_the_entry_out():
    assert edit.rename(edit.rename(EMPTY, "ada", "ada-l"), "ada", "ada") == EMPTY


def test_braces_become_lines_and_comments_behind_values_stay():
    text = f"pins: {{a/b: x, c/d: z}}  # ours\nreject: []\noutfits:\n  {A}: red  # the coat\n"
    text = edit.outfit(edit.pin(text, "b/b", "ada"), A, "blue")
    assert text.startswith("pins:  # ours\n  a/b: x\n  b/b: ada\n  c/d: z\n\n")
    assert text.endswith(f"  {A}: blue  # the coat\n")


def test_a_missing_section_is_added():
    text = edit.not_a_person("pins: {}\n", A)
    assert edit.decided(text).not_a_person == [A] and section(text, "not_a_person") == [f"  - {A}"]


@pytest.mark.parametrize(
    "name", ["no", "on", "null", "7", "1e5", "0o7", "007", "1_000", "y", "ada", "true", "2024-1-1"]
)
def test_ids_are_text_for_every_reader(name):
    from ruamel.yaml import YAML

    text = edit.merge(EMPTY, name, f"{name}-b")
    assert yaml.safe_load(text)["merge"] == YAML(typ="safe").load(text)["merge"] == {name: f"{name}-b"}


@given(st.text(min_size=1), st.booleans())
def test_any_text_is_read_as_it_was_written(value, in_braces):
    line = f"{{key: {written(value, True)}}}" if in_braces else f"key: {written(value)}"
    try:
        value.encode()
    except UnicodeEncodeError:
        return
    assert yaml.safe_load(line) == {"key": value}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: edit.pin(text, "e01", "ada"),
        lambda text: edit.pin(text, A, "Ada L"),
        lambda text: edit.outfit(text, "ada/00.png", "red"),
        lambda text: edit.not_a_person(text, "ada/00.png"),
        lambda text: edit.merge(text, "ada", "!"),
        lambda text: edit.pin("pins: [", A, "ada"),
        lambda text: edit.pin("- a\n", A, "ada"),
    ],
)
def test_what_is_not_allowed_is_refused(change):
    with pytest.raises(ParameterError, match="cast.yaml"):
        change(EMPTY)


def test_equal_lines_count_once_and_others_are_named():
    twice = f'pins:\n  {A}: ada\n  {B}: ada\n  {A}: ada\nreject: ["{C}", "{C}"]\n'
    assert edit.decided(twice) == Decisions(pins={A: "ada", B: "ada"}, reject=[C])
    assert edit.tidied(twice).count(A + ": ") == 1 and edit.decided(edit.tidied(twice)) == edit.decided(twice)
    with pytest.raises(ParameterError, match=f"cast.yaml:2 and cast.yaml:4: pins.{A} is ada in one line and bela in"):
        edit.decided(f"pins:\n  {A}: ada\n  {B}: ada\n  {A}: bela\n")


def test_fields_of_two_lines_are_united_unless_they_differ():
    text = "characters:\n  ada: {display: Ada}\n  ada: {trigger: adalv}\n  ada:\n"
    ada = edit.decided(text).characters["ada"]
    assert (ada.display, ada.trigger) == ("Ada", "adalv")
    assert section(edit.tidied(text), "characters") == ["  ada: {display: Ada, trigger: adalv}"]
    with pytest.raises(ParameterError, match="cast.yaml:2 and cast.yaml:3: characters.ada is"):
        edit.decided("characters:\n  ada: {display: Ada}\n  ada: {display: Bea}\n")


def test_a_section_that_stands_twice_counts_as_one():
    text = f"pins:\n  {A}: ada\nreject:\n  - {B}\npins:\n  {C}: bela\n"
    assert edit.decided(text) == Decisions(pins={A: "ada", C: "bela"}, reject=[B])
    tidy = edit.tidied(text)
    assert tidy.count("pins:") == 1 and edit.decided(tidy) == edit.decided(text)


def write_many(file, number):
    for n in range(5):
        edit.update(file, lambda text, n=n: edit.pin(text, f"e{number:02d}@{n}.5:0.5,0.5", f"p{number}"))


def test_writers_lose_nothing(tmp_path):
    file = tmp_path / "cast.yaml"
    file.write_text(EMPTY)
    workers = [get_context("spawn").Process(target=write_many, args=(file, n)) for n in range(2)]
    for worker in workers:
        worker.start()
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda n: write_many(file, n), (7, 8)))
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert len(edit.decided(file.read_text()).pins) == 20
    assert [each.name for each in tmp_path.iterdir()] == ["cast.yaml"]


def test_another_encoding_is_one_line_and_stays(tmp_path):
    file = tmp_path / "cast.yaml"
    file.write_text(EMPTY, "utf-16")
    with pytest.raises(ParameterError, match="it is no text in UTF-8"):
        edit.update(file, lambda text: edit.pin(text, A, "ada"))
    assert file.read_text("utf-16") == EMPTY


def test_nothing_unsound_is_written(tmp_path):
    file = tmp_path / "cast.yaml"
    file.write_text(EMPTY)
    for change in (lambda text: text + "pin: {}\n", lambda text: edit.merge(edit.merge(text, "a", "b"), "b", "a")):
        with pytest.raises(ParameterError, match="cast.yaml"):
            edit.update(file, change)
    assert file.read_text() == EMPTY
    before = file.stat().st_mtime_ns
    edit.update(file, lambda text: text)
    assert file.stat().st_mtime_ns == before


# Two clones

MOMENTS = st.builds(
    lambda video, second, x: f"e{video:02d}@{second:.3f}:{x / 100:.3f},0.500",
    st.integers(1, 3), st.floats(0, 99), st.integers(0, 100),
)  # fmt: skip
NAMES = st.sampled_from(["ada", "bela", "cyrus", "dora", "not_a_character"])
STEPS = {
    "pin": st.tuples(MOMENTS, NAMES),
    "reject": st.tuples(MOMENTS),
    "not_a_person": st.tuples(MOMENTS),
    "outfit": st.tuples(MOMENTS, st.sampled_from(["red", "blue"])),
    "character": st.tuples(st.sampled_from(["zoe", "yan", "xia", "wim"])),
    "rename": st.tuples(st.sampled_from(["a1", "a2", "a3", "a4"]), st.sampled_from(["b1", "b2"])),
    "merge": st.tuples(st.sampled_from(["c1", "c2", "c3"]), st.sampled_from(["d1", "d2"])),
}
"""Changes, and what they are about."""


@st.composite
def steps(draw, **kinds):
    return draw(st.lists(st.one_of(*(st.tuples(st.just(kind), kinds[kind]) for kind in kinds)), max_size=12))


def applied(text, changes):
    for kind, arguments in changes:
        text = getattr(edit, kind)(text, *arguments)
    return text


@given(steps(**STEPS))
def test_every_list_of_decisions_is_read_back(changes):
    text = applied(EMPTY, changes)
    kept = {}
    for kind, arguments in changes:
        group = "face" if kind in ("pin", "reject", "not_a_person") else kind
        kept[group, arguments[0]] = (kind, *arguments)
    read = edit.decided(text)
    expected = {kind: {step[1]: step[2:] for step in kept.values() if step[0] == kind} for kind in STEPS}
    assert read.pins == {key: value for key, (value,) in expected["pin"].items()}
    assert set(read.reject) == expected["reject"].keys() and set(read.not_a_person) == expected["not_a_person"].keys()
    assert read.outfits == {key: value for key, (value,) in expected["outfit"].items()}
    assert read.merge == {key: value for key, (value,) in expected["merge"].items()}
    assert read.rename == {key: value for key, (value,) in expected["rename"].items()}
    assert comments(text) == comments(EMPTY) and edit.tidied(text) == text
    assert values_of(text, "") == yaml.safe_load(text)


def git(folder, *arguments):
    done = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def merged_by_git(top, base, ours, theirs):
    """The file after two branches that changed it are merged by git with the project's attributes."""
    top.mkdir(parents=True)
    git(top, "init", "-q", "-b", "main")
    (top / ".gitattributes").write_text((TOP / ".gitattributes").read_text())
    file = top / "cast.yaml"
    for branch, text in (("main", base), ("ours", ours), ("theirs", theirs)):
        if branch != "main":
            git(top, "checkout", "-q", "-b", branch, "main")
        file.write_text(text)
        git(top, "add", "-A")
        git(top, "commit", "-q", "--allow-empty", "-m", branch)
    git(top, "checkout", "-q", "ours")
    git(top, "merge", "-q", "theirs", "-m", "both")
    return file.read_text()


def united(a, b):
    return {
        key: sorted({*a[key], *b[key]}) if isinstance(a[key], list) else a[key] | b[key]
        for key in Decisions.model_fields
    }


def test_two_clones_that_fill_every_section_merge(tmp_path):
    def fill(text, n):
        text = edit.pin(edit.reject(text, f"e01@{n}.1:0.1,0.1"), f"e01@{n}.2:0.1,0.1", "ada")
        text = edit.outfit(edit.not_a_person(text, f"e01@{n}.3:0.1,0.1"), f"e01@{n}.2:0.1,0.1", "red")
        text = edit.rename(edit.merge(text, f"a{n}", "ada"), f"f{n}", f"g{n}")
        return edit.set_display(text, f"a{n}", f"A {n}")

    for name, base in (("empty", EMPTY), ("filled", fill(fill(EMPTY, 1), 9))):
        ours, theirs = fill(fill(base, 3), 5), fill(fill(base, 4), 6)
        both = edit.decided(merged_by_git(tmp_path / name, base, ours, theirs)).model_dump()
        each = [edit.decided(text).model_dump() for text in (ours, theirs)]
        assert {key: sorted(v) if isinstance(v, list) else v for key, v in both.items()} == united(*each)


@settings(max_examples=12)
@given(
    *(steps(**{kind: STEPS[kind] for kind in ("pin", "reject", "not_a_person", "outfit", "character")}) for _ in "abc")
)
def test_clones_merge_whatever_they_add(tmp_path_factory, common, mine, yours):
    """Two people decide about different moments; each also has what both had before."""
    base = applied(EMPTY, common)
    about = {arguments[0] for _, arguments in common}
    mine = [step for step in mine if step[1][0] not in about]
    yours = [step for step in yours if step[1][0] not in about | {arguments[0] for _, arguments in mine}]
    ours, theirs = applied(base, mine), applied(base, yours)
    both = edit.decided(merged_by_git(tmp_path_factory.mktemp("git") / "clone", base, ours, theirs)).model_dump()
    each = [edit.decided(text).model_dump() for text in (ours, theirs)]
    assert {key: sorted(v) if isinstance(v, list) else v for key, v in both.items()} == united(*each)


def test_two_answers_to_one_question_are_told_after_the_merge(tmp_path):
    both = merged_by_git(tmp_path / "clone", EMPTY, edit.pin(EMPTY, A, "ada"), edit.pin(EMPTY, A, "bela"))
    with pytest.raises(ParameterError, match=r"cast.yaml:\d+ and cast.yaml:\d+: pins.* is ada in one line and bela"):
        edit.decided(both)

"""Changes to `captions.yaml`: comments stay, lines are sorted, any text comes back, two clones lose nothing."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

import pytest
import yaml
from conftest import TOP
from hypothesis import given
from hypothesis import strategies as st

from dramatis.caption.edit import set_captions, update
from dramatis.caption.human import FORBIDDEN, captions_in
from dramatis.core.errors import ParameterError

A, B, C, D = "0a00000000000001", "3f9a0c21b7d4e855", "8000000000000000", "f000000000000001"
HEADER = (TOP / "captions.yaml").read_text()


def held(text):
    return captions_in(text, "captions.yaml")


def test_worked_example():
    text = set_captions(HEADER, {C: "ada, smiling", A: 'he said: "no" # 5'})
    assert text == HEADER + f'{A}: "he said: \\"no\\" # 5"\n"{C}": "ada, smiling"\n'
    text = set_captions(text, {B: "béla 🙂", A: None})
    assert text == HEADER + f'{B}: "béla 🙂"\n"{C}": "ada, smiling"\n'
    assert set_captions(text, {B: None, C: None, D: None}) == HEADER


def test_comments_and_layout_of_others_stay():
    text = f"# ours\n\n{B}: 'old'   # the scarf\n# about the next\n{D}: two\n  lines\n# end\n"
    changed = set_captions(text, {A: "a", B: "new", C: "c"})
    assert changed == (
        f'# ours\n\n{A}: "a"\n{B}: "new"   # the scarf\n"{C}": "c"\n# about the next\n{D}: two\n  lines\n# end\n'
    )
    assert set_captions(changed, {D: None}).endswith('"c"\n# about the next\n# end\n')


def test_what_is_so_already_changes_nothing():
    text = f"{B}:  ada, 'x'\r\n{D}: y"
    assert set_captions(text, {B: " ada, 'x'", A: None}) == text and set_captions("", {}) == ""


def test_a_file_in_braces_and_a_line_that_stands_twice():
    assert set_captions(f"# x\n{{{B}: ada, {D}: 'b'}}  # ours\n", {C: "c"}) == (
        f'# x\n# ours\n{B}: "ada"\n"{C}": "c"\n{D}: "b"\n'
    )
    assert set_captions(f"{B}: ada\n{C}: c\n{B}: 'ada'\n", {B: "ada"}) == f"{B}: ada\n{C}: c\n"
    assert set_captions(f"{B}: ada\n{C}: c\n{B}: 'ada'\n", {B: "bo"}) == f'{B}: "bo"\n{C}: c\n'
    assert set_captions(f"{B}: ada\n{B}: ada\n", {B: None}) == ""


@pytest.mark.parametrize(
    ("text", "captions", "said"),
    [
        ("", {"ada": "x"}, "captions.yaml: 'ada': is no hash of a picture"),
        ("", {A: " , "}, f"captions.yaml: {A}: the caption is empty"),
        ("", {A: "x\ny"}, r"line break \(U\+000A\)"),
        (f"{A}: x\n{B}: [x]\n", {}, "captions.yaml:2: .*this is no text"),
        (f"# x\n\n{A}: x: y\n", {}, "captions.yaml:3: this is not valid YAML"),
        (f"{A}: x\n{B}: y\n{A}: z\n", {A: None}, "captions.yaml:1 and captions.yaml:3: .*'x' in one line"),
    ],
)
def test_faults_are_one_line_with_the_place(text, captions, said):
    with pytest.raises(ParameterError, match=said) as error:
        set_captions(text, captions)
    assert "\n" not in str(error.value)


hashes = st.one_of(st.from_regex(r"[0-9a-f]{16}", fullmatch=True), st.from_regex(r"0b[01]{14}", fullmatch=True))
letters = st.one_of(
    st.characters(exclude_categories=FORBIDDEN), st.sampled_from(list("\"'\\:#{}[],&*!|>%@`-?\u200d\ufeff🙂é"))
)
texts = st.text(letters, min_size=1, max_size=30).filter(lambda text: text.replace(",", " ").strip())
several = st.dictionaries(hashes, texts, max_size=6)


@given(several, several, st.sets(hashes, max_size=3))
def test_any_text_comes_back_on_a_line_of_its_own(first, second, gone):
    """The file holds what was said last; a YAML reader that knows nothing of hashes reads the same texts."""
    text = set_captions(set_captions(HEADER, first), second | dict.fromkeys(gone))
    expected = {key: value.strip() for key, value in (first | second).items() if key not in gone}
    assert held(text) == expected and list(held(text)) == sorted(expected)
    assert text.startswith(HEADER) and text.count("\n") == HEADER.count("\n") + len(expected)
    assert list((yaml.safe_load(text) or {}).values()) == [expected[key] for key in sorted(expected)]
    assert set_captions(text, dict.fromkeys(expected)) == HEADER


@given(several, several)
def test_the_order_of_saying_does_not_matter(first, second):
    second = {key: value for key, value in second.items() if key not in first}
    one = set_captions(set_captions(HEADER, first), second)
    assert one == set_captions(set_captions(HEADER, second), first) == set_captions(HEADER, first | second)


def test_many_at_once():
    many = {f"{n * 7919:016x}": f"ada, number {n}" for n in range(10_000)}
    text = set_captions(HEADER, many)
    assert held(text) == dict(sorted(many.items()))
    assert held(set_captions(text, {key: value + ", new" for key, value in many.items()}))[f"{7919:016x}"].endswith(
        "new"
    )


def write_many(file, number):
    for n in range(5):
        update(file, lambda text, n=n: set_captions(text, {f"{number:08x}{n:08x}": f"number {n}"}))


def test_writers_lose_nothing(tmp_path):
    file = tmp_path / "captions.yaml"
    file.write_text(HEADER)
    workers = [get_context("spawn").Process(target=write_many, args=(file, n)) for n in range(2)]
    for worker in workers:
        worker.start()
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda n: write_many(file, n), (7, 8)))
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert len(held(file.read_text())) == 20
    assert [each.name for each in tmp_path.iterdir()] == ["captions.yaml"]


def test_nothing_unsound_is_written(tmp_path):
    file = tmp_path / "captions.yaml"
    file.write_text(HEADER)
    for change in (lambda text: text + "ada: x\n", lambda text: set_captions(text, {A: ""})):
        with pytest.raises(ParameterError, match=r"captions\.yaml"):
            update(file, change)
    assert file.read_text() == HEADER


def git(folder, *words):
    name = ("-c", "user.name=x", "-c", "user.email=x@x", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *name, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def test_two_clones_merge(tmp_path):
    """What two people add side by side, and the same thing said twice, merges without a word of git."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    git(one, "init", "-q", "-b", "main")
    (one / ".gitattributes").write_text("captions.yaml merge=union\n")
    (one / "captions.yaml").write_text(HEADER)
    git(one, "add", ".")
    git(one, "commit", "-qm", "start")
    git(tmp_path, "clone", "-q", "one", "two")
    for top, said in ((one, {A: "a", C: "same"}), (two, {B: "b", C: "same", D: "d"})):
        update(top / "captions.yaml", lambda text, said=said: set_captions(text, said))
        git(top, "commit", "-qam", "said")
    git(two, "pull", "-q", "--no-rebase", "--no-edit")
    assert held((two / "captions.yaml").read_text()) == {A: "a", B: "b", C: "same", D: "d"}

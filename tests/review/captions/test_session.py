"""What is said of captions: what is written, what shows, what is undone, and what others do beside it."""

from functools import partial
from pathlib import Path

import pytest
from builders import caption_row, write
from gallery_desk import CAPTIONS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dramatis.caption.human import read_captions
from dramatis.core.errors import InputError, ParameterError
from dramatis.core.tables import read_rows
from dramatis.review.captions import labels, proposals
from dramatis.review.captions.session import CaptionSession
from dramatis.review.captions.tags import adding, removing, replacing_tag, replacing_text
from dramatis.review.captions.view import counts, facets, panel

IDS = list(CAPTIONS)
FILE = Path("captions.yaml")


def do(session, change, numbers=range(7)):
    proposed = proposals.propose(session, numbers, change)
    return session.act("it", lambda: proposals.wanted(session, proposed.changes))


def test_a_tag_for_several_is_a_line_for_each(session, hashes):
    assert counts(session) == {"human": 0, "pictures": 7, "pending": 0}
    made = do(session, adding("smile"), [0, 1, 2])
    assert len(made) == 2, "the first has it already"
    assert read_captions() == {
        hashes[IDS[1]]: "ada, upper body, red hair, smile", hashes[IDS[2]]: "bela, head, red scarf, smile",
    }  # fmt: skip
    assert session.captions[:3] == [CAPTIONS[IDS[0]], *(CAPTIONS[each] + ", smile" for each in IDS[1:3])]
    assert session.origins[:3] == ["auto", "human", "human"] and session.pending(1) and not session.pending(0)
    assert counts(session) == {"human": 2, "pictures": 7, "pending": 2}
    assert not do(session, adding("smile"), [0, 1, 2])


def test_a_caption_as_it_is_by_itself_needs_no_line(session, hashes):
    do(session, adding("smile"), [1])
    do(session, removing("smile"), [1])
    assert read_captions() == {} and session.origins[1] == "auto"
    session.act("keep", lambda: proposals.kept(session, [1]))
    assert read_captions() == {hashes[IDS[1]]: CAPTIONS[IDS[1]]} and session.origins[1] == "human"
    session.act("reset", lambda: proposals.reset(session, range(7)))
    assert read_captions() == {}


def test_find_and_replace_is_worked_out_first(session, hashes):
    proposed = proposals.propose(session, range(7), replacing_tag("red hair", "auburn hair"))
    assert [(each.number, each.after) for each in proposed.changes] == [
        (0, "ada, head, smile, auburn hair"), (1, "ada, upper body, auburn hair"),
    ]  # fmt: skip
    assert read_captions() == {} and not proposed.left_out
    session.act("somebody else", lambda: {hashes[IDS[0]]: "ada, mine"})
    assert proposals.wanted(session, proposed.changes) == {hashes[IDS[1]]: "ada, upper body, auburn hair"}, (
        "what has changed since stays"
    )


def test_what_cannot_be_a_caption_is_left_out(session):
    proposed = proposals.propose(session, [0], replacing_text(CAPTIONS[IDS[0]], ""))
    assert (proposed.changes, proposed.refused, proposed.left_out) == ([], "the caption is empty", 1)
    many = ", ".join(f"tag {n}" for n in range(999))
    assert "at most 1000" in proposals.propose(session, [0], adding(many)).refused


def test_a_label_is_given_and_taken(session):
    both = [0, 1]
    do(session, proposals.toggling("smile", session.known(both)), both)
    assert all("smile" in session.captions[n] for n in both)
    do(session, proposals.toggling("smile", session.known(both)), both)
    assert not any("smile" in session.captions[n] for n in both)


def test_undo_and_redo_of_many(session):
    before = FILE.read_text()
    do(session, adding("one"))
    middle = FILE.read_text()
    do(session, replacing_text("a", "o"))
    after = FILE.read_text()
    assert session.undo() == "it" and FILE.read_text() == middle
    assert session.undo() == "it" and FILE.read_text() == before and session.undo() is None
    assert session.redo() and session.redo() and session.redo() is None and FILE.read_text() == after


def test_undo_leaves_what_somebody_else_changed(session, hashes):
    do(session, adding("one"), [0, 1])
    other = CaptionSession()
    other.act("mine", lambda: {hashes[IDS[2]]: "bela, mine"})
    assert session.undo() == "it" and read_captions() == {hashes[IDS[2]]: "bela, mine"}
    do(session, adding("two"), [2])
    other.refresh()
    other.act("mine again", lambda: {hashes[IDS[2]]: "bela, changed"})
    with pytest.raises(InputError, match=f"captions.yaml: {hashes[IDS[2]]}: changed since by somebody else"):
        session.undo()
    assert session.captions[2] == "bela, changed"


def test_two_labels_at_once_are_both_there(session, hashes):
    """The second key comes while the first is written: it adds to what stands then."""
    asked = [partial(proposals.labelled, session, [0], label) for label in ("one", "two")]
    for wanted in asked:
        session.act("it", wanted)
    assert read_captions() == {hashes[IDS[0]]: CAPTIONS[IDS[0]] + ", one, two"}
    session.act("it", asked[0])
    assert read_captions() == {hashes[IDS[0]]: CAPTIONS[IDS[0]] + ", two"}


def test_positions_of_pictures_that_were_read_anew_are_refused(session):
    before, generation = FILE.read_text(), session.generation
    session.reload()
    with pytest.raises(InputError, match="all pictures were read anew meanwhile"):
        session.act("it", lambda: proposals.kept(session, [0]), generation)
    assert FILE.read_text() == before and session.act("it", lambda: proposals.kept(session, [0]), session.generation)


def test_an_undo_that_cannot_be_written_is_not_lost(session):
    do(session, adding("one"), [0])
    text = FILE.read_text()
    FILE.write_text("nonsense: [\n")
    with pytest.raises(ParameterError):
        session.undo()
    FILE.write_text(text)
    assert session.history.can_undo == "it" and session.undo() == "it" and session.redo() == "it"


def test_an_editor_beside_the_page(session, hashes):
    text, version = FILE.read_text(), session.version
    assert not session.refresh()
    FILE.write_text(text + f"{hashes[IDS[0]]}: 'ada <script>'\n")
    assert session.refresh() and session.captions[0] == "ada <script>" and session.version > version
    assert session.since(version) == [(0, "ada <script>", True, True)]
    FILE.write_text(text + f"{hashes[IDS[0]]}: [\n")
    assert session.refresh() and "captions.yaml:" in session.fault and session.captions[0] == "ada <script>"
    with pytest.raises(ParameterError):
        session.act("it", lambda: {hashes[IDS[1]]: "x"})
    FILE.unlink()
    assert session.refresh() and not session.fault and session.origins[0] == "auto"
    session.act("it", lambda: {hashes[IDS[1]]: "x"})
    assert read_captions() == {hashes[IDS[1]]: "x"}, "a file that is not there is made"


def test_a_caption_whose_picture_is_gone_waits(session):
    FILE.write_text("00000000000000aa: ada, once\n")
    session.refresh()
    assert session.waiting() == {"00000000000000aa": "ada, once"} and counts(session)["human"] == 0


def test_after_a_run_nothing_waits_and_only_a_run_knows_the_automatic_caption(session, hashes, tmp_path):
    do(session, adding("smile"), [1])
    rows = read_rows(tmp_path / "data/captions/v.parquet", "caption")
    said = {row["id"]: row for row in rows}
    said[IDS[1]] |= {"caption": session.captions[1], "origin": "human", "model": None}
    write(tmp_path / "data/captions", captions=list(said.values()))["captions"].rename(
        tmp_path / "data/captions/v.parquet"
    )
    generation = session.generation
    session.reload()
    assert session.generation == generation + 1 and counts(session)["pending"] == 0 and session.origins[1] == "human"
    session.act("reset", lambda: proposals.reset(session, [1]))
    assert session.captions[1] is None and session.pending(1) and session.known([0, 1]) == [CAPTIONS[IDS[0]]]
    proposed = proposals.propose(session, [1], adding("x"))
    assert (proposed.changes, proposed.left_out) == ([], 1) and "next run" in proposed.refused
    assert session.undo() == "reset" and session.captions[1].endswith("smile")


def test_equal_pictures_have_one_line(hashes, tmp_path):
    rows = read_rows(tmp_path / "data/crops/v/crops.parquet", "crops")
    same = {key: rows[0][key] for key in ("picture", "image")}
    write(tmp_path / "data/crops/v", crops=[rows[0], {**rows[1], **same}, *rows[2:]])
    session = CaptionSession()
    proposed = proposals.propose(session, [0, 1], adding("x"))
    assert len(proposed.changes) == 1 and panel(session, [0], 7, [""] * 9)["one"]["twins"] == 1
    session.act("it", lambda: proposals.wanted(session, proposed.changes))
    assert session.captions[0] == session.captions[1] == CAPTIONS[IDS[0]] + ", x"
    do(session, removing("x"), [0])
    assert read_captions() == {hashes[IDS[0]]: CAPTIONS[IDS[0]]}, "the other one's own caption is not this"


def test_without_the_stages_it_says_which_to_run(hashes, tmp_path):
    (tmp_path / "data/captions/v.parquet").unlink()
    session = CaptionSession()
    assert session.missing == "data/captions/v.parquet: there is no such file. Run `dvc repro`: stage caption makes it"
    assert counts(session)["pictures"] == 0 and not session.refresh()
    write(tmp_path / "data/captions", captions=[caption_row({"id": IDS[0], "picture": hashes[IDS[0]]}, "ada")])[
        "captions"
    ].rename(tmp_path / "data/captions/v.parquet")
    session.reload()
    assert not session.missing and session.captions[:2] == ["ada", None]


def test_the_panel(session):
    about = panel(session, [0, 1], 7, ["smile", "Red_Hair", ""])
    assert (about["count"], about["known"], about["human"], about["one"]) == (2, 2, 0, None)
    assert about["tags"][:2] == [{"tag": "ada", "count": 2}, {"tag": "red hair", "count": 2}]
    assert [each["on"] for each in about["labels"]] == [False, True, False]
    one = panel(session, [3], 7, [])["one"]
    assert (
        one["about"] == "full · left out: max_pictures · 40×90 px · 00:00:03.000" and one["caption"] == one["automatic"]
    )
    found = {each["id"]: each["values"] for each in facets(session)}
    assert [each["value"] for each in found["stage"]] == ["full", "upper", "head", "scene", "composite"]
    assert found["character"][0] == {"value": "ada", "label": "Ada", "count": 5}


def test_labels_are_kept(tmp_path):
    file = tmp_path / "work/labels.txt"
    assert labels.read_labels(file) == [""] * 9
    labels.write_labels(labels.with_label(labels.read_labels(file), 2, " red  scarf,\n smile "), file)
    assert labels.read_labels(file) == ["", "", "red scarf, smile", *[""] * 6]
    file.write_bytes(b"\xff\nb\n" * 20)
    assert len(labels.read_labels(file)) == 9 and labels.read_labels(file)[1] == "b"


deed = st.one_of(
    st.builds(adding, st.sampled_from(["x", "smile, y", "red hair"])),
    st.builds(removing, st.sampled_from(["ada", "smile", "head"])),
    st.builds(replacing_tag, st.sampled_from(["smile", "ada"]), st.sampled_from(["", "z", "head"])),
    st.builds(replacing_text, st.sampled_from(["a", "e", ", "]), st.sampled_from(["", "é", "🙂, "])),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(deed, st.sets(st.integers(0, 6))), max_size=5))
def test_undoing_all_gives_the_first_file_again(session, said):
    """Whatever was done: the page and the file say the same, untouched pictures stay, undo leads back to the bytes."""
    text = FILE.read_text()
    for change, numbers in said:
        before = list(session.captions)
        do(session, change, sorted(numbers))
        held = read_captions()
        for n, picture in enumerate(session.gallery.pictures):
            assert session.captions[n] == held.get(picture.picture, picture.caption)
            assert n in numbers or session.captions[n] == before[n]
    while session.history.can_undo:
        session.undo()
    assert FILE.read_text() == text and session.captions == list(CAPTIONS.values())

"""Every action on a real small project: what is written, what it leads to, what stage `cast` makes of it."""

import pytest
from cells import names
from conftest import TOP
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from review_desk import tracks, who

from dramatis.cast.decisions import read_decisions
from dramatis.core.errors import InputError, ParameterError
from dramatis.review import deeds
from dramatis.review.names import Name
from dramatis.review.session import Session

ADA = ("v-0000-000", "v-0001-000", "v-0003-001")
BELA = ("v-0000-001", "v-0002-000")
CYRUS = ("v-0002-001", "v-0003-000")


def new(name):
    return Name(name, None, False)


def applied(project, session):
    """What stage `cast` itself says, which is what the page said beforehand."""
    rows, _ = project.run()
    told = {row["track_id"]: session.standing.character[n] for n, row in enumerate(session.project.faces.rows)}
    assert names(rows) == told
    return names(rows)


def test_the_wall_at_first(session):
    assert who(session) == {
        **dict.fromkeys(ADA, "n:ada"), **dict.fromkeys(BELA, "c:c2"), **dict.fromkeys(CYRUS, "n:cyrus"),
    }  # fmt: skip
    assert not session.pending() and session.history.can_undo is None


def test_one_pin_names_a_cluster(project, session):
    changes = session.act("name", deeds.naming(tracks(session, *BELA), Name("bela", "Bela B.", False)))
    assert [(each.section, each.after) for each in changes] == [
        ("characters", {"display": "Bela B."}), ("pins", "bela"),
    ]  # fmt: skip
    assert {who(session)[track] for track in BELA} == {"n:bela"} and len(session.pending()) == 4
    assert {track for track, name in applied(project, session).items() if name == "bela"} == set(BELA)
    session.reload()
    assert not session.pending()


def test_split_one_track_out_of_a_named_cluster(project, session):
    session.act("split", deeds.naming(tracks(session, ADA[1]), new("ann")))
    found = applied(project, session)
    assert found[ADA[1]] == "ann" and found[ADA[0]] == found[ADA[2]] == "ada"


def test_split_an_unnamed_cluster_in_two(project, session):
    one, other = BELA
    session.act("split", deeds.naming(tracks(session, one), new("bo"), tracks(session, other), new("bea")))
    found = applied(project, session)
    assert (found[one], found[other]) == ("bo", "bea")


def test_two_named_are_one(project, session):
    groups = [session.group("n:ada"), session.group("n:cyrus")]
    session.act("merge", deeds.united(groups, Name("cyrus", None, True)))
    assert read_decisions(project.decisions).merge == {"ada": "cyrus"}
    assert {applied(project, session)[track] for track in ADA + CYRUS} == {"cyrus"}


def test_a_named_and_an_unnamed_are_one(project, session):
    groups = [session.group("n:ada"), session.group("c:c2")]
    session.act("merge", deeds.united(groups, Name("ada", None, True)))
    assert {applied(project, session)[track] for track in ADA[1:] + BELA[1:]} == {"ada"}


def test_two_names_that_only_pins_give_are_one(project, session):
    session.act("name", deeds.naming(tracks(session, BELA[0]), new("bo"), tracks(session, BELA[1]), new("bea")))
    groups = [session.group("n:bo"), session.group("n:bea")]
    session.act("merge", deeds.united(groups, Name("bea", None, True)))
    decided = read_decisions(project.decisions)
    assert not decided.merge and list(decided.characters) == ["bea"]
    assert {applied(project, session)[track] for track in BELA} == {"bea"}


def test_rename_a_folder_and_describe_it(project, session):
    session.act("rename", deeds.renaming("ada", new("ann"), "Ann Lee", "annlee"))
    decided = read_decisions(project.decisions)
    assert decided.rename == {"ada": "ann"} and decided.characters["ann"].trigger == "annlee"
    assert {applied(project, session)[track] for track in ADA} == {"ann"}
    session.act("rename back", deeds.renaming("ann", new("ada"), "", ""))
    assert not read_decisions(project.decisions).rename


def test_reject_a_cluster_by_one_pin(project, session):
    session.act("reject", deeds.rejected(tracks(session, *BELA), whole=True))
    assert list(read_decisions(project.decisions).pins.values()) == ["not_a_character"]
    assert {who(session)[track] for track in BELA} == {"r:c2"}
    assert {applied(project, session)[track] for track in BELA} == {None}


def test_reject_a_cluster_that_references_name(project, session):
    session.act("reject", deeds.rejected(tracks(session, *ADA), whole=True))
    assert {applied(project, session)[track] for track in ADA} == {None}


def test_single_tracks_are_nobody_or_no_person(project, session):
    session.act("reject", deeds.rejected(tracks(session, ADA[0]), whole=False))
    session.act("object", deeds.no_person(tracks(session, CYRUS[0])))
    decided = read_decisions(project.decisions)
    assert len(decided.reject) == len(decided.not_a_person) == 1
    assert who(session)[CYRUS[0]] == "r:c3/not_a_person" and who(session)[ADA[0]] == "r:c1"
    found = applied(project, session)
    assert found[ADA[0]] is found[CYRUS[0]] is None and found[ADA[1]] == "ada"


def test_a_later_word_on_a_track_takes_the_place_of_the_first(project, session):
    session.act("name", deeds.naming(tracks(session, BELA[0]), new("bo")))
    session.act("reject", deeds.rejected(tracks(session, *BELA), whole=False))
    assert len(read_decisions(project.decisions).reject) == 2
    session.act("forget", deeds.forgotten(tracks(session, *BELA)))
    decided = read_decisions(project.decisions)
    assert not decided.pins and not decided.reject and not decided.characters


def test_pinning_changes_nobody(project, session):
    before = who(session)
    session.act("pin", deeds.pinned(tracks(session, *ADA)))
    assert who(session) == before and len(read_decisions(project.decisions).pins) == len(ADA)
    assert not session.act("pin", deeds.pinned(tracks(session, *ADA))), "the same again writes nothing"


def test_undo_and_redo(project, session):
    text = project.decisions.read_text()
    session.act("one", deeds.naming(tracks(session, *BELA), new("bela")))
    session.act("two", deeds.rejected(tracks(session, *CYRUS), whole=True))
    after = project.decisions.read_text()
    assert (session.undo(), session.undo(), session.undo()) == ("two", "one", None)
    assert project.decisions.read_text() == text
    assert (session.redo(), session.redo(), session.redo()) == ("one", "two", None)
    assert project.decisions.read_text() == after


def test_two_servers_do_not_overwrite_each_other(project, session):
    other = Session()
    session.act("one", deeds.naming(tracks(session, *BELA), new("bela")))
    other.act("two", deeds.rejected(tracks(other, *CYRUS), whole=True))
    session.refresh()
    assert who(session) == who(other)
    assert who(session)[BELA[0]] == "n:bela" and who(session)[CYRUS[0]] == "r:c3"
    session.undo()
    assert who(session)[BELA[0]] == "c:c2" and who(session)[CYRUS[0]] == "r:c3", "undo leaves what another did"


def test_undo_refuses_what_somebody_else_changed(project, session):
    session.act("one", deeds.naming(tracks(session, *BELA), new("bela")))
    other = Session()
    other.act("two", deeds.renaming("bela", new("bo"), "", ""))
    with pytest.raises(InputError, match="changed since by somebody else, so 'one' stays"):
        session.undo()
    assert session.history.can_undo is None and who(session)[BELA[0]] == "n:bo", "what cannot be undone is left behind"


def test_an_editor_beside_the_page(project, session):
    """What a person types into the file shows; what is wrong there is said, and the last good state stays."""
    text = project.decisions.read_text()
    project.decisions.write_text(text.replace("merge:\n", "merge:\n  ada: cyrus\n"))
    assert session.refresh() and who(session)[ADA[0]] == "n:cyrus"
    project.decisions.write_text(text.replace("merge:\n", "merge: [\n"))
    assert session.refresh() and "not valid YAML" in session.fault and who(session)[ADA[0]] == "n:cyrus"
    with pytest.raises(ParameterError, match="not valid YAML"):
        session.act("name", deeds.naming(tracks(session, *BELA), new("bela")))
    project.decisions.write_text(text)
    assert session.refresh() and not session.fault and not session.refresh()


def test_decisions_that_meet_nothing_wait(project, session):
    project.decisions.write_text("pins:\n  w@1.000:0.5,0.5: ada\n")
    session.refresh()
    assert [(each.key, each.reason) for each in session.standing.unmet] == [
        ("w@1.000:0.5,0.5", "'w' is not among the videos")
    ]


choice = st.tuples(
    st.sampled_from(["name", "reject", "object", "pin", "forget"]),
    st.sets(st.sampled_from(ADA + BELA + CYRUS), min_size=1),
    st.sampled_from(["ada", "bela", "dan"]),
)


@settings(
    max_examples=15, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # shrinking takes minutes
@given(st.lists(choice, min_size=1, max_size=4))
def test_whatever_is_said_last_of_a_track_holds_and_undo_leads_back(project, session, said):
    """Random actions: the tracks end where the last word puts them, and undoing all gives the first text again."""
    text = (TOP / "cast.yaml").read_text()
    project.decisions.write_text(text)
    read = session.project
    session = Session(read=lambda: read)
    for act, wanted, name in said:
        before = who(session)
        chosen = tracks(session, *sorted(wanted))
        action = {
            "name": deeds.naming(chosen, Name(name, None, False)), "reject": deeds.rejected(chosen, whole=False),
            "object": deeds.no_person(chosen), "pin": deeds.pinned(chosen), "forget": deeds.forgotten(chosen),
        }[act]  # fmt: skip
        session.act(act, action)
        after = who(session)
        expected = {"name": f"n:{name}", "reject": "r:", "object": "r:"}.get(act)
        assert all(after[track].startswith(expected) for track in wanted if expected)
        if act != "forget":
            stays = {track for track in before if track not in wanted and before[track][0] == "n"}
            assert {track: after[track] for track in stays} == {track: before[track] for track in stays}
    while session.history.can_undo:
        session.undo()
    assert project.decisions.read_text() == text

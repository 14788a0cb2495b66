"""The stage on pictures whose faces are coloured cells: the detector finds red, the embedder sees the colours."""

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest
from cells import COLOURS, TRUTH, Project, at, names, scene

from dramatis.cast.sheet import open_clusters
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.images import encode_png, read_image


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def test_references_name_clusters(project):
    project.reference("ada", "bela", "cyrus")
    tracks, characters = project.write().run()
    assert names(tracks) == TRUTH and {row["origin"] for row in tracks.values()} == {"reference"}
    assert all(row["similarity"] > 0.98 and row["margin"] > 0.05 for row in tracks.values())
    assert characters["ada"] == {
        "character": "ada",
        "display": "Ada",
        "trigger": "ada",
        "clusters": 1,
        "seconds": 7.5,
        "shots": 3,
        "tracks": 3,
        "faces": 6,
    }
    assert read_image(project.top / "plots" / "sheet.png").shape[0] > 3 * 96


def test_the_same_input_gives_the_same_bytes(project):
    project.reference("ada", "bela")
    project.write().run()
    files = [project.top / name for name in ("data/cast/v.parquet", "data/cast/characters.parquet", "plots/sheet.png")]
    before = [file.read_bytes() for file in files]
    project.run()
    assert [file.read_bytes() for file in files] == before


def test_no_reference_folder_is_asked_for_if_it_is_null(project):
    tracks, characters = project.write().run(references=False)
    assert set(names(tracks).values()) == {None} and characters == {}
    assert {row["origin"] for row in tracks.values()} == {"none"}


def test_the_rejection_class_takes_a_cluster_and_is_no_character(project):
    project.reference("ada", "bela", "not_a_character")  # its picture shows cyrus
    tracks, characters = project.write().run()
    assert names(tracks) == {track: who if who != "cyrus" else None for track, who in TRUTH.items()}
    assert set(characters) == {"ada", "bela"} and tracks["v-0003-000"]["origin"] == "reference"
    assert open_clusters(project.table("clusters")) == []


def test_tracks_outside_clusters_are_named_by_themselves(project):
    project.reference("ada", "bela")
    project.clusters = {"bela": "c2"}
    tracks, characters = project.write().run()
    assert names(tracks)["v-0001-000"] == "ada" and characters["ada"]["clusters"] == 0


def test_one_name_owns_two_clusters_and_a_wrong_track_stays_unnamed(project):
    project.reference("ada", "bela", "cyrus")
    project.clusters |= {"v-0003-001": "c9", "v-0000-001": "c1"}  # ada in two clusters; bela's track in one of them
    tracks, characters = project.write().run()
    assert characters["ada"]["clusters"] == 2 and names(tracks)["v-0000-001"] is None
    assert names(tracks)["v-0002-000"] == "bela"


def test_decisions_win(project):
    project.reference("ada", "bela")
    tracks, characters = project.write().run(
        decisions={
            "characters": {"ada": {"display": "Ada Lovelace", "trigger": "adalv"}, "zoe": {}},
            "pins": {at(2, 1): "zoe", at(1, 0): "bela"},
            "reject": [at(3, 1)],
        }
    )
    assert names(tracks) == {
        "v-0000-000": "ada",
        "v-0000-001": "bela",
        "v-0001-000": "bela",
        "v-0002-000": "bela",
        "v-0002-001": "zoe",
        "v-0003-000": "zoe",
        "v-0003-001": None,
    }
    assert [tracks[t]["origin"] for t in ("v-0000-000", "v-0001-000", "v-0003-000", "v-0003-001")] == [
        "reference",
        "decision",
        "decision",
        "decision",
    ]
    assert characters["ada"]["display"] == "Ada Lovelace" and characters["ada"]["trigger"] == "adalv"
    assert characters["zoe"]["faces"] == 4


def test_rename_and_merge(project):
    project.reference("ada", "bela", "cyrus")
    tracks, characters = project.write().run(decisions={"rename": {"ada": "ada-l"}, "merge": {"cyrus": "bela"}})
    assert set(characters) == {"ada-l", "bela"} and names(tracks)["v-0003-000"] == "bela"
    assert names(tracks)["v-0001-000"] == "ada-l"


def test_pins_mean_the_new_names_of_folders_that_swap(project):
    project.reference("ada", "bela", "cyrus")
    decided = {"rename": {"ada": "bela", "bela": "ada"}, "pins": {at(3, 0): "bela"}}
    tracks, characters = project.write().run(decisions=decided)
    assert set(characters) == {"ada", "bela", "cyrus"}
    assert names(tracks)["v-0001-000"] == "bela" and names(tracks)["v-0002-000"] == "ada"
    assert names(tracks)["v-0003-000"] == "bela" and tracks["v-0003-000"]["origin"] == "decision"


def test_decisions_about_reference_pictures(project):
    project.reference("ada", "bela", "cyrus")
    tracks, _ = project.write().run(decisions={"reject": ["cyrus/00.png"], "pins": {"bela/00.png": "ada"}})
    assert names(tracks)["v-0002-000"] == "ada" and names(tracks)["v-0003-000"] is None


def test_tracks_are_split_out_of_a_cluster_that_a_reference_names(project):
    """Ada's cluster also holds all of Bela and Cyrus: one pin each takes the rest of them along."""
    project.reference("ada")
    project.clusters = dict.fromkeys(COLOURS, "c1")
    everybody = project.write().run(floor=3, again=3)[0]
    assert set(names(everybody).values()) == {"ada", None}  # two of one frame are never both Ada
    decided = {"characters": {"bela": {}, "cyrus": {}}, "pins": {at(0, 1): "bela", at(2, 1): "cyrus"}}
    tracks, characters = project.run(decisions=decided, floor=3, again=3)
    assert names(tracks) == TRUTH
    assert {row["origin"] for row in tracks.values() if row["character"] == "ada"} == {"reference"}
    assert characters["bela"]["tracks"] == characters["cyrus"]["tracks"] == 2


def test_a_whole_cluster_is_nobody(project):
    project.reference("ada", "bela", "cyrus")
    tracks, characters = project.write().run(decisions={"pins": {at(1, 0): "not_a_character"}})
    assert names(tracks) == {track: who if who != "ada" else None for track, who in TRUTH.items()}
    assert {row["origin"] for row in tracks.values() if row["character"] is None} == {"decision"}
    assert set(characters) == {"ada", "bela", "cyrus"} and characters["ada"]["faces"] == 0


def test_what_is_no_person_is_told_apart_from_who_is_nobody(project):
    project.reference("ada", "bela")
    tracks, _ = project.write().run(decisions={"not_a_person": [at(1, 0)], "reject": [at(3, 1)]})
    assert tracks["v-0001-000"]["character"] is None and tracks["v-0001-000"]["origin"] == "not_a_person"
    assert tracks["v-0003-001"]["character"] is None and tracks["v-0003-001"]["origin"] == "decision"
    assert tracks["v-0000-000"]["character"] == "ada"


def test_a_pinned_face_takes_the_name_from_another_in_its_frame(project):
    project.reference("ada")
    tracks, _ = project.write().run(decisions={"pins": {at(3, 0): "ada"}})  # Cyrus is pinned, Ada is beside him
    assert names(tracks)["v-0003-000"] == "ada" and names(tracks)["v-0003-001"] is None
    assert names(tracks)["v-0001-000"] == "ada"


def test_clusters_with_most_screen_time_are_asked_about_first(project):
    project.reference("bela")
    project.write().run()
    table = {row["cluster_id"]: row for row in project.table("clusters")}
    assert {key: row["character"] for key, row in table.items()} == {"c1": None, "c2": "bela", "c3": None}
    assert [table[key]["seconds"] for key in ("c1", "c2", "c3")] == [7.5, 5.0, 5.0]
    assert [table[key]["open_faces"] for key in ("c1", "c2", "c3")] == [6, 0, 4]
    assert [row["cluster_id"] for row in open_clusters(list(table.values()))] == ["c1", "c3"]
    named = {table["c1"]["moment"]: "ada", table["c3"]["moment"]: "cyrus"}
    tracks, _ = project.run(decisions={"characters": {"ada": {}, "cyrus": {}}, "pins": named})
    assert names(tracks) == TRUTH and open_clusters(project.table("clusters")) == []


def test_decisions_about_what_is_gone_wait(project, caplog):
    project.reference("ada", "bela")
    whole = project.write().run()
    decided = {
        "rename": {"dora": "dora-d"},
        "merge": {"emil": "ada"},
        "pins": {"ada/07.png": "bela"},
        "reject": ["dora/00.png"],
        "characters": {"fay": {"display": "Fay"}},
        "outfits": {at(0, 0): "red"},
    }
    assert project.run(decisions=decided) == whole
    keys = ["characters.fay", "merge.emil", "pins.ada/07.png", "reject.dora/00.png", "rename.dora"]
    assert [row["decision"] for row in project.table("unmet")] == keys
    assert all(f"cast.yaml: {key}: " in caplog.text for key in keys)


def test_two_pins_divide_a_track(project):
    """Two frames of one track, a quarter of a second apart."""
    project.reference("ada", "bela")
    project.write().run(decisions={"pins": {"v@2.5:0.125,0.125": "bela", "v@2.75:0.125,0.125": "ada"}})
    rows = pq.read_table(project.data / "cast" / "v.parquet").to_pylist()
    assert [row["character"] for row in rows if row["track_id"] == "v-0001-000"] == ["bela", "ada"]


def test_a_moment_without_a_face_is_named_and_waits(project, caplog):
    project.reference("ada", "bela")
    whole = project.write().run()
    assert project.run(decisions={"pins": {"v@0.1:0.9,0.9": "ada"}, "reject": ["e07@1.5:0.5,0.5"]}) == whole
    assert "cast.yaml: pins.v@0.1:0.9,0.9: no face is there now" in caplog.text
    assert project.table("unmet") == [
        {
            "decision": "pins.v@0.1:0.9,0.9",
            "section": "pins",
            "key": "v@0.1:0.9,0.9",
            "reason": "no face is there now",
        },
        {
            "decision": "reject.e07@1.5:0.5,0.5",
            "section": "reject",
            "key": "e07@1.5:0.5,0.5",
            "reason": "'e07' is not among the videos",
        },
    ]


def test_the_table_says_the_moment_of_each_face(project):
    tracks, _ = project.write().run(references=False)
    assert tracks["v-0002-001"]["moment"] == "v@5.250:0.625,0.125"


def test_a_decision_survives_other_clusters(project):
    project.reference("ada")
    decided = {"characters": {"zoe": {}}, "pins": {at(2, 1): "zoe"}}
    before = names(project.write().run(decisions=decided)[0])
    project.clusters = {"ada": "d7", "bela": "d8", "cyrus": "d9"}
    assert names(project.write().run(decisions=decided)[0]) == before


def test_bad_references_are_one_clear_line(project):
    project.write()
    with pytest.raises(MissingError, match="references: there is no such reference folder. .*`cast.references`"):
        project.run()
    (project.top / "references" / "Ada L").mkdir(parents=True)
    with pytest.raises(InputError, match="'Ada L' cannot be an id"):
        project.run()
    (project.top / "references" / "Ada L").rename(project.top / "references" / "ada")
    with pytest.raises(MissingError, match="ada: no picture"):
        project.run()
    file = project.top / "references" / "ada" / "00.png"
    file.write_bytes(encode_png(np.zeros((64, 64, 3), np.uint8)))
    with pytest.raises(InputError, match="00.png: no face found in this reference picture"):
        project.run()
    file.write_bytes(b"no picture")
    with pytest.raises(InputError, match="00.png: 10 bytes that are no readable picture"):
        project.run()
    assert not (project.data / "cast").exists() and not (project.top / "plots").exists()


def test_a_reference_without_a_face_is_named_while_another_shows_one(project, caplog):
    project.reference("ada", "bela", "cyrus")
    whole = project.write().run()
    (project.top / "references" / "ada" / "01.png").write_bytes(encode_png(np.zeros((64, 64, 3), np.uint8)))
    assert project.run() == whole
    assert "01.png: no face found in this reference picture" in caplog.text


def test_the_largest_face_of_a_reference_counts(project):
    project.reference("ada")
    image = cv2.resize(scene("bela", None), (32, 32), interpolation=cv2.INTER_AREA)
    two = np.full((128, 128, 3), (10, 10, 90), np.uint8)
    two[:32, :32] = image
    two[32:64, 32:64] = COLOURS["ada"]
    (project.top / "references" / "ada" / "00.png").write_bytes(encode_png(two))
    assert names(project.write().run()[0])["v-0001-000"] == "ada"


def test_bad_decisions_leave_what_stood(project):
    project.reference("ada")
    project.write().run()
    before = (project.data / "cast" / "v.parquet").read_bytes()
    with pytest.raises(ParameterError, match="cast.yaml: pins.ada/00.png: 'zoe': no such character"):
        project.run(decisions={"pins": {"ada/00.png": "zoe"}})
    assert (project.data / "cast" / "v.parquet").read_bytes() == before
    project.decisions.write_text("pins: [")
    with pytest.raises(ParameterError, match="cast.yaml:.*not valid YAML"):
        project.run()

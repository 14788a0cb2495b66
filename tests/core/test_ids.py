import hashlib

from dramatis.core.ids import stable_ids


def test_an_id_is_the_digest_of_the_first_track():
    ((name, first),) = stable_ids("c", [["e01-0003-001", "e01-0004-000"]])
    assert name == "c" + hashlib.sha256(b"e01-0003-001").hexdigest()[:8] and first == "e01-0003-001"


def test_later_tracks_and_later_clusters_change_no_id():
    before = stable_ids("c", [["a", "c"], ["b"]])
    assert stable_ids("c", [["a", "c", "z"], ["b", "y"], ["x"]])[:2] == before


def test_clusters_that_begin_with_one_track_get_different_ids():
    named = stable_ids("c", [["a", "b"], ["a", "c"], ["a"], ["a"]])
    assert len({name for name, _ in named}) == 4 and {first for _, first in named} == {"a"}
    assert named[0] == stable_ids("c", [["a"]])[0]

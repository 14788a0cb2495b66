"""Groups of faces, by an example and as a partition."""

from hypothesis import given
from hypothesis import strategies as st

from dramatis.review.groups import group_faces, seen_s
from dramatis.review.standing import Standing


def face(track, cluster=None, frame=0, still=False):
    return {
        "track_id": track,
        "cluster_id": cluster,
        "frame_id": f"{track}-{frame}",
        "stands_for_s": 0.5,
        "still": still,
    }


def test_worked_example():
    rows = [
        face("t1", "c1"),
        face("t1", "c1", 1),
        face("t2", "c1"),
        face("t3", "c2"),
        face("t4"),
        face("t5"),
        face("t6"),
    ]
    standing = Standing(
        ["ada", "ada", None, None, None, None, None],
        ["reference", "reference", "none", "none", "none", "decision", "not_a_person"],
        [],
    )
    groups = {group.id: group for group in group_faces(rows, standing)}
    assert list(groups) == ["n:ada", "c:c1", "c:c2", "t:t4", "r:t5", "r:t6/not_a_person"]
    assert [group.kind for group in groups.values()] == [
        "named", "unnamed", "unnamed", "loose", "rejected", "rejected",
    ]  # fmt: skip
    assert groups["n:ada"].faces == [0, 1] and groups["n:ada"].seconds == 1.0


def test_two_faces_of_one_frame_are_seen_once_and_pictures_for_no_time():
    assert seen_s([face("t"), face("t"), face("t", frame=1)]) == 1.0
    assert seen_s([face("t", still=True)]) == 0


rows = st.tuples(
    st.sampled_from("abc"),
    st.sampled_from(["c1", "c2", None]),
    st.sampled_from(["ada", "bela", None]),
    st.sampled_from(["none", "decision"]),
)


@given(st.lists(rows, min_size=1, max_size=20))
def test_every_face_is_in_one_group(cells):
    made = [face(track, cluster, n) for n, (track, cluster, _, _) in enumerate(cells)]
    standing = Standing([name for *_, name, _ in cells], [origin for *_, origin in cells], [])
    groups = group_faces(made, standing)
    assert sorted(n for group in groups for n in group.faces) == list(range(len(cells)))
    assert len({group.id for group in groups}) == len(groups)
    assert all((group.name is not None) == (group.kind == "named") for group in groups)

from builders import cast_row, figure_rows, frame_row

from dramatis.crops.people import people_of

PROPORTIONS = {"head": (0.3, 0.6, 0.2), "halfbody": (1.0, 0.6, 2.5), "person": (1.5, 0.6, 6.0)}


def test_faces_backs_and_what_is_no_person():
    frame = frame_row()
    ann, poster = figure_rows(frame, halfbody=None), figure_rows(frame, figure=1, track=1, x=60)
    back, body = figure_rows(frame, figure=2, x=120, face=None), figure_rows(frame, figure=3, face=None, head=None)
    cast = [cast_row(ann[0], "ann"), cast_row(poster[0], None, "not_a_person")]
    (found, behind) = people_of(ann + poster + back + body, cast, PROPORTIONS)[frame["frame_id"]]
    assert (found.figure_id, found.character, found.detection_id) == (
        ann[0]["figure_id"],
        "ann",
        ann[0]["detection_id"],
    )
    assert set(found.boxes) == {"face", "head", "halfbody", "person"}
    assert found.found == {"face", "head", "person"}
    assert found.boxes["halfbody"].round(1).tolist() == [20, 15.6, 80, 114]  # a face of 20 by 24 at (40, 30)
    assert (behind.character, behind.detection_id) == (None, None)
    assert behind.sight.tolist() == behind.boxes["head"].tolist() == [154, 20, 186, 56]


def test_a_frame_of_nobody_is_not_there():
    assert people_of([], [], PROPORTIONS) == {}

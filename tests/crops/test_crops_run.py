import numpy as np
import pytest
from builders import cast_row, figure_rows, frame_row, quality_row, write

from dramatis.core.images import decode
from dramatis.core.params import load_params
from dramatis.core.tables import box_of, read_rows
from dramatis.crops.params import CropsParams
from dramatis.crops.run import run

PARAMS = CropsParams(
    head_margin=1.5,
    max_aspect=3,
    max_share=0.5,
    min_side_px=32,
    min_root_area_px=40,
    proportions={"head": (0.3, 0.6, 0.2), "halfbody": (1.0, 0.6, 2.5), "person": (1.5, 0.6, 6.0)},
    max_people={"head": 1},
    min_distance=4,
    max_per_track=2,
)


@pytest.fixture
def shards(tmp_path):
    """Four frames: ada thrice in one track, then with bela and an unnamed face; one of her faces is blurred."""
    frames = [frame_row(n) for n in range(4)]
    figures = [figure_rows(frame) for frame in frames]
    figures[1] = figure_rows(frames[1], halfbody=None)
    bela, nobody = figure_rows(frames[3], figure=1, track=1, x=60), figure_rows(frames[3], figure=2, track=2, x=200)
    faces = [rows[0] for rows in (*figures, bela, nobody)]
    names = ["ada"] * 4 + ["bela", None]
    return write(
        tmp_path / "in",
        frames=frames,
        detections=sum((*figures, bela, nobody), []),
        quality=[quality_row(face, n, "blur" if n == 2 else None) for n, face in enumerate(faces)],
        cast=[cast_row(face, name) for face, name in zip(faces, names, strict=True)],
    )


def crops(shards, out, params=PARAMS):
    run(params, "v", **shards, out=out)
    return {row["crop_id"]: row for row in read_rows(out / "crops.parquet", "crops")}


def test_every_named_figure_has_its_rows_and_kept_ones_their_picture(shards, tmp_path):
    rows = crops(shards, tmp_path / "out")
    assert len(rows) == 5 * 3
    assert {row["character"] for row in rows.values()} == {"ada", "bela"}
    for row in rows.values():
        if row["rejected_by"]:
            assert row["image"] == b""
        else:
            assert decode(row["image"]).shape == (row["height_px"], row["width_px"], 3)


def test_the_face_s_box_is_that_in_the_frame(shards, tmp_path):
    faces = {row["figure_id"]: row["box"] for row in read_rows(shards["detections"], "detect") if row["kind"] == "face"}
    for row in crops(shards, tmp_path / "out").values():
        left_top = np.tile([row["box"]["x0"], row["box"]["y0"]], 2)
        assert (np.add(box_of(row["face"]), left_top) == box_of(faces[row["figure_id"]])).all()


def test_the_reasons(shards, tmp_path):
    rows = crops(shards, tmp_path / "out")
    assert {rows[f"v-000002-00-{stage}"]["rejected_by"] for stage in ("full", "upper", "head")} == {"quality:blur"}
    assert rows["v-000000-00-full"]["rejected_by"] == "max_per_track"  # frames 1 and 3 are sharper
    assert rows["v-000001-00-full"]["rejected_by"] is None
    assert rows["v-000001-00-upper"]["fallback"]
    assert not rows["v-000000-00-upper"]["fallback"]


def test_a_figure_that_goes_on_below_the_frame(shards, tmp_path):
    frame = frame_row()
    whole, cut = figure_rows(frame), figure_rows(frame, figure=1, x=120, person=(16, 18, 88, 179))
    shards |= write(
        tmp_path / "in",
        frames=[frame],
        detections=whole + cut,
        quality=[quality_row(rows[0]) for rows in (whole, cut)],
        cast=[cast_row(whole[0], "ada"), cast_row(cut[0], "bela")],
    )
    rows = crops(shards, tmp_path / "out")
    assert [rows[f"v-000000-0{n}-full"]["cut_off"] for n in (0, 1)] == [False, True]


def test_others_are_named(shards, tmp_path):
    rows = crops(shards, tmp_path / "out")
    assert rows["v-000003-01-full"]["others"] == []
    assert rows["v-000003-01-full"]["people"] == 1
    wide = crops(shards, tmp_path / "wide", PARAMS.model_copy(update={"max_aspect": 1.0}))
    assert wide["v-000003-01-full"]["others"] == ["ada"]
    assert wide["v-000003-00-full"]["others"] == ["bela"]
    assert wide["v-000003-00-full"]["people"] == 2


def test_what_is_no_person_is_not_counted(tmp_path):
    frame = frame_row()
    ann, poster = figure_rows(frame), figure_rows(frame, figure=1, track=1, x=30)
    for origin, people in (("none", 2), ("not_a_person", 1)):
        cast = [cast_row(ann[0], "ada"), cast_row(poster[0], None, origin)]
        quality = [quality_row(ann[0]), quality_row(poster[0])]
        shards = write(tmp_path / origin, frames=[frame], detections=ann + poster, quality=quality, cast=cast)
        found = crops(shards, tmp_path / origin / "out")
        assert {row["people"] for row in found.values() if row["stage"] == "full"} == {people}


def test_equal_bytes(shards, tmp_path):
    crops(shards, tmp_path / "a")
    crops(shards, tmp_path / "b")
    assert (tmp_path / "a/crops.parquet").read_bytes() == (tmp_path / "b/crops.parquet").read_bytes()


def test_a_cast_of_nobody_gives_an_empty_table(tmp_path):
    frame = frame_row()
    rows = figure_rows(frame)
    shards = write(
        tmp_path / "in", frames=[frame], detections=rows, quality=[quality_row(rows[0])], cast=[cast_row(rows[0], None)]
    )
    assert crops(shards, tmp_path / "out") == {}


def test_the_project_s_own_parameters_are_valid():
    assert load_params("crops", CropsParams).max_per_track > 0

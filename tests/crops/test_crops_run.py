import numpy as np
import pytest
from builders import cast_row, figure_rows, frame_row, quality_row, worn_row, write
from spoken import WORDS

from dramatis.bench.subtitles import STYLES, written
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import decode, encode_jpeg, picture_hash
from dramatis.core.params import load_params
from dramatis.core.phash import phash
from dramatis.core.tables import box_of, read_rows, write_table
from dramatis.crops.params import CropsParams
from dramatis.crops.run import run
from dramatis.embed.schema import embeddings

PARAMS = CropsParams(
    head_margin=1.5,
    max_aspect=3,
    max_share=0.5,
    min_side_px=32,
    min_root_area_px=40,
    proportions={"head": (0.3, 0.6, 0.2), "halfbody": (1.0, 0.6, 2.5), "person": (1.5, 0.6, 6.0)},
    package_px=64,
    longest_short_px=1200,
    others={},
    max_people={"head": 1},
    min_distance=4,
    max_per_track=2,
    cut_subtitles=True,
    scenes={"per_shot": 2, "nobody_per_shot": 1, "nobody_per_video": 4},
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
        outfits=[worn_row(face, name="gown" if n == 1 else None) for n, face in enumerate(faces[:4])],
    )


def crops(shards, out, params=PARAMS):
    shards = write(out.parent / "nothing", outfits=[]) | shards
    faces = [row["detection_id"] for row in read_rows(shards["detections"], "detect") if row["kind"] == "face"]
    vectors = [{"detection_id": face, "vector": [1.0, 0.0]} for face in faces]
    write_table(vectors, embeddings(2), out.parent / "embeddings.parquet")
    run(params, "v", **shards, embeddings=out.parent / "embeddings.parquet", out=out)
    return {row["crop_id"]: row for row in read_rows(out / "crops.parquet", "crops")}


def scenes(out):
    return {row["frame_id"]: row for row in read_rows(out / "scenes.parquet", "crops")}


def test_every_named_figure_has_its_rows_and_kept_ones_their_picture(shards, tmp_path):
    rows = crops(shards, tmp_path / "out")
    assert len(rows) == 5 * 3
    assert {row["character"] for row in rows.values()} == {"ada", "bela"}
    for row in rows.values():
        if row["rejected_by"]:
            assert (row["image"], row["phash"], row["picture"]) == (b"", None, None)
        else:
            image = decode(row["image"])
            assert image.shape == (row["height_px"], row["width_px"], 3)
            assert (row["phash"], row["picture"]) == (f"{phash(image):016x}", picture_hash(image))


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
    assert [wide[f"v-000003-0{n}-full"]["left"] for n in (0, 1)] == [0, 1]  # ada stands left of bela


@pytest.mark.parametrize("way", ["inpaint", "blur"])
def test_others_are_painted_over(shards, tmp_path, way):
    alone = crops(shards, tmp_path / "named", PARAMS.model_copy(update={"max_aspect": 1.0}))
    params = PARAMS.model_copy(update={"max_aspect": 1.0, "others": {"full": way}, "max_people": {"full": 1}})
    rows = crops(shards, tmp_path / "painted", params)
    one, before = rows["v-000003-00-full"], alone["v-000003-00-full"]
    assert (one["others"], one["left"], one["people"], one["masked"], one["rejected_by"]) == ([], 0, 1, 1, None)
    assert before["masked"] == 0
    image, plain = decode(one["image"]), decode(before["image"])
    x0, y0, x1, y1 = box_of(one["face"])
    assert (image[y0:y1, x0:x1] == plain[y0:y1, x0:x1]).all()
    assert (image[y0:y1, x0 + 60 : x1 + 60] != plain[y0:y1, x0 + 60 : x1 + 60]).any(axis=2).mean() > 0.9


def test_others_are_refused(shards, tmp_path):
    rows = crops(shards, tmp_path / "out", PARAMS.model_copy(update={"max_aspect": 1.0, "others": {"full": "refuse"}}))
    assert rows["v-000003-00-full"]["rejected_by"] == "others"
    assert rows["v-000001-00-full"]["rejected_by"] is None


def test_large_crops_are_scaled_down_and_small_ones_marked(shards, tmp_path):
    rows = crops(shards, tmp_path / "out", PARAMS.model_copy(update={"longest_short_px": 60}))
    full, head = rows["v-000001-00-full"], rows["v-000001-00-head"]
    assert (full["width_px"], full["height_px"]) == decode(full["image"]).shape[1::-1] == (60, 127)  # of 72 x 152
    assert full["scale"] == pytest.approx(60 / 72) and not full["small"]
    assert box_of(full["face"]) == [20, 10, 37, 30]  # 24 12 44 36 of the crop
    assert (head["width_px"], head["scale"], head["small"]) == (54, 1.0, True)
    assert scenes(tmp_path / "out")["v-000001"]["height_px"] == 60


def test_scenes(shards, tmp_path):
    crops(shards, tmp_path / "out")
    rows, frames = scenes(tmp_path / "out"), {row["frame_id"]: row for row in read_rows(shards["frames"], "frames")}
    assert rows.keys() == frames.keys()
    both = rows["v-000003"]  # the one with most names; the other frames have its hash
    assert [row["rejected_by"] for row in rows.values()] == ["near_duplicate", "near_duplicate", "quality", None]
    assert (both["characters"], both["people"]) == (["ada", "bela"], 3)
    assert [box_of(face) for face in both["faces"]] == [[40, 30, 60, 54], [100, 30, 120, 54]]
    assert both["image"] == frames["v-000003"]["image"]  # nothing was cut, so the bytes are the frame's
    assert both["picture"] == picture_hash(decode(both["image"]))


def test_subtitles_are_cut_away(tmp_path):
    """Twelve shots of ada, half of them with a line of text under her that reaches over her feet."""
    frames = [frame_row(n, shot=n) for n in range(12)]
    for n, frame in enumerate(frames):
        if n % 2:
            image, _ = written(decode(frame["image"]) // 2, WORDS[n // 2], STYLES["white"])
            frame["image"] = encode_jpeg(image)
    figures = [figure_rows(frame) for frame in frames]
    shards = write(
        tmp_path / "in",
        frames=frames,
        detections=sum(figures, []),
        quality=[quality_row(rows[0]) for rows in figures],
        cast=[cast_row(rows[0], "ada") for rows in figures],
    )
    rows = crops(shards, tmp_path / "out")
    for n, scene in enumerate(scenes(tmp_path / "out").values()):
        full, upper = rows[f"v-{n:06d}-00-full"], rows[f"v-{n:06d}-00-upper"]
        assert (upper["rejected_by"], upper["box"]["y1"], upper["cut_off"]) == (None, 100, bool(n % 2))
        if n % 2:
            assert 150 <= scene["height_px"] == scene["box"]["y1"] <= 158
            assert full["box"]["y1"] <= 158
        else:
            assert (scene["height_px"], full["box"]["y1"], full["cut_off"]) == (180, 170, False)
    crops(shards, tmp_path / "kept", PARAMS.model_copy(update={"cut_subtitles": False}))
    assert {row["height_px"] for row in scenes(tmp_path / "kept").values()} == {180}


def test_an_unreadable_frame_is_named_and_leaves_nothing(shards, tmp_path):
    rows = read_rows(shards["frames"], "frames")
    rows[1]["image"] = b"no picture"
    write(tmp_path / "in", frames=rows)
    with pytest.raises(InputError, match="v-000001: 10 bytes that are no readable picture"):
        crops(shards, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_missing_table_is_named(shards, tmp_path):
    shards["cast"].unlink()
    with pytest.raises(MissingError, match="stage cast makes it"):
        crops(shards, tmp_path / "out")


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
    for name in ("crops", "scenes"):
        assert (tmp_path / f"a/{name}.parquet").read_bytes() == (tmp_path / f"b/{name}.parquet").read_bytes()


def test_a_cast_of_nobody_gives_an_empty_table(tmp_path):
    frame = frame_row()
    rows = figure_rows(frame)
    shards = write(
        tmp_path / "in",
        frames=[frame],
        detections=rows,
        quality=[quality_row(rows[0])],
        cast=[cast_row(rows[0], None)],
    )
    assert crops(shards, tmp_path / "out") == {}


def test_the_project_s_own_parameters_are_valid():
    assert load_params("crops", CropsParams).max_per_track > 0


def test_a_crop_knows_what_its_character_wears(shards, tmp_path):
    rows = crops(shards, tmp_path / "out")
    worn = {(row["frame_id"], row["character"]): (row["outfit"], row["outfit_name"]) for row in rows.values()}
    assert worn["v-000000", "ada"] == ("o1", None) and worn["v-000001", "ada"] == ("o1", "gown")
    assert worn["v-000003", "bela"] == (None, None)

import numpy as np
import pytest
from builders import figure_rows, write
from dressed import FACE, HALFBODY, PROPORTIONS, SKIN, dressed
from shards import frames_of

from dramatis.body.params import BodyParams
from dramatis.body.run import run
from dramatis.body.schema import BANDS
from dramatis.core.errors import MissingError
from dramatis.core.params import load_params
from dramatis.core.tables import read_rows

PARAMS = BodyParams(strip=0.5, min_seen=0.25)
RED, BLUE = (200, 30, 30), (30, 30, 200)


@pytest.fixture
def shards(tmp_path):
    """Two people in the first frame, the first of them alone and close to the frame's edge in the second."""
    folder = frames_of([dressed(RED, BLUE), dressed(RED, below=100)], tmp_path / "in/frames")
    first, second = read_rows(folder / "frames.parquet", "frames")
    boxes = {"face": FACE, "head": None, "halfbody": HALFBODY, "person": None}
    rows = figure_rows(first, **boxes) + figure_rows(first, figure=1, track=1, x=160, **boxes)
    rows += figure_rows(second, face=FACE, head=None, halfbody=None, person=None)
    rows += figure_rows(second, figure=1, track=2, face=None)  # from behind: no face, no row
    return {"frames": folder / "frames.parquet", **write(tmp_path / "in", detections=rows)}


def bodies(shards, out):
    run(PARAMS, PROPORTIONS, "v", **shards, out=out)
    return {row["figure_id"]: row for row in read_rows(out / "bodies.parquet", "body")}


def test_every_figure_with_a_face_is_described(shards, tmp_path):
    rows = bodies(shards, tmp_path / "out")
    assert list(rows) == ["v-000000-00", "v-000000-01", "v-000001-00"]
    for name, colour in (("v-000000-00", RED), ("v-000000-01", BLUE)):
        np.testing.assert_allclose(np.reshape(rows[name]["clothes"], (-1, 3)), [colour] * 25, atol=6)  # JPEG
        np.testing.assert_allclose(np.reshape(rows[name]["face"], (-1, 3))[4], SKIN, atol=6)


def test_bands_below_the_frame_are_null(shards, tmp_path):
    row = bodies(shards, tmp_path / "out")["v-000001-00"]
    clothes = np.array(row["clothes"], float).reshape(len(BANDS), -1)
    unseen = [n for n, share in enumerate(row["seen"]) if not share]
    assert unseen == [2, 3, 4] and np.isnan(clothes[unseen]).all() and not np.isnan(clothes[:2]).any()


def test_equal_bytes(shards, tmp_path):
    bodies(shards, tmp_path / "a"), bodies(shards, tmp_path / "b")
    assert (tmp_path / "a/bodies.parquet").read_bytes() == (tmp_path / "b/bodies.parquet").read_bytes()


def test_missing_frames_are_named(shards, tmp_path):
    shards["frames"].unlink()
    with pytest.raises(MissingError, match="Run `dvc repro`: stage frames@v makes it"):
        bodies(shards, tmp_path / "out")


def test_the_project_s_own_parameters_are_valid():
    assert load_params("body", BodyParams).strip <= 1

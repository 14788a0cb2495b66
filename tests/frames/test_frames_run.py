import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from clips import PARAMS, film, write_clip

from dramatis.core.errors import InputError
from dramatis.core.images import decode
from dramatis.core.phash import phash
from dramatis.frames.run import run
from dramatis.frames.schema import FRAMES, PRINTS, SHOTS

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("clip") / "a film.mp4", film()[0])


def tables(out):
    return [pq.read_table(out / name).to_pylist() for name in ("frames.parquet", "shots.parquet")]


@pytest.mark.parametrize("mode", ["best_of_shot", "fps", "keyframe", "scene", "mpdecimate"])
def test_every_shot_is_found_and_kept(tmp_path, clip, mode):
    run(PARAMS.model_copy(update={"mode": mode}), "v", clip, tmp_path / "v")
    frames, shots = tables(tmp_path / "v")
    assert [s["start_frame"] for s in shots] == pytest.approx(film()[1], abs=1)  # a fade in may begin a frame late
    assert [s["end_frame"] for s in shots] == [s["start_frame"] for s in shots[1:]] + [108]
    assert shots[1]["kept"] == 1  # the still one
    for shot in shots:
        own = [f for f in frames if f["shot"] == shot["shot"]]
        assert len(own) == shot["kept"] >= 1
        assert all(shot["start_frame"] <= f["index"] < shot["end_frame"] for f in own)
        assert all(shot["start_s"] <= f["pts_s"] < shot["end_s"] for f in own)
    if mode in ("fps", "best_of_shot"):
        assert shots[0]["kept"] == 4 and len(frames) >= 12


def test_rows_say_what_the_pictures_are(tmp_path, clip):
    run(PARAMS, "v", clip, tmp_path / "v")
    frames, _ = tables(tmp_path / "v")
    assert pq.read_schema(tmp_path / "v/frames.parquet").equals(FRAMES, check_metadata=True)
    assert pq.read_schema(tmp_path / "v/shots.parquet").equals(SHOTS, check_metadata=True)
    assert pq.read_schema(tmp_path / "v/prints.parquet").equals(PRINTS, check_metadata=True)
    prints = pq.read_table(tmp_path / "v/prints.parquet").to_pylist()
    assert [row["pts_s"] for row in prints] == pytest.approx([n / 4 for n in range(18)], abs=1e-3)  # 4.5 s
    for row in frames:
        image = decode(row["image"])
        assert image.shape == (row["height_px"], row["width_px"], 3)
        assert row["frame_id"] == f"v-{row['index']:06d}"
        assert row["pts_s"] == pytest.approx(row["index"] / 24, abs=1e-3)
        assert (phash(image) ^ int(row["phash"], 16)).bit_count() <= 4  # JPEG may move a bit or two
    assert frames[6]["time_code"] == f"00:00:{frames[6]['pts_s']:06.3f}"


def test_same_bytes_again(tmp_path, clip):
    for name in ("a", "b"):
        run(PARAMS, "v", clip, tmp_path / name / "v")
    for name in ("frames.parquet", "shots.parquet", "prints.parquet", "source.json"):
        assert (tmp_path / "a/v" / name).read_bytes() == (tmp_path / "b/v" / name).read_bytes()


def test_a_failure_leaves_what_was_there(tmp_path, clip, media):
    run(PARAMS, "v", clip, tmp_path / "v")
    before = (tmp_path / "v/frames.parquet").read_bytes()
    with pytest.raises(InputError):
        run(PARAMS, "v", media / "broken/decord_corrupted.mp4", tmp_path / "v")
    assert (tmp_path / "v/frames.parquet").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["v"]


def test_the_script_fails_in_one_line(tmp_path):
    (tmp_path / "-an empty film.mp4").touch()
    params = {"frames": PARAMS.model_dump(), "videos": {"v": {"source": "-an empty film.mp4"}}}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    done = subprocess.run(
        [sys.executable, TOP / "stages/frames.py", "v"], cwd=tmp_path, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(TOP / "src")},
    )  # fmt: skip
    assert done.returncode == 1 and "it is empty" in done.stderr and len(done.stderr.splitlines()) == 1
    assert not list((tmp_path / "data").rglob("*.parquet"))

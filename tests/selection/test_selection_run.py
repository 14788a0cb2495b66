import json
import random

import numpy as np
import pyarrow.parquet as pq
import pytest
from builders import crop_row, picture, scene_row, write, write_vectors

from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.images import decode
from dramatis.core.params import load_params, validate
from dramatis.core.phash import phash
from dramatis.core.tables import read_rows, write_table
from dramatis.embed.schema import embeddings
from dramatis.repeats.schema import COPIES
from dramatis.selection.choice import traits_of
from dramatis.selection.decide import Pictures, decide
from dramatis.selection.kinds import DISTANCES, with_kinds
from dramatis.selection.params import OtherAmounts, SelectionParams
from dramatis.selection.run import run
from dramatis.selection.schema import COVERAGE, SELECTION

VIDEOS = ["a", "b"]
SETTINGS = {
    "seed": 7,
    "validation_by": "shot",
    "validation_videos": [],
    "validation_characters": None,
    "validation_share": 0.2,
    "validation_min": 2,
    "validation_pictures": None,
    "max_pictures": None,
    "max_per_shot": None,
    "classes": {"few_shot": {"validation_share": 0, "validation_min": 0}},
    "leak_distance": 2,
    "leak_same_distance": 2,
    "leak_difference": 0.05,
    "skip_copies": True,
    "spread": {"identity": 1, "yaw": 1, "stage": 1, "shot": 1},
    "distance": {"close": 0.33, "full": 0.16},
    "yaw": [20, 60],
    "luma": [0.25, 0.7],
    "goals": {"close": 0.3, "full": 0.25, "profile": 0.15},
}


def params(**changes):
    return validate(SETTINGS | changes, SelectionParams, "test", "selection")


def crops_of(video):
    """Ada in four shots of three frames as head and full, bela in one shot of two, fay in none that is good."""
    first = 100 if video == "b" else 0
    ada = [
        crop_row(
            10 * shot + n,
            video,
            shot,
            "ada",
            stage,
            seed=first + 10 * shot + n + 500 * (stage == "full"),
            yaw=20.0 * n - 15 * shot,
            outfit=f"o{shot % 2}",
        )
        for shot in range(4)
        for n in range(3)
        for stage in ("head", "full")
    ]
    bela = [crop_row(90 + n, video, 9, "bela", seed=first + 90 + n) for n in range(2)] if video == "a" else []
    bad = {"rejected_by": "quality:blur", "phash": None, "picture": None, "image": b""}
    return [*ada, *bela, crop_row(99, video, 3, "ada", **bad), crop_row(98, video, 3, "fay", **bad)]


def scenes_of(video):
    first = 3000 if video == "b" else 2000
    named = [scene_row(10 * shot, video, shot, ("ada", "gil"), seed=first + shot) for shot in range(4)]
    return [*named, scene_row(95, video, 9, (), seed=first + 9)]


class Project:
    """The shards that the stage reads, and its run."""

    def __init__(self, folder):
        self.folder = folder
        self.copies({})
        for video in VIDEOS:
            self.write(video, crops_of(video), scenes_of(video))

    def write(self, video, crops, scenes):
        write(self.folder / "crops" / video, crops=crops, scenes=scenes)
        faces = {row["detection_id"]: row for row in crops}
        vectors = {name: self.vector(row) for name, row in faces.items()}
        write_vectors(self.folder / "embeddings" / video, vectors, width=4)

    def vector(self, row):
        base = {"ada": [1, 0, 0, 0], "bela": [0, 1, 0, 0], "fay": [0, 0, 1, 0]}[row["character"]]
        vector = np.array(base) + np.random.default_rng(row["shot"]).normal(0, 0.1, 4)
        return (vector / np.linalg.norm(vector)).astype(np.float32)

    def copies(self, copy_of):
        rows = [{"frame_id": a, "copy_of": b, "distance": 0, "segment_id": None} for a, b in copy_of.items()]
        write_table(rows, COPIES, self.folder / "copies.parquet")

    def run(self, out="out", videos=VIDEOS, **changes):
        out = self.folder / out
        run(
            params(**changes),
            videos,
            crops=self.folder / "crops",
            embeddings=self.folder / "embeddings",
            copies=self.folder / "copies.parquet",
            out=out,
            metrics=out.with_suffix(".json"),
            plot=out.with_suffix(".png"),
        )
        self.metrics = json.loads(out.with_suffix(".json").read_text())
        self.coverage = {row["character"]: row for row in read_rows(out / "coverage.parquet", "selection")}
        return {row["id"]: row for video in videos for row in read_rows(out / f"{video}.parquet", "selection")}


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def shot_of(key):
    """Video and shot of an id of `crops_of` and `scenes_of`."""
    video, index = key.split("-")[:2]
    return video, int(index) // 10 if int(index) < 98 else 3


def ids(got, **values):
    return {key for key, row in got.items() if all(row[name] == value for name, value in values.items())}


def test_a_shot_is_held_out_for_all_that_it_shows(project):
    got = project.run()
    held, train = ({shot_of(key) for key in ids(got, split=where)} for where in ("validation", "train"))
    assert held and train and not held & train
    assert {got[key]["kind"] for key in ids(got, split="validation")} == {"crop", "scene"}
    assert {got[key]["character"] for key in ids(got, split="validation", kind="crop")} == {"ada"}  # bela: 1 shot
    assert all((row["split"] is None) == (row["left_out"] is not None) for row in got.values())
    assert ids(got, left_out="nobody") == {"a-000095-scene", "b-000095-scene"}
    assert len(ids(got, left_out="quality:blur")) == 4


def test_near_repeats_of_what_is_held_out_are_left_out(project):
    before = project.run()
    held = min(ids(before, split="validation", stage="head"))
    prints = {row["crop_id"]: row["phash"] for video in VIDEOS for row in crops_of(video)}
    crops, scenes = crops_of("b"), scenes_of("b")
    train = ids(before, split="train")
    repeated = next(row for row in crops if row["crop_id"] in train and row["stage"] == "full")
    scene = next(row for row in scenes if row["scene_id"] in train)
    repeated["phash"] = scene["phash"] = f"{int(prints[held], 16) ^ 0b11:016x}"
    project.write("b", crops, scenes)
    assert ids(project.run(), left_out="near_validation") == {repeated["crop_id"], scene["scene_id"]}
    assert not ids(project.run(leak_distance=1, leak_same_distance=1), left_out="near_validation")


def test_what_an_earlier_video_shows_is_left_out_if_that_is_taken(project):
    copied = {f"b-{10 + n:06d}": f"a-{10 + n:06d}" for n in range(3)}
    project.copies(copied)
    crops = crops_of("a")
    gone = next(row for row in crops if row["crop_id"] == "a-000011-00-full")
    gone |= {"rejected_by": "near_duplicate", "phash": None, "picture": None, "image": b""}
    project.write("a", crops, scenes_of("a"))
    left = ids(project.run(), left_out="copy")
    pairs = {f"b-{10 + n:06d}-00-{stage}" for n in range(3) for stage in ("head", "full")}
    assert left == pairs - {"b-000011-00-full"} | {"b-000010-scene"}  # its original is not there to take its place
    assert not ids(project.run(skip_copies=False), left_out="copy")


@pytest.mark.parametrize("by", ["shot", "video"])
def test_what_copies_a_held_out_shot_is_not_trained_on(project, by):
    project.copies({f"b-{10 * shot:06d}": f"a-{10 * shot:06d}" for shot in range(4)})
    got = project.run(skip_copies=False, validation_by=by, validation_videos=["b"], validation_share=0)
    assert {shot_of(key)[0] for key in ids(got, split="train", character="ada")} == set()
    assert ids(got, split="train") == ids(got, character="bela")  # all shots of ada are copied
    expected = "near_validation" if by == "video" else None
    assert {got[key]["left_out"] for key in ids(got, character="ada", stage="head") if key[0] == "a"} - {
        "quality:blur"
    } == {expected}


def test_whole_videos_can_be_held_out(project):
    got = project.run(validation_videos=["b"], validation_min=0, validation_share=0)
    assert {key[0] for key in ids(got, split="validation")} == {"b"}
    assert {key[0] for key in ids(got, split="train")} == {"a"}
    assert ids(got, left_out="nobody") == {"a-000095-scene"}
    assert ids(got, left_out="held_out") == {"b-000095-scene"}
    project.write("b", [row for row in crops_of("b") if row["shot"] < 2], [])
    got = project.run(validation_by="video")
    assert {key[0] for key in ids(got, split="validation")} == {"b"}  # a is all there is of bela


def test_choices_are_capped_and_spread(project):
    got = project.run(max_per_shot=2, max_pictures=6, validation_pictures=2)
    train = ids(got, split="train", character="ada")
    assert len(train) == 6
    assert {key[0] for key in train} == {"a", "b"}
    assert {got[key]["stage"] for key in train} == {"head", "full"}
    assert len(ids(got, split="validation", character="ada")) == 2
    reasons = {row["left_out"] for row in got.values()}
    assert reasons == {None, "quality:blur", "nobody", "max_per_shot", "max_pictures", "validation_pictures"}
    fewer = project.run(max_per_shot=2, max_pictures=5, validation_pictures=2)
    assert ids(fewer, split="train") < ids(got, split="train")


def test_only_those_with_most_pictures_have_pictures_held_out(project):
    crops = [*crops_of("b"), *(crop_row(50 + 3 * n, "b", 20 + n, "bela", seed=700 + n) for n in range(8))]
    project.write("b", crops, scenes_of("b"))
    assert ids(project.run(), split="validation", character="bela")
    assert not ids(project.run(validation_characters=1), split="validation", character="bela")


def test_a_class_has_its_own_amounts():
    few = params(max_pictures=9, classes={"few_shot": {"validation_share": 0.5}, "large": {"max_pictures": None}})
    assert few.amounts("few_shot").validation_share == 0.5
    assert few.amounts("few_shot").max_pictures == 9
    assert few.amounts("large").max_pictures is None
    assert few.amounts("tiny") == few.amounts("")
    assert OtherAmounts.model_fields.keys() == params().amounts("").model_fields_set


def test_everybody_has_a_row_of_coverage(project, caplog):
    with caplog.at_level("WARNING"):
        project.run()
    assert "bela has fewer than 2 held-out heads" in caplog.text
    assert "fay: no picture to train with: 2 left out, most of them as quality:blur" in caplog.text
    assert set(project.coverage) == {"ada", "bela", "fay", "gil"}  # gil is in scenes only
    ada = project.coverage["ada"]
    assert (ada["size_class"], ada["figures"], ada["outfits"], ada["videos"]) == ("small", 24, 2, 2)
    for kinds in (DISTANCES, ("front", "three_quarter", "profile", "unsure"), ("dark", "normal", "bright")):
        assert sum(ada[kind] for kind in kinds) == ada["train"]
    assert project.coverage["gil"]["advice"] == ["no picture at all"]
    assert project.coverage["bela"]["advice"][0].startswith("2 pictures are a few-shot set")
    assert project.metrics["by_character"]["ada"]["train"] == ada["train"]
    assert project.metrics["refused"] == {"nobody": 2, "quality:blur": 4}
    assert project.metrics["without_pictures"] == 2
    assert decode((project.folder / "out.png").read_bytes()).shape[1] == 1450


def test_another_video_leaves_the_files_of_the_others(project):
    project.write("c", [row for row in crops_of("a") if row["character"] == "x"], [])
    project.run("two", VIDEOS)
    project.run("three", [*VIDEOS, "c"])
    for video in VIDEOS:
        assert (project.folder / f"two/{video}.parquet").read_bytes() == (
            project.folder / f"three/{video}.parquet"
        ).read_bytes()


def test_equal_bytes_on_a_rerun_and_documented_columns(project):
    project.run("one", max_pictures=5)
    project.run("two", max_pictures=5)
    for name in ("a.parquet", "b.parquet", "coverage.parquet"):
        assert (project.folder / "one" / name).read_bytes() == (project.folder / "two" / name).read_bytes()
    assert (project.folder / "one.png").read_bytes() == (project.folder / "two.png").read_bytes()
    for schema in (SELECTION, COVERAGE, pq.read_schema(project.folder / "one/a.parquet")):
        assert all(schema.field(name).metadata[b"doc"] for name in schema.names)


def test_the_order_of_the_rows_does_not_matter(project):
    settings = params(max_pictures=7, max_per_shot=2, validation_pictures=3)
    rows = [with_kinds(row, settings) for video in VIDEOS for row in crops_of(video)]
    scenes = [row for video in VIDEOS for row in scenes_of(video)]

    def decided(rows, scenes):
        vectors = np.array([project.vector(row) for row in rows])
        return decide(settings, Pictures(rows, scenes, traits_of(rows, vectors), 0.1, {}))

    got = decided(rows, scenes)
    for seed in range(3):
        mix = random.Random(seed)
        again = decided(mix.sample(rows, len(rows)), mix.sample(scenes, len(scenes)))
        assert again == got


def test_faults_are_one_clear_line(project):
    with pytest.raises(ParameterError, match="selection.validation_videos: no video is called x"):
        project.run(validation_videos=["x"])
    with pytest.raises(ParameterError, match="videos.coverage: `coverage` is the name of a file"):
        project.run(videos=["coverage"])
    with pytest.raises(ParameterError, match=r"full \(0.4\) must be below close"):
        params(distance={"close": 0.33, "full": 0.4})
    with pytest.raises(ParameterError, match="at least one trait must count"):
        params(spread={"yaw": 0})
    with pytest.raises(ParameterError, match=r"yaw: the first of \[60, 20\]"):
        params(yaw=[60, 20])
    with pytest.raises(ParameterError, match="selection.classes.giant"):
        params(classes={"giant": {}})
    (project.folder / "embeddings/b/model.json").write_text(json.dumps({"threshold": 0.2}))
    with pytest.raises(InputError, match="vectors of different models"):
        project.run()
    (project.folder / "embeddings/b/model.json").unlink()
    with pytest.raises(MissingError, match="stage embed@b makes it"):
        project.run()
    project.write("b", crops_of("b"), [])
    write_table([], embeddings(4), project.folder / "embeddings/b/embeddings.parquet")
    with pytest.raises(InputError, match="no vector of b-"):
        project.run()
    for video in VIDEOS:
        project.write(video, [row for row in crops_of(video) if row["rejected_by"]], [])
    with pytest.raises(InputError, match="not one crop of a named character was kept"):
        project.run()
    assert not (project.folder / "out").exists()


def test_the_hash_that_is_compared_is_that_of_the_picture():
    row = crop_row(seed=4)
    assert int(row["phash"], 16) == phash(picture(4)) == phash(decode(row["image"]))


def test_the_project_s_own_parameters_are_valid():
    assert load_params("selection", SelectionParams).seed == 7

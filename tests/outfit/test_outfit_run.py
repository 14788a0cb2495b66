"""The stages body and outfit on drawn people, in good light and bad."""

from pathlib import Path

import pytest
from builders import cast_row, figure_rows, shot_row, write
from dressed import FACE, HALFBODY, PROPORTIONS, dressed
from shards import frames_of

from dramatis.body.params import BodyParams
from dramatis.body.run import run as describe
from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.params import load_params
from dramatis.core.tables import read_rows
from dramatis.outfit.params import OutfitParams
from dramatis.outfit.run import Shards, run

PARAMS = OutfitParams(max_difference=30, reach=36, min_shots=2)
RED, BLUE, GREEN = (200, 30, 30), (60, 60, 200), (40, 150, 60)
NIGHT = {"light": 0.4, "tint": (0.6, 0.75, 1)}
BOXES = {"face": FACE, "head": None, "halfbody": HALFBODY, "person": None}
SHOTS = [  # of ada, and of bela beside her
    dressed(RED, GREEN),
    dressed(RED, GREEN, **NIGHT),
    dressed(BLUE, GREEN),
    dressed(BLUE, GREEN, below=100),
    dressed(RED, GREEN, light=1.15, behind=(10, 10, 30)),
    dressed(BLUE, GREEN, **NIGHT),
]


class Project:
    """Data folders with the shots of `SHOTS` as video v, two frames a shot; ada and bela stand in each."""

    def __init__(self, top: Path, shots=SHOTS, video="v"):
        self.shards = Shards(*(top / name for name in ("frames", "detections", "bodies", "cast")))
        self.out = top / "outfits"
        self.add(video, shots)

    def add(self, video, shots):
        images = [image for image in shots for _ in range(2)]
        numbers = [n // 2 for n in range(len(images))]
        folder = frames_of(images, self.shards.frames / video, video, numbers)
        write(folder, shots=[shot_row(n, video, n / 2, n / 2 + 0.5) for n in range(len(shots))])
        figures = [
            figure_rows(frame, figure=n, track=n, x=160 * n, **BOXES)
            for frame in read_rows(folder / "frames.parquet", "frames")
            for n in range(2)
        ]
        write(self.shards.detections / video, detections=sum(figures, []))
        cast = [cast_row(rows[0], ("ada", "bela")[n % 2]) for n, rows in enumerate(figures)]
        written = write(self.shards.cast, cast=cast)
        written["cast"].rename(self.shards.cast / f"{video}.parquet")
        frames, detections = folder / "frames.parquet", self.shards.detections / video / "detections.parquet"
        params = BodyParams(strip=0.5, min_seen=0.25)
        describe(params, PROPORTIONS, video, frames=frames, detections=detections, out=self.shards.bodies / video)

    def run(self, decisions=None, videos=("v",), params=PARAMS):
        run(params, list(videos), decisions or {}, self.shards, self.out)
        rows = [row for video in videos for row in read_rows(self.out / f"{video}.parquet", "outfit")]
        self.unmet = {row["key"]: row["reason"] for row in read_rows(self.out / "unmet.parquet", "outfit")}
        self.outfits = {row["outfit_id"]: row for row in read_rows(self.out / "outfits.parquet", "outfit")}
        return rows


def by_shot(rows, character, column="outfit_id"):
    """A value of each shot of a character, in order."""
    found = {row["track_id"].rsplit("-", 1)[0]: row[column] for row in rows if row["character"] == character}
    return [found[shot] for shot in sorted(found)]


def moment(shot, person=0, video="v"):
    """Where the face of somebody is."""
    return f"{video}@{shot / 2:.3f}:{(80 + 160 * person) / 320:.3f},0.167"


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def test_both_outfits_are_found_by_night_and_in_close_ups_and_no_false_ones(project):
    rows = project.run()
    red, night, blue, close, bright, blue_night = by_shot(rows, "ada")
    assert red == night == bright != blue == close == blue_night
    assert len(set(by_shot(rows, "bela"))) == 1 and len(project.outfits) == 3
    assert {row["origin"] for row in rows} == {"auto"}
    assert project.outfits[red]["first_track"] == "v-0000-000" and project.outfits[red]["figures"] == 6
    assert all(row["margin"] > 10 for row in rows if row["character"] == "ada")


def test_ids_stay_when_a_video_is_added(project):
    before = project.run()
    project.add("w", [dressed(GREEN, GREEN), dressed(RED, GREEN), dressed(GREEN, GREEN)])
    after = project.run(videos=("v", "w"))
    assert [row["outfit_id"] for row in after if row["figure_id"].startswith("v-")] == [r["outfit_id"] for r in before]
    assert len({row["outfit_id"] for row in after if row["character"] == "ada"}) == 3


def test_a_moment_names_the_whole_outfit(project):
    rows = project.run({moment(1): "gown"})
    assert by_shot(rows, "ada", "outfit_name") == ["gown", "gown", None, None, "gown", None]
    assert by_shot(rows, "ada", "origin") == ["decision", "decision", "auto", "auto", "decision", "auto"]
    assert by_shot(rows, "bela", "outfit_name") == [None] * 6 and not project.unmet


def test_names_split_and_merge(project):
    split = project.run({moment(0): "gown", moment(4): "robe"})
    names = by_shot(split, "ada", "outfit_name")
    assert names[0] == "gown" and names[4] == "robe" and names[2] is None
    merged = project.run({moment(0): "gown", moment(2): "gown"})
    assert by_shot(merged, "ada", "outfit_name") == ["gown"] * 6 and len(set(by_shot(merged, "ada"))) == 1
    assert by_shot(merged, "ada")[0] == by_shot(project.run(), "ada")[0], "the id of the earlier one stays"


def test_one_name_on_two_people_is_two_outfits(project):
    rows = project.run({moment(0): "uniform", moment(0, person=1): "uniform"})
    ada, bela = (set(by_shot(rows, name)) for name in ("ada", "bela"))
    assert not ada & bela and by_shot(rows, "bela", "outfit_name") == ["uniform"] * 6


def test_what_cannot_be_applied_is_reported(project):
    said = {"v@1.000:0.9,0.9": "gown", "gone@1.0:0.5,0.5": "gown", moment(0): "gown", "v@0.200:0.25,0.167": "coat"}
    project.run(said | {"v@0.100:0.25,0.167": "gown"})
    assert project.unmet.keys() == {"v@1.000:0.9,0.9", "gone@1.0:0.5,0.5", "v@0.200:0.25,0.167"}
    assert project.unmet["v@1.000:0.9,0.9"] == "no face is there"
    assert "called 'gown' too" in project.unmet["v@0.200:0.25,0.167"]
    with pytest.raises(ParameterError, match=r"cast.yaml: outfits.ada: no moment"):
        project.run({"ada": "gown"})


def test_who_is_seen_without_clothes_has_no_outfit_unless_named(tmp_path):
    project = Project(tmp_path, [*SHOTS, dressed(RED, GREEN, below=64)])
    rows = project.run()
    assert by_shot(rows, "ada")[-1] is None and by_shot(rows, "ada", "origin")[-1] == "none"
    assert by_shot(rows, "ada", "difference")[-1] is None
    rows = project.run({moment(6): "gown"})
    assert by_shot(rows, "ada", "outfit_name")[-1] == "gown"
    rows = project.run({moment(6): "gown", moment(0): "gown"})
    assert by_shot(rows, "ada")[-1] == by_shot(rows, "ada")[0]


def test_a_single_shot_in_something_else_has_no_outfit_and_says_how_far_it_is(tmp_path):
    project = Project(tmp_path, [dressed(RED, GREEN), dressed(RED, GREEN), dressed(BLUE, GREEN)])
    rows = project.run()
    assert by_shot(rows, "ada")[2] is None and by_shot(rows, "ada", "difference")[2] > PARAMS.reach
    alone = project.run(params=PARAMS.model_copy(update={"min_shots": 1}))
    assert len(set(by_shot(alone, "ada"))) == 2


def test_equal_bytes_and_nothing_half_written(project):
    project.run()
    before = {file.name: file.read_bytes() for file in project.out.iterdir()}
    project.run()
    assert {file.name: file.read_bytes() for file in project.out.iterdir()} == before
    (project.shards.bodies / "v/bodies.parquet").unlink()
    with pytest.raises(MissingError, match="stage body@v makes it"):
        project.run()
    assert {file.name: file.read_bytes() for file in project.out.iterdir()} == before


def test_a_cast_of_nobody_wears_nothing(project):
    write(project.shards.cast, cast=[])["cast"].rename(project.shards.cast / "v.parquet")
    assert project.run() == [] and project.outfits == {}


def test_the_project_s_own_parameters_are_valid():
    assert load_params("outfit", OutfitParams).reach > 0

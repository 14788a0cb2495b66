import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from builders import CLUSTER as PARAMS
from builders import figure_rows, frame_row, quality_row, write

from dramatis.bench.bank import around, random_unit
from dramatis.cluster.run import run
from dramatis.core.errors import InputError, MissingError
from dramatis.core.tables import write_table
from dramatis.embed.schema import embeddings


def episode(data, video, people, threshold=0.3, rejected=(), width=32):
    """One video: each person is a list of shots, in which he has one track of three faces."""
    detections, quality, vectors = [], [], []
    for shot in range(max((max(shots) for shots in people.values()), default=-1) + 1):
        for n in range(3):
            frame = frame_row(index=shot * 10 + n, video=video, shot=shot)
            for figure, (person, shots) in enumerate(people.items()):
                if shot not in shots:
                    continue
                rows = figure_rows(frame, figure, track=figure, x=100 * figure)
                face = next(row for row in rows if row["kind"] == "face")
                detections += rows
                quality.append(quality_row(face, rejected_by="min_size_px" if (person, shot) in rejected else None))
                centre = random_unit(width, np.random.default_rng(sum(map(ord, person))))
                noise = np.random.default_rng([ord(video[-1]), shot, n, figure])
                vectors.append(
                    {"detection_id": face["detection_id"], "vector": around(centre, 0.92, noise).astype(np.float32)}
                )
    write(data / "detections" / video, detections=detections)
    write(data / "quality" / video, quality=quality)
    write_table(vectors, embeddings(width), data / "embeddings" / video / "embeddings.parquet")
    (data / "embeddings" / video / "model.json").write_text(json.dumps({"threshold": threshold, "width": width}))


def clustered(data, videos, params=PARAMS):
    run(
        params,
        videos,
        detections=data / "detections",
        quality=data / "quality",
        embeddings=data / "embeddings",
        out=data / "clusters",
        plots=data / "plots",
    )
    return {
        name: pq.read_table(data / "clusters" / f"{name}.parquet").to_pylist() for name in ("faces", "clusters", "map")
    }


def test_two_people_and_a_stranger(tmp_path):
    episode(tmp_path, "e1", {"ada": [0, 1, 2], "bela": [1, 2], "stranger": [2]}, rejected={("ada", 0)})
    found = clustered(tmp_path, ["e1"])
    by_first = {row["first_track"]: row for row in found["clusters"]}
    assert {name: (row["faces"], row["tracks"]) for name, row in by_first.items()} == {
        "e1-0000-000": (9, 3),
        "e1-0001-001": (6, 2),
    }
    assert all(0.9 < row["cohesion"] <= 1 for row in by_first.values())
    for row in found["faces"]:
        assert (row["cluster_id"] is None) == (row["track_id"] == "e1-0002-002") == (row["similarity"] is None)
        assert row["used"] == (row["track_id"] != "e1-0000-000")
    assert len(found["map"]) == len(found["faces"]) == 18
    assert (tmp_path / "plots" / "map.png").is_file()


def test_a_new_episode_at_the_end_keeps_the_ids(tmp_path):
    episode(tmp_path, "e1", {"ada": [0, 1, 2], "bela": [1, 2]})
    before = {row["first_track"]: row["cluster_id"] for row in clustered(tmp_path, ["e1"])["clusters"]}
    episode(tmp_path, "e2", {"cyrus": [0, 1], "ada": [1, 3], "bela": [2]})
    after = {row["first_track"]: row["cluster_id"] for row in clustered(tmp_path, ["e1", "e2"])["clusters"]}
    assert len(before) == 2 and len(after) == 3 and before.items() <= after.items()
    turned = {row["first_track"] for row in clustered(tmp_path, ["e2", "e1"])["clusters"]}
    assert {track[:2] for track in turned} == {"e2"}  # the order of `videos` says what is first, not the alphabet


def test_the_same_input_gives_the_same_bytes_and_a_left_out_video_is_gone(tmp_path):
    episode(tmp_path, "e1", {"ada": [0, 1, 2], "bela": [1, 2]})
    episode(tmp_path, "e2", {"ada": [0, 1]})
    clustered(tmp_path, ["e1"])
    files = [
        *(tmp_path / "clusters" / f"{name}.parquet" for name in ("faces", "clusters", "map")),
        tmp_path / "plots/map.png",
    ]
    before = [file.read_bytes() for file in files]
    clustered(tmp_path, ["e1", "e2"])
    assert [file.read_bytes() for file in files] != before
    clustered(tmp_path, ["e1"])
    assert [file.read_bytes() for file in files] == before


def test_the_threshold_of_the_model_decides(tmp_path):
    episode(tmp_path, "e1", {"ada": [0, 1, 2], "bela": [1, 2]}, threshold=0.001)
    assert clustered(tmp_path, ["e1"])["clusters"] == []


def test_few_faces_give_tables_without_characters(tmp_path, caplog):
    episode(tmp_path, "e1", {"ada": [0]})
    found = clustered(tmp_path, ["e1"])
    assert found["clusters"] == [] and len(found["faces"]) == 3
    assert "no character has 2 tracks, 4 faces" in caplog.text


def test_no_face_in_any_video_is_one_line_and_leaves_what_stood(tmp_path):
    episode(tmp_path, "e1", {"ada": [0, 1, 2]})
    clustered(tmp_path, ["e1"])
    episode(tmp_path, "e1", {})
    episode(tmp_path, "e2", {})
    with pytest.raises(
        InputError, match="^videos: e1, e2: no face was found in any of them. .*detect.min_score.face"
    ) as error:
        clustered(tmp_path, ["e1", "e2"])
    assert "\n" not in str(error.value)
    assert pq.read_table(tmp_path / "clusters" / "faces.parquet").num_rows == 9
    assert sorted(each.name for each in tmp_path.iterdir() if each.name.startswith(".")) == []


def test_a_faceless_video_among_others_is_fine(tmp_path):
    episode(tmp_path, "e1", {"ada": [0, 1, 2]})
    episode(tmp_path, "e2", {})
    assert len(clustered(tmp_path, ["e2", "e1"])["clusters"]) == 1


def test_missing_and_unequal_shards_are_clear(tmp_path):
    episode(tmp_path, "e1", {"ada": [0, 1, 2]})
    with pytest.raises(MissingError, match="detect@e9"):
        clustered(tmp_path, ["e1", "e9"])
    episode(tmp_path, "e2", {"ada": [0, 1]}, threshold=0.2)
    with pytest.raises(InputError, match="vectors of different models"):
        clustered(tmp_path, ["e1", "e2"])

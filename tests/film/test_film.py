"""The film: who is in it, what the truth says, and that equal seeds give equal bytes."""

from collections import Counter, defaultdict

import av
import numpy as np
import pyarrow.parquet as pq
import pytest

from dramatis.film.params import FilmParams
from dramatis.film.run import run
from dramatis.film.story import CAST, EPISODES, draw_cast, draw_extra, wardrobe, write_story

SMALL = FilmParams(titles=["sample"], seed=7, width_px=240, height_px=136, fps=12, episode_s=24)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    out = tmp_path_factory.mktemp("film") / "sample"
    run(SMALL, "sample", out)
    return out


def truth(film, table):
    return pq.read_table(film / "truth" / f"{table}.parquet").to_pylist()


@pytest.mark.parametrize("seed", range(30))
def test_the_cast_is_what_the_film_promises(seed):
    cast = draw_cast(seed)
    assert tuple(cast) == CAST
    ada, bela = cast["ada"], cast["bela"]
    assert (ada.hair_colour, ada.hair_style, ada.skin) == (bela.hair_colour, bela.hair_style, bela.skin)
    assert ada.mark != bela.mark and ada.eye_colour != bela.eye_colour and ada.face_shape != bela.face_shape
    assert [name for name, character in cast.items() if character.headgear == "horns"] == ["cyrus"]
    assert len({character.hair_colour for character in cast.values()}) == 5
    first, second = wardrobe(cast, seed)["dora"]
    assert first.colour != second.colour and first.cut != second.cut
    for number in range(8):
        extra = draw_extra(seed, number, cast)
        assert all((extra.hair_colour, extra.hair_style) != (c.hair_colour, c.hair_style) for c in cast.values())


def test_the_seed_changes_characters_and_story():
    assert draw_cast(7) != draw_cast(8)
    orders = {tuple((shot.kind, shot.place) for shot in write_story(seed, "e01", 960, 16 / 9)) for seed in (7, 8, 9)}
    assert len(orders) == 3


@pytest.mark.parametrize("episode", EPISODES)
def test_every_kind_of_shot_is_in_every_episode(episode):
    shots = write_story(7, episode, 1056, 16 / 9)
    kinds = Counter(shot.kind for shot in shots)
    assert set(kinds) == {
        "plain",
        "two",
        "fade",
        "pan",
        "still",
        "blur",
        "dark",
        "profile",
        "back",
        "empty",
        "poster",
        "crowd",
    }
    assert sum(shot.frames for shot in shots) == 1056
    seen = Counter(actor.name for shot in shots for actor in shot.actors)
    assert seen["fay"] == 1 and all(seen[name] >= 3 for name in CAST[:5])


def test_frames_and_truth_agree(film):
    for episode in EPISODES:
        with av.open(str(film / f"{episode}.mp4")) as video:
            pictures = sum(1 for _ in video.decode(video=0))
        shots = [shot for shot in truth(film, "shots") if shot["video"] == episode]
        assert pictures == SMALL.fps * SMALL.episode_s == shots[-1]["end_frame"]
        assert all(a["end_frame"] == b["start_frame"] for a, b in zip(shots, shots[1:], strict=False))


def test_a_still_shot_is_one_drawing_and_others_are_on_twos(film):
    drawings = defaultdict(list)
    numbers = {(row["video"], row["frame"]): row["drawing"] for row in truth(film, "drawings")}
    for shot in truth(film, "shots"):
        drawings[shot["kind"]].append(
            Counter(numbers[shot["video"], frame] for frame in range(shot["start_frame"], shot["end_frame"]))
        )
    assert all(len(counts) == 1 for counts in drawings["still"])
    assert all(set(counts.values()) == {2} for counts in drawings["plain"])


def test_boxes_lie_inside_each_other(film):
    inside = [
        (a[k], b[k])
        for row in truth(film, "figures")
        for a, b in ((row["head"], row["halfbody"]), (row["halfbody"], row["person"]))
        if a and b
        for k in ("x0", "y0")
    ]
    assert inside and all(low >= high for low, high in inside)
    for row in truth(film, "figures"):
        if row["face"]:
            assert 0 <= row["face"]["x0"] < row["face"]["x1"] <= SMALL.width_px
        assert (row["pose"] == "back") == (row["face"] is None) or row["occlusion"] > 0.5
        assert row["character"] != "poster" or row["person"] is None


def test_points_of_faces_lie_about_their_boxes_and_heads_from_behind_have_none(film):
    seen = Counter()
    for row in truth(film, "figures"):
        seen[row["landmarks"] is None] += 1
        assert (row["landmarks"] is None) == (row["pose"] == "back")
        if row["landmarks"] is not None and row["face"] is not None and row["occlusion"] == 0:
            box, points = row["face"], np.reshape(row["landmarks"], (68, 2))
            size = box["y1"] - box["y0"]
            assert np.abs(points.min(0) - [box["x0"], box["y0"]]).max() < 0.5 * size + 2
            assert np.abs(points.max(0) - [box["x1"], box["y1"]]).max() < 0.5 * size + 2
    assert seen[True] and seen[False]


def test_equal_seeds_give_equal_bytes(film, tmp_path):
    run(SMALL, "sample", tmp_path / "again")
    files = sorted(file.relative_to(film) for file in film.rglob("*") if file.is_file())
    assert len(files) == 2 + 3 + 4 * len(CAST)
    assert all((film / file).read_bytes() == (tmp_path / "again" / file).read_bytes() for file in files)


def test_references_show_the_character(film):
    with av.open(str(film / "references" / "cyrus" / "00.png")) as file:
        picture = next(file.decode(video=0)).to_ndarray(format="rgb24")
    colours = {tuple(colour) for colour in picture.reshape(-1, 3)}
    assert (244, 236, 200) in colours  # the horns
    assert np.ptp(picture[:4, :4].reshape(-1, 3), axis=0).max() == 0  # plain paper

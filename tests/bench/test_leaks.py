"""The check of leaks finds each kind of leak, one at a time, in a dataset that has none otherwise."""

import pytest
from builders import picture
from conftest import TOP

from dramatis.bench.leaks import RULES, figures, leaks
from dramatis.core.errors import MissingError
from dramatis.core.images import encode_jpeg, encode_png
from dramatis.core.phash import phash
from dramatis.core.tables import write_table
from dramatis.dataset.schema import DATASET


def row(key, shot=0, seed=0, **changes):
    return {
        **dict.fromkeys(DATASET.names),
        "id": key,
        "image": {"bytes": encode_png(picture(seed)), "path": f"{key}.png"},
        "caption": "ada",
        "caption_origin": "auto",
        "character": "ada",
        "characters": ["ada"],
        "stage": "head",
        "origin": "crop",
        "parents": [],
        "frame_id": f"e01-{seed:06d}",
        "video": "e01",
        "shot": shot,
        "width_px": 64,
        "height_px": 64,
        "bucket": "64x64",
        "cut_share": 0.0,
        **changes,
    } | {name: 1.0 for name in ("weight",) if name in DATASET.names}


def dataset(folder, *more):
    """Two training crops and a variant, a training scene, and a held-out crop and scene, with more training rows."""
    derived = {"frame_id": None, "video": None, "shot": None}
    splits = {
        ("characters", "train"): [
            row("a", seed=1),
            row("b", shot=1, seed=2),
            row("b-exposure-0", seed=3, origin="exposure", parents=["b"], **derived),
        ],
        ("scenes", "train"): [row("c", shot=2, seed=4, character=None, characters=["ada", "bela"], origin="scene")],
        ("characters", "validation"): [row("h", shot=7, seed=7)],
        ("scenes", "validation"): [row("s", shot=8, seed=8, character=None, origin="scene")],
    }
    for config, *rows in more:
        splits.setdefault((config, "train"), []).extend(rows)
    for (config, split), rows in splits.items():
        write_table(rows, DATASET, folder / "dataset" / config / split / "e01.parquet")
    return {rule: keys for rule, keys in leaks(folder / "dataset", distance=4).items() if keys}


def test_a_clean_dataset_has_none(tmp_path, monkeypatch):
    monkeypatch.chdir(TOP)
    assert dataset(tmp_path) == {}
    assert figures(tmp_path) == {"leaks": 0}


def test_equal_pixels_in_another_file_under_another_name(tmp_path):
    flat = encode_png(picture(8))
    twin = row("t", shot=3, seed=30, character="bela", characters=["bela"], image={"bytes": flat, "path": "t.png"})
    assert dataset(tmp_path, ("control", twin)) == {"equal_pixels": ["control/t"]}


def test_a_frame_and_a_shot_of_what_is_held_out(tmp_path):
    found = dataset(tmp_path, ("characters", row("f", shot=3, seed=30, frame_id="e01-000007"), row("g", 7, seed=31)))
    assert found == {"shared_frame": ["characters/f"], "shared_shot": ["characters/g"]}


def test_made_of_what_is_held_out_two_steps_back(tmp_path):
    nowhere = {"frame_id": None, "video": None, "shot": None}
    first = row("v", seed=30, origin="exposure", parents=["h"], **nowhere)
    second = row("w", seed=31, origin="join", parents=["a", "v"], **nowhere)
    found = dataset(tmp_path, ("characters", first), ("composites", second))
    assert found == {"held_out_parent": ["characters/v", "composites/w"]}


def test_a_near_copy_of_the_same_character(tmp_path):
    again = encode_jpeg(picture(7), quality=60)
    near = {"image": {"bytes": again, "path": "n.jpg"}}
    found = dataset(
        tmp_path,
        ("characters", row("n", 3, seed=30, **near)),
        ("control", row("o", 4, seed=31, character="bela", characters=["bela"], **near)),
    )
    assert found == {"near_copy": ["characters/n"]}
    assert (phash(picture(7)) ^ phash(picture(1))).bit_count() > 4


def test_a_row_counts_once(tmp_path, monkeypatch):
    monkeypatch.chdir(TOP)
    found = dataset(tmp_path, ("characters", row("x", 7, seed=7)))
    assert set(found) == set(RULES) - {"held_out_parent"}
    assert figures(tmp_path) == {"leaks": 1}


def test_no_dataset_is_one_line(tmp_path):
    with pytest.raises(MissingError, match="stage dataset makes it"):
        leaks(tmp_path, 4)

import resource

import numpy as np
import pytest
import torch
from builders import picture
from tiny_sd import BUILDERS, dataset_row, prior_row, write_dataset

from dramatis.core.errors import InputError
from dramatis.core.images import encode_png
from dramatis.core.tables import write_table
from dramatis.dataset.schema import CONTROLLED
from dramatis.diffusion.model import load_model
from dramatis.train.data import items_of, latents


@pytest.fixture(scope="module")
def model(tiny_sd):
    return load_model(str(tiny_sd))


def bare(row, config="characters"):
    """A row as training reads it: of what configuration, and without its picture."""
    return {name: value for name, value in row.items() if name != "image"} | {"config": config}


def rows():
    return [dataset_row(i) for i in range(4)] + [prior_row(30)]


def dataset(folder, **changes):
    return write_dataset(folder, train=rows()[:4], regularization=rows()[4:], **changes)


def read(model, folder, found=None, cache=None, face_weight=1.0):
    found = found or [bare(row) for row in rows()[:4]] + [bare(rows()[4], "regularization")]
    return items_of(model, found, folder, face_weight, cache)


def same(ours, theirs):
    return all(
        torch.equal(a.mean, b.mean) and torch.equal(a.std, b.std) and torch.equal(a.time_ids, b.time_ids)
        for a, b in zip(ours, theirs, strict=True)
    )


def entries(cache):
    return {file.name: file.stat().st_ino for file in cache.rglob("*.safetensors")}


@pytest.mark.parametrize("layout", BUILDERS)
def test_latents_by_hand(bases, layout):
    vae = load_model(str(bases[layout])).pipeline.vae
    mean, std = latents(vae, picture(3))
    with torch.no_grad():
        spread = vae.encode(torch.from_numpy(picture(3)).permute(2, 0, 1)[None] / 127.5 - 1).latent_dist
    assert torch.allclose(mean, spread.mean[0] * vae.config.scaling_factor, atol=1e-6)
    assert torch.allclose(std, spread.std[0] * vae.config.scaling_factor, atol=1e-6)


def test_items_are_in_the_order_of_the_rows_and_alone_as_among_others(model, tmp_path):
    dataset(tmp_path)
    items = read(model, tmp_path)
    assert [item.prior for item in items] == [False] * 4 + [True]
    backwards = [bare(row) for row in reversed(rows()[:4])]
    assert same(read(model, tmp_path, backwards), items[3::-1])
    assert same(read(model, tmp_path, backwards[:1]), items[3:4])
    assert same(read(model, tmp_path, [row | {"config": "characters"} for row in rows()[:4]]), items[:4])


def test_cached_is_uncached_bit_for_bit_and_read_without_the_vae(model, tmp_path, monkeypatch):
    dataset(tmp_path / "data")
    plain, first = read(model, tmp_path / "data"), read(model, tmp_path / "data", cache=tmp_path / "cache")
    assert same(plain, first) and len(entries(tmp_path / "cache")) == 5
    monkeypatch.setattr("dramatis.train.data.latents", lambda *_: pytest.fail("used the VAE"))
    assert same(plain, read(model, tmp_path / "data", cache=tmp_path / "cache"))


def test_what_changes_invalidates_exactly_its_entries(model, tiny_sd, tmp_path):
    cache = tmp_path / "cache"
    folder = dataset(tmp_path / "data")
    read(model, folder, cache=cache)
    old = entries(cache)

    pixels = picture(0).copy()
    pixels[5, 5] ^= 1
    changed = [dataset_row(0, image={"bytes": encode_png(pixels), "path": None}), *rows()[1:4]]
    write_dataset(tmp_path / "pixel", train=changed, regularization=rows()[4:])
    read(model, tmp_path / "pixel", cache=cache)
    assert len(entries(cache)) == 6

    wider = [bare(row | {"bucket": "96x64"}) if i == 1 else bare(row) for i, row in enumerate(rows()[:4])]
    read(model, folder, wider, cache)
    assert len(entries(cache)) == 7

    recaptioned = [bare(row | {"caption": "other", "per_epoch": 9.0}) for row in rows()[:4]]
    assert read(model, folder, recaptioned, cache, face_weight=4.0)[0].caption == "other"
    assert len(entries(cache)) == 7

    other = load_model(str(tiny_sd))
    with torch.no_grad():
        other.pipeline.vae.encoder.conv_in.bias[0] += 1
    assert not same(read(other, folder, cache=cache), read(model, folder, cache=cache))
    assert len(entries(cache)) == 12
    assert old.items() <= entries(cache).items()  # none was written again


def test_time_ids_tell_of_the_cut(model, tmp_path):
    row = dataset_row(0, image={"bytes": encode_png(np.zeros((64, 128, 3), np.uint8)), "path": None}, width_px=128)
    folder = write_dataset(tmp_path, train=[row | {"keep": None, "face": None}, dataset_row(1)])
    (item,) = read(model, folder, [bare(row | {"keep": None, "face": None})])
    assert item.time_ids.tolist() == [64, 128, 0, 32, 64, 64]


def test_the_face_weighs(model, tmp_path):
    folder = dataset(tmp_path)
    weights = read(model, folder, face_weight=4.0)[0].loss_map
    assert weights.shape == (16, 16) and weights.mean() == pytest.approx(1, abs=1e-5)
    assert weights[5, 8] / weights[0, 0] == pytest.approx(4)
    assert (read(model, folder)[0].loss_map == 1).all()


def test_control_images_are_cut_like_their_pictures(model, tmp_path):
    control = np.zeros((64, 64, 3), np.uint8)
    control[:, 32:] = 255
    row = dataset_row(0) | {"id": "row-0000-canny", "origin": "canny"}
    stored = row | {
        "conditioning_image": {"bytes": encode_png(control), "path": None},
        "landmarks": None,
        "segmentation": None,
    }
    folder = dataset(tmp_path / "data")
    write_table([{name: stored[name] for name in CONTROLLED.names}], CONTROLLED, folder / "control/train/v.parquet")
    for cache in (None, tmp_path / "cache", tmp_path / "cache"):
        (item,) = read(model, folder, [bare(row, "control")], cache)
        assert item.control.shape == (3, 64, 64)
        assert (item.control[:, :, :32] == 0).all() and (item.control[:, :, 32:] == 1).all()
    (plain,) = read(model, folder, [bare(dataset_row(0))])
    assert plain.control is None and torch.equal(plain.mean, item.mean)


def test_a_row_that_is_not_in_the_dataset(model, tmp_path):
    with pytest.raises(InputError, match="no picture of row-0099 in split train"):
        read(model, dataset(tmp_path), [bare(dataset_row(99))])


def test_pictures_do_not_stand_in_memory_together(model, tmp_path, monkeypatch):
    """Two hundred pictures of 0.75 MB: 150 MB, of which next to nothing stays."""
    noise = np.random.default_rng(1).integers(0, 256, (512, 512, 3), dtype=np.uint8)
    image = {"bytes": encode_png(noise), "path": None}
    many = [dataset_row(i, image=image, width_px=512, height_px=512, face=None, keep=None) for i in range(200)]
    folder = write_dataset(tmp_path / "data", train=many)
    tiny = torch.zeros(4, 16, 16)
    monkeypatch.setattr("dramatis.train.data.latents", lambda *_: (tiny.clone(), tiny.clone()))
    monkeypatch.setattr("dramatis.train.data.decode", lambda *_: picture(0))
    found = [bare(row) for row in many]
    del many
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    items = read(model, folder, found, tmp_path / "cache")
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert len(items) == 200 and grown_mb < 75

"""Picture files of every kind become upright RGB of 8 bits."""

from io import BytesIO

import cv2
import numpy as np
import pytest
from clips import scene
from PIL import Image, ImageCms

from dramatis.core.errors import InputError
from dramatis.core.images import MOST_SIDE_PX
from dramatis.core.stills import PAPER, Still, frames_of

SCENE = scene(4)  # 90 x 160


def still(data, place="raw/a picture"):
    return Still(place, "a picture", None, lambda: data)


def saved(image, kind, **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def read(data):
    (image,) = frames_of(still(data))
    assert image.dtype == np.uint8 and image.shape[2] == 3 and image.flags.c_contiguous
    return image


def close(a, b, tolerance):
    return a.shape == b.shape and np.abs(a.astype(int) - b).mean() <= tolerance


def oriented(image, orientation):
    """The stored picture that EXIF's orientation turns into `image`."""
    stored = {
        1: image, 2: image[:, ::-1], 3: image[::-1, ::-1], 4: image[::-1], 5: image.swapaxes(0, 1),
        6: np.rot90(image), 7: image.swapaxes(0, 1)[::-1, ::-1], 8: np.rot90(image, -1),
    }[orientation]  # fmt: skip
    return np.ascontiguousarray(stored)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_turns_pictures_upright(kind, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    options = {"quality": 95} if kind in ("JPEG", "WEBP") else {}
    data = saved(Image.fromarray(oriented(SCENE, orientation)), kind, exif=exif, **options)
    assert close(read(data), SCENE, 3)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "PPM", "TGA", "JPEG2000"])
def test_formats(kind):
    options = {"lossless": True} if kind == "WEBP" else {}
    assert close(read(saved(Image.fromarray(SCENE), kind, **options)), SCENE, 6)


def test_what_is_transparent_shows_grey_paper():
    alpha = np.full((90, 160), 255, np.uint8)
    alpha[:, :80] = 0
    alpha[:45, 80:] = 128
    wanted = SCENE.copy()
    wanted[:, :80] = PAPER
    wanted[:45, 80:] = np.round((SCENE[:45, 80:] * 128.0 + 127 * 127) / 255)
    image = read(saved(Image.fromarray(np.dstack([SCENE, alpha])), "PNG"))
    assert np.abs(image.astype(int) - wanted).max() <= 1
    grey = cv2.cvtColor(SCENE, cv2.COLOR_RGB2GRAY)
    image = read(saved(Image.merge("LA", [Image.fromarray(grey), Image.fromarray(alpha)]), "PNG"))
    assert (image[:, :80] == PAPER).all()
    assert (image[45:, 80:] == grey[45:, 80:, None]).all()


def test_palettes_with_and_without_a_transparent_colour():
    plain = Image.fromarray(SCENE).quantize(64)
    wanted = np.array(plain.convert("RGB"))
    assert (read(saved(plain, "PNG")) == wanted).all()
    image = read(saved(plain, "PNG", transparency=plain.getpixel((0, 0))))
    gone = np.array(plain) == plain.getpixel((0, 0))
    assert (image[gone] == PAPER).all() and (image[~gone] == wanted[~gone]).all()


def test_grey_and_bitmaps():
    grey = cv2.cvtColor(SCENE, cv2.COLOR_RGB2GRAY)
    assert (read(saved(Image.fromarray(grey), "PNG")) == grey[..., None]).all()
    black = grey > 128
    assert (read(saved(Image.fromarray(black), "PNG")) == black[..., None] * 255).all()


@pytest.mark.parametrize("suffix", [".png", ".tiff", ".ppm"])
@pytest.mark.parametrize("colour", [True, False])
def test_sixteen_bits_are_scaled_not_cut_off(suffix, colour):
    deep = (SCENE if colour else cv2.cvtColor(SCENE, cv2.COLOR_RGB2GRAY)).astype(np.uint16) * 257
    data = cv2.imencode(".pgm" if suffix == ".ppm" and not colour else suffix, deep[..., ::-1] if colour else deep)[1]
    assert close(read(data.tobytes()), SCENE if colour else np.repeat((deep >> 8)[..., None], 3, axis=2), 0.01)


def test_numbers_whose_white_nobody_knows_are_an_error():
    with pytest.raises(InputError, match="a picture: its numbers have 32 bits"):
        read(saved(Image.fromarray(SCENE[..., 0].astype(np.float32)), "TIFF"))


def test_cmyk_jpeg_has_the_colours_that_were_printed():
    image = Image.fromarray(cv2.GaussianBlur(SCENE, (9, 9), 0))
    assert close(read(saved(image.convert("CMYK"), "JPEG", quality=95)), np.array(image), 3)


def test_an_embedded_profile_is_obeyed_and_a_broken_one_is_passed():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.fromarray(SCENE)
    data = saved(image, "PNG", icc_profile=profile)
    assert close(read(data), SCENE, 0.5)
    assert (read(saved(image, "PNG", icc_profile=b"no profile")) == SCENE).all()


@pytest.mark.parametrize(("kind", "options"), [("GIF", {}), ("WEBP", {"lossless": True}), ("PNG", {})])
def test_an_animation_gives_all_its_frames(kind, options):
    images = [Image.fromarray(scene(seed)) for seed in (1, 2, 3)]
    data = saved(images[0], kind, save_all=True, append_images=images[1:], duration=100, **options)
    found = list(frames_of(still(data)))
    assert len(found) == 3
    assert all(close(image, scene(seed), 6) for image, seed in zip(found, (1, 2, 3)))


def test_the_picture_for_those_who_cannot_play_an_animation_is_not_one_of_its_frames():
    images = [Image.fromarray(scene(seed)) for seed in (1, 2, 3)]
    data = saved(images[0], "PNG", save_all=True, append_images=images[1:], default_image=True)
    assert [close(image, scene(seed), 1) for image, seed in zip(frames_of(still(data)), (2, 3))] == [True, True]


def test_of_a_tiff_only_the_first_page_counts():
    images = [Image.fromarray(scene(seed)) for seed in (1, 2)]
    assert close(read(saved(images[0], "TIFF", save_all=True, append_images=images[1:])), scene(1), 0)


JPEG, PNG = saved(Image.fromarray(SCENE), "JPEG"), saved(Image.fromarray(SCENE), "PNG")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (JPEG[: len(JPEG) // 2], "it is damaged"),
        (PNG[: len(PNG) // 2], "it is damaged"),
        (b"", "it is no picture"),
        (b"text" * 100, "it is no picture"),
        (saved(Image.new("1", (MOST_SIDE_PX + 1, 1)), "PNG"), "it is 65501×1 px, and at most"),
        (saved(Image.new("1", (20_000, 20_000)), "PNG"), "it is damaged .*decompression bomb"),
        (saved(Image.new("1", (10_000, 10_000)), "PNG"), "it is 10000×10000 px, and at most"),
    ],
)
def test_what_cannot_be_read_is_one_line(data, said):
    with pytest.raises(InputError, match=f"^raw/a picture: {said}") as raised:
        read(data)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"])
def test_damaged_bytes_are_a_picture_or_an_input_error(kind):
    data, rng = saved(Image.fromarray(SCENE), kind), np.random.default_rng(5)
    for _ in range(60):
        broken = np.frombuffer(data, np.uint8).copy()
        broken[rng.integers(0, min(len(broken), 400), 6)] = rng.integers(0, 256, 6)
        try:
            list(frames_of(still(broken.tobytes())))
        except InputError as error:
            assert error.place == "raw/a picture"

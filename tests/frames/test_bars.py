import numpy as np
import pyarrow.parquet as pq
import pytest
from clips import PARAMS, ffmpeg, scene, write_clip

from dramatis.core.images import decode
from dramatis.frames.bars import Area, bright, find_area, inside_bars, shown_area
from dramatis.frames.run import run
from dramatis.frames.video import open_video, read_pictures

HEIGHT, WIDTH = 90, 160


def mask(top=0, bottom=HEIGHT, left=0, right=WIDTH):
    inside = np.zeros((HEIGHT, WIDTH), bool)
    inside[top:bottom, left:right] = True
    return inside


def in_bars(image, rows=12, columns=0):
    image = image.copy()
    image[:rows] = image[HEIGHT - rows :] = 0
    image[:, :columns] = image[:, WIDTH - columns :] = 0
    return image


def spotlight(seed=3):
    """A face of light in a dark room: black all around, but without a line where that begins."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    light = np.exp(-(((x - 80) / 22) ** 2 + ((y - 40) / 16) ** 2))
    return (scene(seed) * light[..., None]).astype(np.uint8)


def test_by_hand():
    area = Area(0, 13, WIDTH, 77, WIDTH, HEIGHT)  # a line less on each side: the edge itself is blurred
    assert inside_bars([mask(12, 78)]) == area
    assert inside_bars([mask(12, 60), mask(30, 78)]) == area  # what any frame shows counts
    assert inside_bars([mask(left=20, right=140)]) == Area(21, 0, 139, HEIGHT, WIDTH, HEIGHT)
    assert inside_bars([mask(bottom=70)]) == Area(0, 0, WIDTH, 69, WIDTH, HEIGHT)


@pytest.mark.parametrize(
    "masks",
    [
        [],
        [mask()],
        [mask(0, 0)],  # black
        [mask(12, 78), mask()],  # another shot fills the frame
        [mask(1, 89)],  # too thin
        [mask(42, 50)],  # hardly anything would be left
    ],
)
def test_no_bars(masks):
    assert inside_bars(masks) is None


def test_frames_are_not_read_further_than_needed():
    masks = iter([mask(), mask(12, 78)])
    inside_bars(masks)
    assert len(list(masks)) == 1


def test_a_stray_pixel_in_a_bar_is_noise_and_a_subtitle_is_not():
    noisy, titled = mask(12, 78), mask(12, 78)
    noisy[5, 7] = titled[80:85, 60:100] = True
    assert inside_bars([noisy]) == inside_bars([mask(12, 78)])
    assert inside_bars([mask(12, 78), titled]).bottom >= 84


@pytest.mark.parametrize(
    "images, size",
    [
        ([in_bars(scene(n // 6)) for n in range(48)], (64, 160)),
        ([in_bars(scene(n // 6), 0, 20) for n in range(48)], (90, 118)),
        ([in_bars(scene(n // 6), 10, 20) for n in range(48)], (68, 118)),  # a box
        ([in_bars(spotlight()) for _ in range(24)] + [in_bars(scene(n // 6)) for n in range(24)], (64, 160)),
        ([spotlight()] * 24, (90, 160)),
        ([spotlight()] * 24 + [scene(2)] * 24, (90, 160)),
        ([(scene(1) * 0.25).astype(np.uint8)] * 24, (90, 160)),  # night
        ([scene(1)] * 24 + [in_bars(scene(2))] * 24, (90, 160)),  # only a part of the film has bars
        ([np.zeros((90, 160, 3), np.uint8)] * 24, (90, 160)),
    ],
)
def test_a_film_is_cropped_to_its_picture(tmp_path, images, size):
    run(PARAMS, "v", write_clip(tmp_path / "film.mp4", images), tmp_path / "v")
    rows = pq.read_table(tmp_path / "v/frames.parquet").to_pylist()
    for row in rows:
        assert (row["height_px"], row["width_px"]) == pytest.approx(size, abs=3)
        assert decode(row["image"]).shape == (row["height_px"], row["width_px"], 3)
    assert len({(row["height_px"], row["width_px"]) for row in rows}) == 1


def test_bars_stay_on_request(tmp_path):
    clip = write_clip(tmp_path / "film.mp4", [in_bars(scene(n // 6)) for n in range(24)])
    run(PARAMS.model_copy(update={"crop_bars": False}), "v", clip, tmp_path / "v")
    assert pq.read_table(tmp_path / "v/frames.parquet")["height_px"].to_pylist()[0] == HEIGHT


def test_a_frame_with_something_in_the_bars_is_shown_whole(tmp_path):
    clip = write_clip(tmp_path / "film.mp4", [in_bars(scene(1)), scene(1)])
    area = Area(0, 13, WIDTH, 77, WIDTH, HEIGHT)
    with open_video(clip) as video:
        frames = [picture.frame for picture in read_pictures(video, False)]
    assert [shown_area(frame, area) for frame in frames] == [area, None]
    assert shown_area(frames[0], area._replace(width=320)) is None and shown_area(frames[0], None) is None


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
def test_a_long_film_is_looked_at_in_many_places(tmp_path, container):
    """Half a minute in bars, but for one shot of five seconds near its end, in containers with and without an index."""
    still = "color=gray:s=160x90:r=24:d={}"
    for name, wide in (("bars", "color=gray:s=160x66:r=24:d=25,pad=160:90:0:12"), ("full", still.format(5))):
        ffmpeg("-f", "lavfi", "-i", wide, "-g", 12, "-c:v", "libx264", tmp_path / f"{name}.ts")
    both = f"concat:{tmp_path}/bars.ts|{tmp_path}/full.ts"
    ffmpeg("-i", f"concat:{tmp_path}/bars.ts", "-c", "copy", tmp_path / f"bars.{container}") if container != "ts" else 0
    ffmpeg("-i", both, "-c", "copy", tmp_path / f"both.{container}")
    assert find_area(tmp_path / f"bars.{container}") == Area(0, 13, WIDTH, 77, WIDTH, HEIGHT)
    assert find_area(tmp_path / f"both.{container}") is None


def test_real_films(media):
    assert find_area(media / "videos/sintel_10s.mp4") == Area(0, 43, 640, 314, 640, 360)
    for clip in ("videos/tears_of_steel_10s.mp4", "videos/signers_20shots.mp4", "anime/anime_cast.mp4"):
        assert find_area(media / clip) is None
    for clip in ("psd_fades.mp4", "decord_corrupted.mp4", "derived/asl_sister_truncated.mkv", "-video-with-dash-.mp4"):
        assert find_area(media / "broken" / clip) is None


def test_bright_is_relative_to_the_coded_range(media):
    with open_video(media / "broken/derived/tos_hdr10.mp4") as video:
        frame = next(read_pictures(video, False)).frame
    assert bright(frame).shape == (360, 640) and 0.5 < bright(frame).mean() < 1

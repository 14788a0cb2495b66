import pytest
from clips import ffmpeg, flat

from dramatis.core.errors import InputError
from dramatis.frames.colours import BT601, BT709, BT2020, HLG, PEAK_NITS, PQ, UNSPECIFIED, Colours, colours_of
from dramatis.frames.video import open_video, read_pictures


def labelled(transfer=UNSPECIFIED, primaries=UNSPECIFIED, matrix=UNSPECIFIED, size=(64, 64)):
    frame = flat(size, "yuv420p10le", (500, 512, 512))
    frame.color_trc, frame.color_primaries, frame.colorspace = transfer, primaries, matrix
    return frame


def first_frame(file):
    with open_video(file) as video:
        return next(read_pictures(video, False)).frame


@pytest.mark.parametrize(
    "frame, colours",
    [
        (labelled(), Colours(BT601, BT709, UNSPECIFIED)),
        (labelled(size=(1280, 534)), Colours(BT709, BT709, UNSPECIFIED)),
        (labelled(PQ), Colours(BT2020, BT2020, PQ)),
        (labelled(HLG, matrix=BT709), Colours(BT709, BT2020, HLG)),
        (labelled(PQ, primaries=12, matrix=BT2020), Colours(BT2020, 12, PQ)),
        (labelled(14, primaries=BT2020), Colours(BT2020, BT2020, 14)),
        (labelled(0, 0, 0), Colours(BT601, BT709, UNSPECIFIED)),  # reserved numbers say nothing
        (labelled(3, 3, 3), Colours(BT601, BT709, UNSPECIFIED)),
    ],
)
def test_what_is_taken_where_a_stream_says_nothing(frame, colours):
    assert colours_of(frame, "film.mkv") == colours


@pytest.mark.parametrize(
    "frame, problem",
    [
        (labelled(8), "its transfer is number 8"),  # linear light
        (labelled(10), "its transfer is number 10"),  # logarithmic
        (labelled(17), "its transfer is number 17"),  # cinema
        (labelled(PQ, primaries=10), "its colour primaries is number 10"),
        (labelled(PQ, BT2020, 14), "its colour matrix is number 14"),  # ICtCp
        (labelled(PQ, BT2020, 10), "its colour matrix is number 10"),  # BT.2020 with constant luminance
        (labelled(UNSPECIFIED, BT2020), "does not name its transfer"),
        (labelled(UNSPECIFIED, UNSPECIFIED, BT2020), "does not name its transfer"),
    ],
)
def test_what_cannot_be_told_is_one_clear_line(frame, problem):
    with pytest.raises(InputError, match=problem) as caught:
        colours_of(frame, "film.mkv")
    assert str(caught.value).startswith("film.mkv: ") and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "clip, transfer, peak",
    [
        ("derived/tos_hdr10.mp4", PQ, 1000),
        ("am_hdr10-av1.mp4", PQ, PEAK_NITS),
        ("am_sample_with_colr_mdcv_and_clli.mp4", PQ, 1000),
        ("derived/tos_hlg.mp4", HLG, 1000),
        ("am_hlg10-color-test.mp4", HLG, 1000),
        ("am_dolbyVision-hdr.MOV", HLG, 1000),  # profile 8.4: its base layer is HLG
    ],
)
def test_real_hdr(media, clip, transfer, peak):
    assert colours_of(first_frame(media / "broken" / clip), clip) == Colours(BT2020, BT2020, transfer, peak)


@pytest.mark.parametrize(
    "declared, peak",
    [
        (":max-cll=400,100", 400),
        (":max-cll=50,20", 203),  # never below white
        (":max-cll=4000,400", 1000),
        (":master-display=G(8500,39850)B(6550,2300)R(35400,14600)WP(15635,16450)L(6000000,1)", 600),
        ("", PEAK_NITS),
    ],
)
def test_the_declared_peak(tmp_path, declared, peak):
    names = "log-level=error:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
    ffmpeg(
        "-f", "lavfi", "-i", "color=gray:s=64x64:r=5:d=0.4", "-pix_fmt", "yuv420p10le",
        "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", names + declared, tmp_path / "clip.mp4",
    )  # fmt: skip
    assert colours_of(first_frame(tmp_path / "clip.mp4"), "clip").peak_nits == pytest.approx(peak)


@pytest.mark.parametrize(
    "clip, problem",
    [
        ("am_dolbyVision-hdr.MOV", "it is Dolby Vision without a layer in SDR, HDR10 or HLG"),
        ("derived/tos_hdr10.mp4", "it looks like HDR, but does not name its transfer"),
    ],
)
def test_a_stream_that_lost_its_label(media, tmp_path, clip, problem):
    """Without a transfer, Dolby Vision is as in profile 5, and HDR10 only known by its metadata."""
    labels = "colour_primaries=2:transfer_characteristics=2:matrix_coefficients=2"
    ffmpeg(
        "-i", media / "broken" / clip, "-map", "0:v:0", "-c", "copy",
        "-bsf:v", f"hevc_mp4toannexb,hevc_metadata={labels}", "-f", "hevc", tmp_path / "clip.hevc",
    )  # fmt: skip
    with pytest.raises(InputError, match=problem):
        colours_of(first_frame(tmp_path / "clip.hevc"), "film.mkv")

import cv2
import numpy as np
import pytest
from clips import ffmpeg
from hypothesis import given
from hypothesis import strategies as st

from dramatis.frames.colours import BT709, BT2020, HLG, PQ, WHITE_NITS, Colours
from dramatis.frames.picture import to_rgb
from dramatis.frames.tone import OPERATORS, bt2390, nits_to_pq, pq_to_nits, to_709, to_display, to_xyz
from dramatis.frames.video import open_video, read_pictures

# sRGB numbers of the 24 patches of a Macbeth colour chart, as BabelColor publishes them (rounded)
CHART = np.array([
    [115, 82, 68], [194, 150, 130], [98, 122, 157], [87, 108, 67], [133, 128, 177], [103, 189, 170],
    [214, 126, 44], [80, 91, 166], [193, 90, 99], [94, 60, 108], [157, 188, 64], [224, 163, 46],
    [56, 61, 150], [70, 148, 73], [175, 54, 60], [231, 199, 31], [187, 86, 149], [8, 133, 161],
    [243, 243, 242], [200, 200, 200], [160, 160, 160], [122, 122, 121], [85, 85, 85], [52, 52, 52],
], np.uint8)  # fmt: skip
PATCH_PX = 48
CONVERTED = (
    "setparams=range=pc:color_primaries=bt709:color_trc=bt709:colorspace=gbr,format=gbrp,"
    "zscale=t={transfer}:p={primaries}:m=bt2020nc:r=tv:npl=203,format=yuv420p10le"
)


def colour_differences(image):
    """CIE76 differences of the patches of a picture of `CHART` from what they should be; 2.3 is just noticeable."""
    middle = PATCH_PX // 2
    both = np.stack([image[middle::PATCH_PX, middle::PATCH_PX].reshape(24, 3), CHART])
    shown, true = cv2.cvtColor((both / 255).astype(np.float32), cv2.COLOR_RGB2Lab)
    return np.linalg.norm(shown - true, axis=1)


def chart_in(file, transfer, declared="", operator="bt2390", primaries="bt2020"):
    """A picture of `CHART` after ffmpeg converted it, HDR with white at 203 cd/m², and this code turned it back."""
    chart = np.kron(CHART.reshape(4, 6, 3), np.ones((PATCH_PX, PATCH_PX, 1), np.uint8)).astype(np.uint8)
    names = f"colorprim={primaries}:transfer={transfer}:colormatrix=bt2020nc:range=limited"
    ffmpeg(
        "-i", "-", "-vf", CONVERTED.format(transfer=transfer, primaries=primaries),
        "-c:v", "libx265", "-preset", "ultrafast", "-crf", 8, "-x265-params", f"log-level=error:{names}{declared}",
        file, pictures=np.stack([chart] * 3),
    )  # fmt: skip
    with open_video(file) as video:
        return to_rgb(next(read_pictures(video, False)).frame, None, str(file), operator)


def test_pq_has_its_published_values():
    assert pq_to_nits(np.array([0.0, 0.5081, 0.5807, 1.0])) == pytest.approx([0, 100, 203, 10000], rel=2e-3, abs=1e-6)


@given(st.floats(0, 10000))
def test_pq_there_and_back(nits):
    assert pq_to_nits(nits_to_pq(np.array(nits))) == pytest.approx(nits, rel=1e-3, abs=1e-3)


def test_the_matrix_of_bt2087():
    published = [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
    assert to_709(BT2020) == pytest.approx(np.array(published), abs=1e-4)
    assert to_xyz(BT2020)[1] == pytest.approx([0.2627, 0.6780, 0.0593], abs=1e-4)  # luma weights of BT.2020


@pytest.mark.parametrize("primaries", [4, 5, 6, 7, 9, 11, 12, 22])
def test_white_stays_white(primaries):
    assert to_709(primaries).sum(axis=1) == pytest.approx([1, 1, 1], abs=1e-5)


@pytest.mark.parametrize("peak", [WHITE_NITS, 400.0, 1000.0])
@pytest.mark.parametrize("operator", OPERATORS)
def test_highlights_rise_and_never_pass_white(operator, peak):
    shown = OPERATORS[operator](np.geomspace(0.01, 10000, 400), peak)
    assert np.all(np.diff(shown) >= -1e-9) and shown.max() == pytest.approx(WHITE_NITS, rel=1e-3)


def test_bt2390_keeps_shadows_and_all_of_a_picture_without_highlights():
    nits = np.geomspace(0.01, 40, 100)
    assert bt2390(nits, 1000) == pytest.approx(nits, rel=1e-3)
    nits = np.geomspace(0.01, WHITE_NITS, 100)
    assert bt2390(nits, WHITE_NITS) == pytest.approx(nits)


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("transfer", [PQ, HLG, BT709])
def test_greys_stay_grey_and_in_order(transfer, operator):
    ramp = np.repeat(np.linspace(0, 65535, 256).astype(np.uint16)[None, :, None], 3, axis=2)
    shown = to_display(ramp, Colours(BT2020, BT2020, transfer), operator)[0].astype(int)
    assert np.abs(shown - shown[:, :1]).max() <= 1
    assert np.all(np.diff(shown[:, 0]) >= 0) and shown[0, 0] == 0 and shown[-1, 0] >= 250


@pytest.mark.parametrize(
    "transfer, declared, operator, most",
    [
        ("smpte2084", ":max-cll=203,203", "bt2390", 1.0),  # no highlights are declared: nothing bends
        ("smpte2084", "", "bt2390", 2.0),
        ("smpte2084", "", "clip", 1.0),
        ("arib-std-b67", "", "clip", 6.5),  # zscale takes HLG's system gamma of each channel, BT.2100 of the luminance
    ],
)
def test_a_colour_chart_comes_back_from_hdr(tmp_path, transfer, declared, operator, most):
    assert colour_differences(chart_in(tmp_path / "chart.mp4", transfer, declared, operator)).mean() < most


@pytest.mark.parametrize("primaries", ["bt2020", "smpte432", "smpte170m", "bt709"])
def test_a_colour_chart_comes_back_from_ordinary_video_in_another_gamut(tmp_path, primaries):
    assert colour_differences(chart_in(tmp_path / "chart.mp4", "bt709", primaries=primaries)).mean() < 1.2


def test_hable_is_darker(tmp_path):
    plain, filmic = (chart_in(tmp_path / "chart.mp4", "smpte2084", "", name) for name in ("bt2390", "hable"))
    assert filmic.mean() < 0.9 * plain.mean()


def test_hlg_there_and_back_by_its_recommendation():
    """Display light to HLG by the inverse of BT.2100's reference EOTF, then by `to_display`."""
    light = (CHART / 255.0) ** 2.4 @ np.linalg.inv(to_709(BT2020)).T * 0.203  # share of 1000 cd/m²
    scene = light * (light @ to_xyz(BT2020)[1])[:, None] ** (1 / 1.2 - 1)
    bent = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    code = np.where(scene <= 1 / 12, np.sqrt(3 * scene), bent)
    back = to_display(np.round(code * 65535).astype(np.uint16)[None], Colours(BT2020, BT2020, HLG), "clip")
    assert np.abs(back[0].astype(int) - CHART).max() <= 2

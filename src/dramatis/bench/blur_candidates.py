"""Measures of blur that are in use elsewhere, each as a number that grows with the blur."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.bench.edge_width import blur_radius

Luma = NDArray[np.uint8]
COPY_PX = 96
"""Width of the copy that some measures are taken on, so that all faces are of one size."""
TILES = 4
TILE_PERCENTILE = 90
FREQUENCIES = (2, 24)
"""Between which the slope of the spectrum is fitted [cycles a width of the face]."""
BANDS = 8


class Candidate(NamedTuple):
    """A measure of blur.

    Attributes:
        measure: of the brightness of a face, shape (H, W); larger is more blurred.
        in_px: True if it is a radius in pixels, so that it can be said in widths of the face too.
    """

    measure: Callable[[Luma], float]
    in_px: bool = False


def laplacian_variance(luma: Luma) -> float:
    """Minus the variance of the Laplacian (Pech-Pacheco et al. 2000), as a logarithm."""
    return -float(np.log(cv2.Laplacian(luma, cv2.CV_64F).var() + 1e-6))


def laplacian_of_copy(luma: Luma) -> float:
    """The same on a copy of one size and one contrast."""
    copy = _copy(luma).astype(np.float64)
    return -float(np.log(cv2.Laplacian(copy / max(copy.std(), 1e-6), cv2.CV_64F).var() + 1e-9))


def tile_percentile(luma: Luma) -> float:
    """Minus a high percentile over tiles of the Laplacian's variance: one sharp place is enough."""
    steep = cv2.Laplacian(luma, cv2.CV_64F)
    tiles = [tile.var() for row in np.array_split(steep, TILES) for tile in np.array_split(row, TILES, axis=1)]
    return -float(np.log(np.percentile(tiles, TILE_PERCENTILE) + 1e-6))


def tile_percentile_of_copy(luma: Luma) -> float:
    """The same on a copy of one size and one contrast."""
    copy = _copy(luma).astype(np.float64)
    steep = cv2.Laplacian(copy / max(copy.std(), 1e-6), cv2.CV_64F)
    tiles = [tile.var() for row in np.array_split(steep, TILES) for tile in np.array_split(row, TILES, axis=1)]
    return -float(np.log(np.percentile(tiles, TILE_PERCENTILE) + 1e-9))


def tenengrad(luma: Luma) -> float:
    """Minus the mean squared Sobel gradient (Krotkov 1988), as a logarithm."""
    x, y = (cv2.Sobel(luma, cv2.CV_64F, *step) for step in ((1, 0), (0, 1)))
    return -float(np.log((x**2 + y**2).mean() + 1e-6))


def spectrum_slope(luma: Luma) -> float:
    """Minus the slope of the power spectrum over the frequency, both logarithmic (Field 1987); blur steepens it.

    Of a copy of one size, its power averaged in bands.
    """
    power, frequency = _spectrum(_copy(luma))
    edges = np.geomspace(*FREQUENCIES, BANDS + 1) / COPY_PX
    bands = [power[(frequency >= low) & (frequency < high)].mean() for low, high in zip(edges, edges[1:], strict=False)]
    return -float(np.polyfit(np.log(edges[:-1]), np.log(np.array(bands) + 1e-9), 1)[0])


def spectrum_share(luma: Luma) -> float:
    """Minus the share of the power above 12 cycles a width of the face, as a logarithm."""
    power, frequency = _spectrum(_copy(luma))
    return -float(np.log(power[frequency > 12 / COPY_PX].sum() / power.sum() + 1e-9))


def edge_width(luma: Luma) -> float:
    """Blur radius at the edges by the ratio of gradients under two more blurs (Zhuo and Sim 2011) [px]."""
    radius = blur_radius(luma)
    return float(max(luma.shape)) if radius is None else radius


def re_blur(luma: Luma) -> float:
    """How little a further blur changes (Crete et al. 2007) [0..1], the blurrier direction."""
    picture, worst = luma.astype(np.float64), 0.0
    for axis, size in ((0, (1, 9)), (1, (9, 1))):
        before = np.abs(np.diff(picture, axis=axis))
        after = np.abs(np.diff(cv2.blur(picture, size), axis=axis))
        lost = np.clip(before - after, 0, None).sum()
        worst = max(worst, 1 - lost / max(before.sum(), 1e-9))
    return float(worst)


FORMULAS: Mapping[str, Candidate] = {
    "laplacian_variance": Candidate(laplacian_variance),
    "laplacian_of_copy": Candidate(laplacian_of_copy),
    "tile_percentile": Candidate(tile_percentile),
    "tile_percentile_of_copy": Candidate(tile_percentile_of_copy),
    "tenengrad": Candidate(tenengrad),
    "spectrum_slope": Candidate(spectrum_slope),
    "spectrum_share": Candidate(spectrum_share),
    "re_blur": Candidate(re_blur),
    "edge_width": Candidate(edge_width, in_px=True),
}


def _copy(luma: Luma) -> Luma:
    height = max(round(luma.shape[0] * COPY_PX / luma.shape[1]), 1)
    smaller = luma.shape[1] > COPY_PX
    return cv2.resize(luma, (COPY_PX, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)


def _spectrum(luma: Luma) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Power and frequency [cycles a px] of a picture under a window, both flat."""
    height, width = luma.shape
    window = np.outer(np.hanning(height), np.hanning(width))
    power = np.abs(np.fft.fft2((luma - luma.mean()) * window)) ** 2
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None])
    seen = frequency > 0
    return power[seen], frequency[seen]

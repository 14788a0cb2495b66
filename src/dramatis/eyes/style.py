"""Style of pictures without a model: colours, contrast and how much drawing there is at each size.

Like the Gram matrices of Gatys et al. (arXiv 1508.06576) it forgets where things are and keeps what they are like,
but over fixed filters: differences of Gaussians of brightness at four sizes, and their slopes.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image, resize

SIDE = 128
"""Longer side of the picture as it is looked at [px], so that filters mean the same at every size."""
SIZES = (0.7, 1.4, 2.8, 5.6)
"""Radii of the Gaussians [px]."""
LEAST_SPREAD = np.array([2.0, 1.0, 1.0, 2.0, 1.0, 1.0, *[0.1] * 14])
"""Smallest spread that a feature is measured by: [Lab units] of colours, [natural log] of filters."""


def features(image: Image) -> NDArray[np.float64]:
    """Style of an RGB picture, shape (20,).

    Mean and deviation of the three channels of CIE Lab; then, as logarithms, the energy of brightness in three bands
    and of its slopes across, upright and crossed at each of them, and how flat (posterised) it is.
    """
    scale = SIDE / max(image.shape[:2])
    sized = resize(image, max(round(image.shape[1] * scale), 8), max(round(image.shape[0] * scale), 8))
    lab = cv2.cvtColor(sized.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    pixels = lab.reshape(-1, 3).astype(np.float64)
    smooth = [cv2.GaussianBlur(lab[..., 0], (0, 0), size) for size in SIZES]
    energies = []
    for finer, coarser in zip(smooth, smooth[1:], strict=False):
        band = finer - coarser
        across, upright = cv2.Sobel(finer, cv2.CV_32F, 1, 0), cv2.Sobel(finer, cv2.CV_32F, 0, 1)
        energies += [_rms(band), _rms(across), _rms(upright), float(np.sqrt(np.abs(across * upright).mean()))]
    slope = np.hypot(cv2.Sobel(smooth[0], cv2.CV_32F, 1, 0), cv2.Sobel(smooth[0], cv2.CV_32F, 0, 1))
    energies += [float(np.median(slope)), float(np.quantile(slope, 0.95))]
    return np.concatenate([pixels.mean(0), pixels.std(0), np.log(np.array(energies) + 0.1)])


def _rms(values: NDArray[np.float32]) -> float:
    return float(np.sqrt((values.astype(np.float64) ** 2).mean()))


def style_distances(previews: NDArray[np.float64], references: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each preview's style is from that of real pictures [spreads of theirs], shape (P,).

    The root mean square, over the features, of its difference from the references' mean, in their deviations. A
    reference itself has about 1.

    Args:
        previews: features, shape (P, 20).
        references: of real pictures, shape (R, 20), R at least 2.
    """
    spread = np.maximum(references.std(axis=0), LEAST_SPREAD)
    return np.sqrt((((previews - references.mean(axis=0)) / spread) ** 2).mean(axis=1))

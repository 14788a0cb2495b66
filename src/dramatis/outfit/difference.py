"""How much clothes differ: colours in Lab, band by band."""

import numpy as np
from numpy.typing import NDArray

TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
"""Linear sRGB to XYZ (IEC 61966-2-1)."""
GAMMA = 2.2


def lab(colours: NDArray[np.floating]) -> NDArray[np.float64]:
    """CIE Lab (1976) of RGB colours [0..255], same shape; brighter than white gives more than 100."""
    linear = (np.asarray(colours, np.float64) / 255) ** GAMMA
    x, y, z = np.moveaxis(linear @ TO_XYZ.T / TO_XYZ.sum(1), -1, 0)
    x, y, z = (np.where(v > (6 / 29) ** 3, np.cbrt(v), v / (3 * (6 / 29) ** 2) + 4 / 29) for v in (x, y, z))
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def differences(
    clothes: NDArray[np.floating], seen: NDArray[np.floating], sizes: NDArray[np.floating], unknown: float
) -> NDArray[np.float64]:
    """Differences between the clothes of all pairs of shots, shape (L, L), symmetric, 0 on the diagonal.

    Of each band the mean distance in Lab between equal quantiles, an approximation of the earth mover's distance; of
    the bands that both show the mean, by how much of them both show. Takes memory for L² numbers: a character in 5,000
    shots needs 0.2 GB.

    Args:
        clothes: Lab colours, shape (L, bands, levels, 3); NaN where a band is not seen.
        seen: share of each band that is seen, shape (L, bands) [0..1].
        sizes: height of each band.
        unknown: difference of a pair that shows no band in common.
    """
    total, weight = np.zeros((len(seen), len(seen))), np.zeros((len(seen), len(seen)))
    for band, size in enumerate(sizes):
        share = size * np.minimum(seen[:, None, band], seen[None, :, band])
        for row, own in enumerate(clothes[:, band]):
            far = np.linalg.norm(clothes[:, band] - own, axis=-1).mean(-1)
            total[row] += share[row] * np.where(share[row] > 0, far, 0)
        weight += share
    apart = np.divide(total, weight, out=np.full_like(total, unknown), where=weight > 0)
    np.fill_diagonal(apart, 0)
    return apart

"""`docs/blur.md`: the table of all measures of blur, and how it came about."""

from collections.abc import Mapping
from typing import Any

SHOWN = (
    "within_series",
    "within_faces",
    "across_faces",
    "auc",
    "auc_extent",
    "auc_gaussian",
    "auc_disk",
    "auc_motion",
    "darkness",
)
HEADER = """\
# Measures of blur

Written by `make benchmark-blur`. Every face is blurred by known amounts (radius 0, 1, 2, 3, 4, 6 and 9 % of its width;
Gaussian, disk, motion in any direction) at widths from 24 to 200 px, darkened to between 30 and 100 % of its light,
compressed as JPEG of quality 50 to 95, and often resized again. The radius is the standard deviation of the point
spread along its long axis, so a disk counts half its radius and a motion its length over the root of 12. What enlarging
and the pixels themselves blur is part of the truth.

- `film`: faces of two sample films of other seeds than anything learned from.
- `photo`: photographed faces of five identities. Their own softness is taken off by reducing them first, and larger
  ones are enlarged from that.
- `anime`: faces drawn by others; no bar is over them.

`spearman` is the least rank correlation with the true radius over `film` and `photo`: within each series (one face,
size and kind of blur), within each face at all sizes, and across all. A radius must agree both in pixels and in widths
of the face, a measure of no unit with either. `auc` tells faces without added blur from those blurred by 4 % or more of
their width, and `auc extent` from those of which the disk's radius or half the motion's length is that, which lie
nearer to the sharp ones. `darkness` is the rank correlation of a measure's error with the light, 0 if light does not
matter; `error` the median error of a radius. `motion auc` tells motion from the other blurs of 4 % or more by the ratio
of both radii, and `kind accuracy` is the mean share of none, defocus and motion that is called so.
"""
PICTURE = """\
![Film faces in the order of their estimated blur](blur.png)

`metrics/plots/bench/blur.png` shows the others too; it is not in git, since those faces belong to people.
"""


def page(result: Mapping[str, Any]) -> str:
    """Markdown: the bars, all measures, and the details of each group of faces."""
    candidates = sorted(result["candidates"].items(), key=lambda item: -item[1]["spearman"])
    lines = [HEADER, "| measure | spearman | auc |", "|---|---|---|"]
    lines += [f"| {name} | {row['spearman']:.3f} | {row['auc']:.3f} |" for name, row in candidates]
    lines += [
        "",
        f"`net` is `dramatis.quality.blur` with the weights in `models/pocket/blur`: kind accuracy "
        f"{result['blur_kind_accuracy']:.3f}, motion auc {result['blur_motion_auc']:.3f}.",
    ]
    for group, count in result["faces"].items():
        lines += ["", f"## {group}: {count} pictures", "", f"| measure | {' | '.join(map(_words, SHOWN))} | error |"]
        lines += ["|---" * (len(SHOWN) + 2) + "|"]
        for name, row in candidates:
            own = row["by_group"][group]
            cells = [f"{own[key]:.3f}" for key in SHOWN] + [f"{own['error']:.0%}" if "error" in own else "–"]
            lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", PICTURE])


def _words(key: str) -> str:
    return key.replace("_", " ")

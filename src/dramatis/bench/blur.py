"""`make benchmark-blur`: how well each measure of blur follows blurs of known amounts; see docs/blur.md."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.stats import spearmanr
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from tqdm import tqdm

from dramatis.bench.blur_candidates import FORMULAS, Candidate, Luma
from dramatis.bench.blur_faces import Blurred, blurred_faces, measured_faces
from dramatis.bench.blur_page import page
from dramatis.bench.blur_picture import ordered
from dramatis.bench.clips import media_folder
from dramatis.core.errors import one_line_errors
from dramatis.core.images import encode_png
from dramatis.core.tables import write_json
from dramatis.pocket.blurring import Kind
from dramatis.quality.blur import BlurNet, kind_of

NET = Path("models/pocket/blur")
PLOTS = Path("metrics/plots/bench")
BARRED = ("film", "photo")
"""Groups of faces that the bars are over; the others are measured beside them."""
BLURRED = 0.04
"""Added blur from which on a face is to be told from a sharp one [widths of the face]."""
EXTENT: Mapping[Kind, float] = {"gaussian": 1.0, "disk": 2.0, "motion": 3**0.5}
"""What makes a standard deviation the radius of the disk, or half the length of the motion."""
KIND_FIGURES = ("motion_auc", "kind_accuracy")
Groups = Mapping[str, Sequence[Blurred]]
Values = NDArray[np.float64]
Truth = Callable[[Blurred], float]


def in_px(face: Blurred) -> float:
    """True radius [px]."""
    return face.radius_px


def in_widths(face: Blurred) -> float:
    """True radius in widths of the face."""
    return face.share


def within_series(faces: Sequence[Blurred], values: Values) -> float:
    """Mean over series (one face, size and kind of blur) of the rank correlation of a measure with the true radius."""
    return _mean_by(faces, values, lambda face: face.series, in_px)


def within_faces(faces: Sequence[Blurred], values: Values, true: Truth) -> float:
    """Mean over faces, each at all sizes under all blurs, of the rank correlation with the true radius."""
    return _mean_by(faces, values, lambda face: face.face, true)


def across_faces(faces: Sequence[Blurred], values: Values, true: Truth) -> float:
    """Rank correlation over all faces, sizes, kinds and lights together."""
    return _ranks(values, [true(face) for face in faces])


def sharp_auc(faces: Sequence[Blurred], values: Values, extent: Mapping[Kind, float] | None = None) -> float:
    """Area under the curve of faces without added blur against those blurred by at least `BLURRED`.

    Args:
        extent: what a blur of each kind is multiplied by before it is compared with `BLURRED`; 1 if None.
    """
    added = np.array([face.added * (extent[face.kind] if extent else 1) for face in faces])
    judged = np.flatnonzero((added == 0) | (added >= BLURRED))
    return float(roc_auc_score(added[judged] > 0, values[judged]))


def dark_change(faces: Sequence[Blurred], values: Values) -> float:
    """Rank correlation of light and the measure's rank error: 0 if darkness does not matter."""
    found, true = (np.argsort(np.argsort(v)) for v in (values, np.array([face.share for face in faces])))
    return _ranks((found - true).astype(float), [face.light for face in faces])


def figures(candidate: Candidate, faces: Sequence[Blurred], values: Values) -> dict[str, float]:
    """All figures of one measure on one group of faces.

    A radius must agree with the truth in pixels and in widths of the face; a measure of no unit with the one that it
    agrees with better.
    """
    widths = np.array([face.image.shape[1] for face in faces], float)
    shares = values / widths if candidate.in_px else values
    worse = min if candidate.in_px else max
    found = {
        "within_series": within_series(faces, values),
        "within_faces": worse(within_faces(faces, values, in_px), within_faces(faces, shares, in_widths)),
        "across_faces": worse(across_faces(faces, values, in_px), across_faces(faces, shares, in_widths)),
        "auc": sharp_auc(faces, shares),
        "auc_extent": sharp_auc(faces, shares, EXTENT),
        "darkness": dark_change(faces, shares),
    }
    for kind in ("gaussian", "disk", "motion"):
        own = [n for n, face in enumerate(faces) if face.kind == kind]
        found[f"auc_{kind}"] = sharp_auc([faces[n] for n in own], shares[own])
    if candidate.in_px:
        true = np.array([face.radius_px for face in faces])
        found["error"] = float(np.expm1(np.median(np.abs(np.log(np.maximum(values, 1e-3) / true)))))
    return found


def least_spearman(groups: Mapping[str, Mapping[str, float]]) -> float:
    """The least rank correlation, within or across faces, over the groups that have a bar."""
    names = ("within_series", "within_faces", "across_faces")
    return min(groups[group][name] for group in BARRED for name in names)


def kind_figures(net: BlurNet, faces: Sequence[Blurred], luma: Sequence[Luma]) -> dict[str, float]:
    """How well motion is told from defocus, of blurs of at least `BLURRED`.

    `motion_auc` is of the ratio of the two radii; `kind_accuracy` the mean share of none, defocus and motion that is
    called so.
    """
    true, found, ratio = [], [], []
    for face, picture in zip(faces, luma, strict=True):
        blur = net(picture)
        if blur and (not face.added or face.added >= BLURRED):
            true.append("none" if not face.added else "motion" if face.kind == "motion" else "defocus")
            found.append(kind_of(blur, picture.shape[1]))
            ratio.append(blur.long_px / blur.short_px)
    seen = [n for n, kind in enumerate(true) if kind != "none"]
    return {
        "motion_auc": float(roc_auc_score([true[n] == "motion" for n in seen], [ratio[n] for n in seen])),
        "kind_accuracy": float(balanced_accuracy_score(true, found)),
    }


def benchmark(groups: Groups, net: BlurNet) -> tuple[dict[str, Any], dict[str, Values]]:
    """The table of all measures, and the values of the net by group."""
    candidates = {**FORMULAS, "net": Candidate(lambda luma: _long_px(net, luma), in_px=True)}
    lumas = {name: [cv2.cvtColor(face.image, cv2.COLOR_RGB2GRAY) for face in faces] for name, faces in groups.items()}
    table: dict[str, dict[str, Any]] = {}
    shares: dict[str, Values] = {}
    for name, candidate in tqdm(candidates.items(), desc="measures of blur", unit="measure"):
        values = {group: np.array([candidate.measure(luma) for luma in lumas[group]]) for group in groups}
        by_group = {group: figures(candidate, faces, values[group]) for group, faces in groups.items()}
        least = {"spearman": least_spearman(by_group), "auc": min(by_group[group]["auc"] for group in BARRED)}
        table[name] = {**least, "by_group": by_group}
        shares = {group: values[group] / [face.image.shape[1] for face in faces] for group, faces in groups.items()}
    for group, faces in groups.items():
        table["net"]["by_group"][group] |= kind_figures(net, faces, lumas[group])
    result = {
        "blur_spearman": table["net"]["spearman"],
        "blur_auc": table["net"]["auc"],
        **{f"blur_{name}": min(table["net"]["by_group"][group][name] for group in BARRED) for name in KIND_FIGURES},
        "faces": {group: len(faces) for group, faces in groups.items()},
        "candidates": table,
    }
    return result, shares


def shown(result: Mapping[str, Any]) -> Table:
    """The figures that the bars are over, a row for each measure."""
    table = Table("measure", "spearman", "auc", box=None, header_style="dim")
    for name, row in sorted(result["candidates"].items(), key=lambda item: item[1]["spearman"]):
        table.add_row(name, f"{row['spearman']:.3f}", f"{row['auc']:.3f}")
    return table


def main() -> None:
    """Measures, and writes the figures, a page on them, and pictures: in docs only of faces that are nobody's."""
    sources = measured_faces(media_folder())
    groups = {group: list(blurred_faces(found)) for group, found in sources.items()}
    result, shares = benchmark(groups, BlurNet(NET))
    write_json(result, Path("metrics/bench/blur.json"))
    Path("docs/blur.md").write_text(page(result))
    faces = [face for group in groups for face in groups[group]]
    estimated = np.concatenate([shares[group] for group in groups])
    PLOTS.mkdir(parents=True, exist_ok=True)
    (PLOTS / "blur.png").write_bytes(encode_png(ordered(faces, estimated, dict.fromkeys(groups, 3))))
    Path("docs/blur.png").write_bytes(encode_png(ordered(faces, estimated, {"film": 6})))
    Console().print(shown(result))


def _long_px(net: BlurNet, luma: Luma) -> float:
    blur = net(luma)
    return blur.long_px if blur else float(max(luma.shape))


def _mean_by(faces: Sequence[Blurred], values: Values, key: Callable[[Blurred], str], true: Truth) -> float:
    groups = defaultdict(list)
    for n, face in enumerate(faces):
        groups[key(face)].append(n)
    return float(np.mean([_ranks(values[own], [true(faces[n]) for n in own]) for own in groups.values()]))


def _ranks(values: Values, true: Sequence[float]) -> float:
    """Rank correlation; 0 of what does not change."""
    return 0.0 if np.ptp(values) == 0 or np.ptp(true) == 0 else float(spearmanr(values, true).statistic)


if __name__ == "__main__":
    with one_line_errors():
        main()

"""The map: identity vectors laid out on a plane, for people to look at; nothing is decided on it."""

import warnings
from collections.abc import Collection
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from dramatis.cluster.graph import nearest
from dramatis.cluster.tracks import Vectors

FEWEST = 10
"""Fewer faces than this are laid out by their principal components: UMAP needs neighbours to work with."""

NEIGHBOURS = 15


def layout(vectors: Vectors, seed: int) -> NDArray[np.float32]:
    """Coordinates, shape (N, 2), by UMAP (McInnes et al. 2018) on exact cosine neighbours, one thread, seeded."""
    if len(vectors) < FEWEST:
        return principal(vectors)
    from umap import UMAP  # compiles for seconds when imported

    index, cosine = nearest(vectors, NEIGHBOURS - 1)
    index = np.column_stack([np.arange(len(vectors)), index])  # each is its own first neighbour
    distance = np.column_stack([np.zeros(len(vectors)), 1 - cosine]).astype(np.float32)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="umap|sklearn")
        plane = UMAP(
            n_neighbors=index.shape[1],
            min_dist=0.3,
            metric="cosine",
            init="pca",
            random_state=seed % 2**32,
            n_jobs=1,
            precomputed_knn=(index, np.clip(distance, 0, 2), None),
        )
        return plane.fit_transform(vectors).astype(np.float32)


def principal(vectors: Vectors) -> NDArray[np.float32]:
    """First two principal components, shape (N, 2); each points to where its largest entry is positive."""
    centred = vectors.astype(np.float64) - vectors.mean(0, dtype=np.float64)
    left, size, _ = np.linalg.svd(centred, full_matrices=False)
    plane = np.zeros((len(vectors), 2))
    plane[:, : min(2, len(size))] = (left * size)[:, :2]
    peak = plane[np.abs(plane).argmax(0), [0, 1]]
    return (plane * np.where(peak < 0, -1, 1)).astype(np.float32)


def draw(
    plane: NDArray[np.float32],
    labels: list[str | None],
    file: Path | IO[bytes],
    title: str,
    quiet: Collection[str] = (),
) -> None:
    """Writes the map as PNG: one colour per label, largest first, crosses for faces without one.

    Args:
        plane: coordinates, shape (N, 2).
        labels: cluster or name of each face; None for none.
        title: above the map.
        quiet: labels that come last and in grey, as those of clusters among names.
    """
    from matplotlib import colormaps
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    names = sorted({name for name in labels if name}, key=lambda name: (name in quiet, -labels.count(name), name))
    of = np.array([name or "" for name in labels])
    x, y = plane[of == ""].T
    axes.scatter(x, y, s=10, color="0.75", marker="x", linewidths=0.8, label=f"none: {len(x)}")
    for n, name in enumerate(names):
        colour = "0.55" if name in quiet else colormaps["tab20"](n % 20)
        x, y = plane[of == name].T
        axes.scatter(x, y, s=14, color=colour, linewidths=0, label=f"{name}: {len(x)}")
        top = plane[of == name].mean(0)[0], plane[of == name].max(0)[1]
        axes.annotate(
            name, top, (0, 4), textcoords="offset points", fontsize=8, ha="center", va="bottom", parse_math=False
        )
    axes.set(title=title, xticks=[], yticks=[], xlabel="UMAP 1", ylabel="UMAP 2")
    handles, shown = axes.get_legend_handles_labels()
    box = axes.legend(handles[:25], shown[:25], loc="center left", bbox_to_anchor=(1, 0.5), fontsize=7, frameon=False)
    for text in box.get_texts():
        text.set_parse_math(False)
    if isinstance(file, Path):
        file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, format="png", metadata={"Software": None})

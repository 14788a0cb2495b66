"""The picture of coverage can be read, with one character and with fifty."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from dramatis.core.images import decode
from dramatis.selection.plot import draw, picture_of
from dramatis.selection.sizes import size_class

GOALS = {"close": 0.3, "medium": 0.3, "full": 0.25, "profile": 0.15}


def row(name, train, rng):
    def parted(*kinds):
        return dict(zip(kinds, rng.multinomial(train, rng.dirichlet(np.ones(len(kinds)))).tolist(), strict=True))

    return {
        "character": name,
        "size_class": size_class(train),
        "train": train,
        "validation": train // 5,
        "outfits": 12,
        "shots": 1234,
        "videos": 40,
        **parted("close", "medium", "full"),
        **parted("front", "three_quarter", "profile", "unsure"),
        **parted("dark", "normal", "bright"),
    }


def rows(count):
    rng = np.random.default_rng(count)
    names = ["a" * 64, "$x_1$ ünïcode", "0", *(f"person-{n:02d}" for n in range(count))][:count]
    return [row(name, int(rng.integers(0, 9000) ** rng.random()) if n else 0, rng) for n, name in enumerate(names)]


@pytest.mark.parametrize("count", [1, 2, 6, 50])
def test_no_words_lie_upon_others_or_outside(count):
    figure = picture_of(rows(count), GOALS)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    words = [*figure.texts]
    for axes in figure.axes:
        words += [*axes.texts, *(axes.get_yticklabels() if axes is figure.axes[0] else [])]
    boxes = [(word.get_text(), word.get_window_extent(canvas.get_renderer())) for word in words if word.get_text()]
    assert len(boxes) > 20
    for (a, one), (b, other) in combinations(boxes, 2):
        across = min(one.x1, other.x1) - max(one.x0, other.x0)
        down = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert across <= 0 or down <= 1, f"{a!r} and {b!r}"  # descenders may come near by a pixel
    for text, box in boxes:
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1, text


def test_nobody_makes_a_picture_too(tmp_path):
    draw([], {}, tmp_path / "a/coverage.png")
    assert decode((tmp_path / "a/coverage.png").read_bytes()).shape[1] == 1450


def test_the_same_bytes_again(tmp_path):
    for name in ("a", "b"):
        draw(rows(7), GOALS, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()

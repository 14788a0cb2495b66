from builders import frame_row, write

from dramatis.bench.subtitles import STYLES, figures, written
from dramatis.core.images import decode


def test_figures_of_a_small_film(tmp_path, monkeypatch):
    monkeypatch.delenv("DRAMATIS_MEDIA", raising=False)
    write(tmp_path / "frames/v", frames=[frame_row(n, shot=n // 3, width=480, height=270) for n in range(24)])
    got = figures(tmp_path)
    assert got["subtitle_false_films"] == 0
    assert got["subtitle_recall"] >= 0.9 and got["subtitle_precision"] >= 0.95 and got["subtitle_cut"] >= 0.95


def test_the_text_lies_in_the_rows_that_are_told():
    image = decode(frame_row()["image"])
    for style in STYLES.values():
        marked, (top, bottom) = written(image, "Where are we?", style)
        changed = (marked != image).any(axis=(1, 2)).nonzero()[0]
        assert top <= changed.min() + 1 and changed.max() <= bottom
        assert bottom < 60 if style.top else top > 120

"""How good the faces are: each measure over all faces, with its limits."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dramatis.core.tables import read_json, read_rows
from dramatis.report.html import Section, absent, tag, text

BINS, WIDTH, HEIGHT, FOOT = 36, 300, 110, 16


def quality(videos: Sequence[str], data: Path) -> Section:
    """A histogram for each measure: what is kept, and what its rule drops."""
    faces: list[dict[str, Any]] = []
    limits: dict[str, list[list[float | None]]] = {}
    for video in videos:
        table, limited = data / "quality" / video / "quality.parquet", data / "limits" / f"{video}.json"
        if table.is_file() and limited.is_file():
            faces += read_rows(table, f"quality@{video}")
            for measure, both in read_json(limited, f"quality@{video}").items():
                limits.setdefault(measure, []).append(both)
    if not faces:
        return absent("quality", "How good the faces are", "quality")
    kept = sum(face["rejected_by"] is None for face in faces)
    said = f"{kept} of {len(faces)} faces pass every rule. Red: those that a rule drops first. Lines: its limits."
    plots = []
    for measure, both in limits.items():
        values = [(face[measure], face["rejected_by"] == measure) for face in faces if face.get(measure) is not None]
        if values:
            bounds = sorted({limit for pair in both for limit in pair if limit is not None})
            plots.append(tag("div", histogram(measure, values, bounds)))
    dropped = {measure: sum(face["rejected_by"] == measure for face in faces) for measure in limits}
    html = tag("p", text(said), class_="hint") + tag("div", *plots, class_="plots")
    return Section("quality", "How good the faces are", html, {"faces": len(faces), "kept": kept, "dropped": dropped})


def histogram(name: str, values: Sequence[tuple[float, bool]], limits: Sequence[float]) -> str:
    """An SVG of how values are spread; heights by the square root, so that few faces are seen too.

    Args:
        values: each with whether the rule drops it.
        limits: only those near the values are drawn.
    """
    low, high = min(value for value, _ in values), max(value for value, _ in values)
    reach = (high - low) or 1.0
    shown = [limit for limit in limits if low - reach / 4 <= limit <= high + reach / 4]
    low, high = min([low, *shown]), max([high, *shown])
    width = (high - low) or 1.0
    bins = [[0, 0] for _ in range(BINS)]
    for value, dropped in values:
        bins[min(int((value - low) / width * BINS), BINS - 1)][dropped] += 1
    top = math.sqrt(max(sum(both) for both in bins))
    room = HEIGHT - FOOT - 20
    parts = []
    for n, both in enumerate(bins):
        base: float = HEIGHT - FOOT
        for count, kind in ((both[1], "out"), (both[0], "in")):
            if count:
                part = room * math.sqrt(sum(both)) / top * count / sum(both)
                x, w = WIDTH * n / BINS, WIDTH / BINS - 1
                parts.append(
                    f'<rect class="{kind}" x="{x:.1f}" y="{base - part:.1f}" width="{w:.1f}" height="{part:.1f}"/>'
                )
                base -= part
    for limit in shown:
        x = WIDTH * (limit - low) / width
        parts.append(f'<line class="limit" x1="{x:.1f}" x2="{x:.1f}" y1="18" y2="{HEIGHT - FOOT}"/>')
    out = sum(is_out for _, is_out in values)
    label = f"{name.replace('_', ' ')}: {out} of {len(values)} faces dropped"
    ends = (
        f'<text x="0" y="{HEIGHT - 3}">{low:.3g}</text><text x="{WIDTH}" y="{HEIGHT - 3}" class="end">{high:.3g}</text>'
    )
    head = f'<text x="0" y="12" class="title">{text(label)}</text>'
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg {size} role="img" aria-label="{text(label)}">{head}{"".join(parts)}{ends}</svg>'

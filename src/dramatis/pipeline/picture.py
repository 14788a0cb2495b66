"""The picture of the pipeline: stages top to bottom, one column for each way in which they fan out."""

from collections.abc import Collection, Mapping

from dramatis.pipeline.graph import Stage

COLUMNS = {
    "film.titles": ("sample film", "#fff3d6", "#c58a00"),
    "videos": ("each video", "#e3f0fb", "#2f77b5"),
    None: ("all together", "#ececf4", "#5b5b8a"),
    "runs": ("each run", "#e6f4e6", "#3b873b"),
    "stories": ("each story", "#fbe8ee", "#b0466b"),
}
"""Value of `foreach`: heading, fill and edge colour, from left to right."""

AMONG = {"regularization": None}
"""Values of `foreach` that have no column of their own, and whose they share: a few sources, read by all together."""

WIDTH, ROW, COLUMN, BOX_W, BOX_H, TOP = 950, 54, 190, 132, 32, 54
LANES, LANE, PORT = 5, 5, 6
"""Lines side by side between two columns, their distance, and how far below a box's middle they leave, or above end."""

Point = tuple[float, float]


def draw(stages: list[Stage], needs: Mapping[str, set[str]]) -> str:
    """An SVG of the stages.

    Args:
        stages: each after those that it needs.
        needs: for each stage the stages with an arrow to it.
    """
    row = _rows(stages, needs)
    column = {stage.name: list(COLUMNS).index(_column(stage)) for stage in stages}
    at = {name: (column[name] * COLUMN + COLUMN / 2, TOP + row[name] * ROW + BOX_H / 2) for name in row}
    height = TOP + (max(row.values()) + 1) * ROW
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#666"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for number, (heading, fill, _) in enumerate(COLUMNS.values()):
        left = number * COLUMN + 8
        lines.append(f'<rect x="{left}" y="8" width="{COLUMN - 16}" height="{height - 16}" rx="8" fill="{fill}"/>')
        lines.append(f'<text x="{left + COLUMN / 2 - 8}" y="30" text-anchor="middle" font-size="14">{heading}</text>')
    for name in row:
        lines += [_arrow(at[other], at[name], at.values()) for other in sorted(needs[name])]
    lines += [_box(stage, *at[stage.name]) for stage in stages]
    return "\n".join([*lines, "</svg>"]) + "\n"


def _column(stage: Stage) -> str | None:
    """The value of `foreach` in whose column a stage stands."""
    return AMONG.get(stage.each, stage.each) if stage.each else None


def _rows(stages: list[Stage], needs: Mapping[str, set[str]]) -> dict[str, int]:
    """The row of each stage: below all that it needs, in a row where its column is still free.

    A stage that needs none stands as low as it can above the first that needs it, out of the way of arrows.
    """
    row: dict[str, int] = {}
    taken: set[tuple[str | None, int]] = set()
    for stage in stages:
        place = 1 + max((row[other] for other in needs[stage.name]), default=-1)
        while (_column(stage), place) in taken:
            place += 1
        row[stage.name] = place
        taken.add((_column(stage), place))
    taken |= {(_column(reader), row[name]) for reader in stages for name in needs[reader.name]}
    for stage in stages:
        readers = [row[name] for name in needs if stage.name in needs[name]]
        if not needs[stage.name] and readers:
            free = {place for place in range(min(readers)) if (_column(stage), place) not in taken}
            row[stage.name] = max(free, default=row[stage.name])
    return row


def _box(stage: Stage, x: float, y: float) -> str:
    edge = COLUMNS[_column(stage)][2]
    return (
        f'<rect x="{x - BOX_W / 2}" y="{y - BOX_H / 2}" width="{BOX_W}" height="{BOX_H}" rx="6" fill="#fff" '
        f'stroke="{edge}" stroke-width="1.5"/>'
        f'<text x="{x}" y="{y + 5}" text-anchor="middle" font-size="15" fill="#222">{stage.name}</text>'
    )


def _arrow(start: Point, end: Point, boxes: Collection[Point]) -> str:
    """A line down to the next box of a column, past those between at their left, or by a gutter into another column.

    Args:
        start: middle of the box that it comes from.
        end: of that with its tip.
        boxes: of all.
    """
    (x0, y0), (x1, y1) = start, end
    if x0 == x1 and y1 - y0 == ROW:
        path = f"M{x0} {y0 + BOX_H / 2} L{x1} {y1 - BOX_H / 2}"
    elif x0 == x1:
        edge = x0 - BOX_W / 2
        path = f"M{edge} {y0} C{edge - 24} {y0} {edge - 24} {y1} {edge} {y1}"
    else:
        side = 1 if x1 > x0 else -1
        first, last = x0 + side * COLUMN / 2, x1 - side * COLUMN / 2
        gutter = min((last, first), key=lambda x: _crossed(boxes, y0, x0, x) + _crossed(boxes, y1, x, x1))
        gutter += (y0 / ROW % LANES - LANES // 2) * LANE  # lines of one box run together, those of others beside them
        out, into = y0 + PORT, y1 - PORT
        turn = min(8, abs(into - out) / 2)
        across, down = side * turn, turn if into > out else -turn
        path = (
            f"M{x0 + side * BOX_W / 2} {out} H{gutter - across:g} Q{gutter:g} {out} {gutter:g} {out + down:g} "
            f"V{into - down:g} Q{gutter:g} {into} {gutter + across:g} {into} H{x1 - side * BOX_W / 2}"
        )
    return f'<path d="{path}" fill="none" stroke="#666" stroke-width="1.5" marker-end="url(#tip)"/>'


def _crossed(boxes: Collection[Point], y: float, x0: float, x1: float) -> int:
    """Boxes that a level line between two places would run behind, those at its ends not counted."""
    return sum(other == y and min(x0, x1) < x < max(x0, x1) for x, other in boxes)

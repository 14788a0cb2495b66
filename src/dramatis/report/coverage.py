"""What the dataset covers: views, sizes, light, outfits, words, and what it lacks; and pictures of it."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dramatis.core.images import decode
from dramatis.core.tables import read_rows
from dramatis.report.html import Section, absent, picture, table, tag, text
from dramatis.report.origins import Node, Origins
from dramatis.report.paint import uri

GROUPS = {
    "cut": ("head", "upper", "full_stage"),
    "distance": ("close", "medium", "full"),
    "turn": ("front", "three_quarter", "profile", "unsure"),
    "light": ("dark", "normal", "bright"),
}
"""Columns of the table of coverage that add up to the training crops."""
UNKNOWN = "unsure"
"""Nothing that could be lacking."""
WORDS = {"full_stage": "full", "three_quarter": "three-quarter"}
TAGS, PICTURES, ALL_PICTURES, SIDE_PX = 14, 6, 72, 128
COLUMNS = ["id", "caption", "character", "outfit", "outfit_name", "stage", "origin", "video", "shot"]
Row = dict[str, Any]
Trace = Callable[[str], Node]
"""The history of a picture by its id."""


def coverage(data: Path, display: dict[str, str]) -> Section:
    """A row of bars for each character, with advice, outfits and words."""
    file = data / "selection" / "coverage.parquet"
    if not file.is_file():
        return absent("coverage", "What the dataset covers", "selection")
    rows = read_rows(file, "selection")
    crops = [row for row in dataset_rows(data) if row["origin"] == "crop"]
    parts, told = [], []
    for row in rows:
        own = [crop for crop in crops if crop["character"] == row["character"]]
        outfits = Counter(crop["outfit_name"] or crop["outfit"] or "not known" for crop in own)
        words = words_of(own, data)
        parts.append(_card(row, display.get(row["character"], row["character"]), outfits, words))
        told.append({**row, "worn": dict(outfits.most_common()), "words": dict(words)})
    return Section("coverage", "What the dataset covers", tag("div", *parts, class_="cards"), told)


def dataset_rows(data: Path) -> list[Row]:
    """Rows of the training split of the characters, without pictures; empty if there is no dataset."""
    files = sorted((data / "dataset" / "characters" / "train").glob("*.parquet"))
    return [row for file in files for row in read_rows(file, "dataset", COLUMNS)]


def words_of(crops: Sequence[Row], data: Path) -> list[tuple[str, int]]:
    """The commonest automatic words in the captions of crops."""
    wanted = {crop["id"] for crop in crops}
    found: Counter[str] = Counter()
    for video in sorted({crop["video"] for crop in crops}):
        file = data / "captions" / f"{video}.parquet"
        for row in read_rows(file, "caption", ["id", "tags"]) if file.is_file() else []:
            if row["id"] in wanted:
                found.update(row["tags"])
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))[:TAGS]


def _card(row: Row, name: str, outfits: Counter[str], words: Sequence[tuple[str, int]]) -> str:
    bars = "".join(tag("dt", text(group)) + tag("dd", _bar(row, columns)) for group, columns in GROUPS.items())
    said = f"{row['train']} to train, {row['validation']} held out, {row['left_out']} left out"
    parts = [tag("h3", text(name)), tag("p", text(said), class_="soft"), tag("dl", bars)]
    if row["advice"]:
        parts.append(tag("ul", *(tag("li", text(line)) for line in row["advice"]), class_="advice"))
    if outfits:
        worn = ", ".join(f"{outfit} {count}" for outfit, count in outfits.most_common())
        parts.append(tag("p", tag("b", "outfits "), text(worn), class_="soft"))
    if words:
        chips = "".join(tag("span", text(word), " ", tag("small", str(count))) for word, count in words)
        parts.append(tag("p", chips, class_="words"))
    return tag("article", *parts, class_="card")


def _bar(row: Row, columns: Sequence[str]) -> str:
    total = sum(row[column] for column in columns) or 1
    pieces = [
        f'<i class="p{n}" style="width:{100 * row[column] / total:.2f}%"></i>' for n, column in enumerate(columns)
    ]
    said = [
        tag("span", f'<i class="p{n}"></i>', _said(WORDS.get(column, column), row[column]))
        for n, column in enumerate(columns)
        if row[column] or column != UNKNOWN
    ]
    return tag("div", *pieces, class_="bar", aria_hidden="true") + tag("div", " · ".join(said), class_="soft")


def dataset(data: Path, display: dict[str, str], trace: Trace, origins: Origins) -> Section:
    """How many rows each part has, why pictures were left out, and some of them with captions."""
    folder = data / "dataset"
    files = sorted(folder.glob("*/*/*.parquet"))
    if not files:
        return absent("dataset", "The dataset", "dataset")
    counts: dict[str, Counter[str]] = {}
    for file in files:
        config, split = file.parts[-3:-1]
        counts.setdefault(config, Counter())[split] += pq.read_metadata(file).num_rows
    splits = sorted({split for found in counts.values() for split in found})
    rows = [[text(config), *(str(found[split]) for split in splits)] for config, found in sorted(counts.items())]
    parts = [table(["part", *splits], rows, "Rows of each part")]
    left = folder / "left_out.parquet"
    reasons = Counter(row["reason"] for row in read_rows(left, "dataset", ["reason"])) if left.is_file() else Counter()
    if reasons:
        lines = [
            [text(reason), str(count)] for reason, count in sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
        ]
        parts.append(table(["left out because of", "pictures"], lines, "What is in no split, and why"))
    parts = [tag("div", *parts, class_="beside"), *_pictures(data, display, trace, origins)]
    return Section("dataset", "The dataset", "".join(parts), {"rows": counts, "left_out": reasons})


def spread(rows: Sequence[Row], most: int) -> list[Row]:
    """Rows evenly apart, of all stages."""
    order = sorted(rows, key=lambda row: (row["stage"], row["id"]))
    return [order[round(n * (len(order) - 1) / max(most - 1, 1))] for n in range(most)] if len(order) > most else order


def _pictures(data: Path, display: dict[str, str], trace: Trace, origins: Origins) -> list[str]:
    rows = [row for row in dataset_rows(data) if row["origin"] == "crop"]
    characters = sorted({row["character"] for row in rows if row["character"]})
    most = min(PICTURES, ALL_PICTURES // max(len(characters), 1))
    parts = []
    for character in characters:
        chosen = {row["id"]: row for row in spread([row for row in rows if row["character"] == character], most)}
        images = _images(data, chosen)
        figures = []
        for key, row in chosen.items():
            small = uri(decode(images[key], key), SIDE_PX)
            figures.append(picture(small, row["caption"], origins.add(f"row {key}", trace(key)), text(row["caption"])))
        if figures:
            name = display.get(character, character)
            parts.append(tag("h3", text(name)) + tag("div", *figures, class_="captioned"))
    return parts


def _images(data: Path, wanted: dict[str, Row]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for video in sorted({row["video"] for row in wanted.values()}):
        file = data / "dataset" / "characters" / "train" / f"{video}.parquet"
        rows = pq.read_table(file, columns=["id", "image"], filters=[("id", "in", sorted(wanted))]).to_pylist()
        found |= {row["id"]: row["image"]["bytes"] for row in rows}
    return found


def _said(name: str, count: int) -> str:
    said = text(f"{name} {count}")
    return said if count else tag("span", said, class_="lacks")

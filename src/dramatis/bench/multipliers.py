"""`python -m dramatis.bench.multipliers`: what each scheme makes of a show of 50 people; writes docs/multipliers.md."""

from collections.abc import Sequence
from pathlib import Path

from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.dataset.params import DatasetParams, Multipliers
from dramatis.dataset.plan import per_epoch

OUT = Path("docs/multipliers.md")
CHARACTERS = 50
SCHEMES = ("balanced", "per_subject", "hierarchical")
STAGES = ("head", "head", "head", "upper", "full")
"""Of the crops of a character, in turns."""
HEADER = """\
# Multipliers: how often a picture is seen

Written by `python -m dramatis.bench.multipliers`, with the values of `dataset.multipliers` in `params.yaml`.

A few people fill most of a show. Trained on as they come, the rest would be forgotten; shown equally often, three
pictures of somebody would be known by heart. `data/dataset/plan.parquet` says of every training picture how often it is
seen in an epoch (`per_epoch`, a real number), and training draws by it. Three schemes:

- `balanced`: every character as often as every other, and a picture once on average. For a few characters.
- `per_subject`: of a character so many pictures in an epoch as `per_subject` says, by how many there are. This is how
  50 people of Game of Thrones were trained: 40 pictures of a person in an epoch for those with many, 8 or 4 for the
  rest; in a second phase 30, and 8 or 4; in a third 8, and 4 or 2. From how many pictures a person had many was not
  told; the numbers here are ours. Variants in other light are not counted, but share in what is seen.
- `hierarchical`: weights down a tree (configuration, character, stage). The chance of a picture is the product of each
  node's weight over the sum of those beside it, over the pictures in the last node; the rarest picture is seen once.
  From anime2sd, whose `multiply.txt` this is.

No scheme shows a picture more often than `largest`; below, that is why `hierarchical` stays far from equal shares. Then
`characters` and `sets` multiply; of class pictures the `multiplier` of their source does.

## A show of 50 characters

Of the n-th character there are 900 / n^1.3 crops, three fifths of them heads, one fifth upper bodies, one fifth full
bodies. Each pair of columns: crops of the character that an epoch shows, and how often it shows one of them on average.
"""


def counts() -> list[int]:
    """Crops of each character, most first."""
    return [round(900 / n**1.3) for n in range(1, CHARACTERS + 1)]


def seen(sizes: Sequence[int], params: Multipliers) -> list[float]:
    """Of each character, how many pictures an epoch shows."""
    rows = [
        {"config": "characters", "character": f"c{n:02d}", "stage": STAGES[k % len(STAGES)], "origin": "crop"}
        for n, size in enumerate(sizes)
        for k in range(size)
    ]
    values = iter(per_epoch(rows, {}, params))
    return [sum(next(values) for _ in range(size)) for size in sizes]


def page(params: Multipliers) -> str:
    """Markdown."""
    sizes = counts()
    found = {scheme: seen(sizes, params.model_copy(update={"scheme": scheme})) for scheme in SCHEMES}
    heads = [part for scheme in SCHEMES for part in (f"`{scheme}`", "each")]
    lines = [HEADER, f"| character | crops | {' | '.join(heads)} |", "|---" * (2 + len(heads)) + "|"]
    for n, size in enumerate(sizes):
        cells = [part for scheme in SCHEMES for part in (f"{found[scheme][n]:.0f}", f"{found[scheme][n] / size:.2g}")]
        lines.append(f"| {n + 1} | {size} | {' | '.join(cells)} |")
    sums = [part for scheme in SCHEMES for part in (f"{sum(found[scheme]):.0f}", "")]
    return "\n".join([*lines, f"| all | {sum(sizes)} | {' | '.join(sums)} |", ""])


def main() -> None:
    """Writes the page."""
    OUT.write_text(page(load_params("dataset", DatasetParams).multipliers), encoding="utf-8")


if __name__ == "__main__":
    with one_line_errors():
        main()

"""`docs/identity.md`: the figures with their bars, each film, and the clustering beside its alternatives."""

from collections.abc import Mapping
from typing import Any

from dramatis.bench.banks import CASES
from dramatis.bench.bars import bar_lines, least, most, shown

HEADER = """\
# Who is who: what is measured

Written by `make benchmark-identity`; a figure that misses its bar says so. Times are ratios within one run. Real clips
are those of the test media (a clip of five people in twenty shots, labelled faces of eight people, a clip of anime
sprites, HDR copies of a film). Films are sample films of seeds that no value was chosen on; the worst of them counts.
"""


BARS = {
    "film_ari": least(0.97, "adjusted Rand index of clusters, films"),
    "film_strangers_merged": most(0, "strangers taken into somebody's cluster, films"),
    "signers_ari": least(0.97, "adjusted Rand index, five people signing"),
    "cc_by_faces_ari": least(0.93, "adjusted Rand index, faces as a folder of pictures"),
    "anime_ari": least(0.95, "adjusted Rand index, anime sprites"),
    "unrelated_characters": most(0, "characters among 300 unrelated people"),
    "outfit_ari": least(0.9, "adjusted Rand index of outfits, films"),
    "outfits_false": most(0, "outfits that nobody wears, all films"),
    "idf1": least(0.95, "IDF1 of tracks, films"),
    "track_pairs": least(0.95, "pairs of faces rightly in one track or in two, films"),
    "naming_precision": least(0.99, "precision of names by 3 references, films and clip"),
    "naming_recall": least(0.95, "recall of names by 3 references"),
    "naming_precision_half": least(0.99, "precision if half of the cast has no reference"),
    "blur_spearman": least(0.9, "rank correlation of estimated and true blur"),
    "blur_auc": least(0.97, "sharp faces against those blurred by 4 % of their width"),
    "hdr10_cosine": least(0.86, "faces of HDR10 against SDR, at the same places"),
    "hdr10_cosine_found_anew": least(0.86, "the same, found anew"),
    "hlg_cosine": least(0.95, "faces of HLG against SDR, at the same places"),
    "hlg_cosine_found_anew": least(0.95, "the same, found anew"),
    "decode_ratio": least(0.85, "speed of decoding and shots, to `ffmpeg -f null`"),
    "analysis_ratio": least(0.7, "the same with hashes and sharpness"),
    "write_ratio": least(0.8, "speed of writing frames, to bare `cv2.imencode`"),
    "detect_ratio": least(0.85, "speed of detection, to the bare model"),
    "embed_ratio": least(0.85, "speed of embedding, to the bare model"),
    "scale_ratio": most(0.25, "time to cluster 50,000 faces, to their exact neighbours alone"),
    "scale_gb": most(1, "memory of that [GB]"),
    "scale_ari": least(0.97, "adjusted Rand index of that, 2 % of the tracks impure"),
    "scale_merged": most(1, "identities merged in that"),
    "million_minutes": most(15, "time to cluster a million faces [min]"),
    "million_gb": most(4, "memory of that [GB]"),
}
"""Every figure that has a bar, in the order of the pipeline's questions."""
FILM_COLUMNS = (
    "cluster.ari",
    "cluster.strangers_merged",
    "cast.naming_precision",
    "cast.naming_recall",
    "detect.idf1",
    "detect.track_pairs",
    "outfit.ari",
)


def page(found: Mapping[str, Any]) -> str:
    """Markdown."""
    lines = [HEADER, *bar_lines(BARS, found)]
    lines += ["", "## Each film", "", f"| `film.seed` | {' | '.join(f'`{name}`' for name in FILM_COLUMNS)} |"]
    lines.append("|---" * (len(FILM_COLUMNS) + 1) + "|")
    for seed, row in sorted(found["films"].items(), key=lambda item: int(item[0])):
        lines.append(f"| {seed} | {' | '.join(shown(row.get(name)) for name in FILM_COLUMNS)} |")
    lines += ["", "## Backends", "", BACKENDS, "| clip | stage | backend | right | times |", "|---|---|---|---|---|"]
    for row in found["backends"]:
        right = f"recall {shown(row['recall'])}, precision {shown(row['precision'])}" if "recall" in row else ""
        right = right or f"AUC {shown(row['auc'])}"
        lines.append(f"| {row['clip']} | {row['stage']} | {row['backend']} | {right} | {row['times']:.1f} |")
    lines += ["", "## Ways to cluster", "", CLUSTERING, "| bank | way | CPU s | GB | ARI | merged | unassigned |"]
    lines.append("|---|---|---|---|---|---|---|")
    for bank, case in CASES.items():
        for way in case.methods:
            row = found["table"][bank][way]
            cells = (f"{row['seconds']:.2f}", f"{row['gb']:.2f}", f"{row['ari']:.3f}", f"{row['merged']:.0f}")
            lines.append(f"| {bank} | {way} | {' | '.join(cells)} | {row['unassigned']:.2f} |")
    return "\n".join([*lines, "", NAMING])


BACKENDS = """\
On labelled pictures (`src/dramatis/bench/backends.py`), pictures of real people and anime sprites to all alike, so that
one sees what each is for. Recall and precision are of faces; the AUC tells pairs of one person from pairs of two.
`times` is how much longer it takes than the quickest of its group.
"""
CLUSTERING = """\
Synthetic banks of identity vectors (`src/dramatis/bench/bank.py`): people of Zipf sizes in tracks of 3 to 15 faces, a
tenth of the faces hard, 5 % strangers, five pairs of look-alikes. `ours` is stage `cluster`, `ours_hdbscan` the same
with `cluster.method: hdbscan`, `exact_neighbours` no clustering at all but the yardstick of time. `merged` counts
people who share their main cluster with a bigger one, `unassigned` is the share of faces in no cluster. `optics` and
`umap_hdbscan` are what other tools for this do.
"""
NAMING = """\
## How many references

![Precision and recall of names by 1, 3 and 10 references](naming.png)
"""

"""Table of stage `panels`: one row per panel of a story."""

import pyarrow as pa

from dramatis.core.tables import column

PANELS = pa.schema(
    [
        column("panel_id", pa.string(), "Key: `<story>-<scene:02d>`."),
        column("scene", pa.int32(), "Number of the scene in the storyboard, from 1."),
        column("image", pa.binary(), "The picture, PNG, RGB."),
        column("caption", pa.string(), "What the reader reads below it."),
        column("characters", pa.list_(pa.string()), "Keys of those who are asked for, left to right."),
        column("found", pa.list_(pa.string()), "Nearest of the cast of each face that is seen, left to right."),
        column("seed", pa.int64(), "Seed of the noise."),
        column("tries", pa.int32(), "Pictures that were drawn for it; the best stands here."),
        column("right", pa.float64(), "Share of the asked characters that are found, each once [0..1]."),
        column("placed", pa.bool_(), "Whether all are found, each on their side."),
        column("strangers", pa.int32(), "Faces that nobody asked for."),
        column("agreement", pa.float64(), "Share of the prompt's tags that are read; null if none is known.", True),
        column("flag", pa.string(), "Why a person should look at it; null if nothing is amiss.", nullable=True),
        column("recipe", pa.string(), "Everything that decides the picture, JSON; see `core.recipe.Recipe`."),
    ]
)
"""`data/panels/<story>/panels.parquet`."""

"""Stage `render`: the panels of one story as a strip, a document, a page and a clip."""

import os
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: threads that spin are 30 times slower if busy

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as name:
        from dramatis.core.params import load_params
        from dramatis.core.stories import load_story
        from dramatis.render.params import RenderParams
        from dramatis.render.run import run

        run(
            name,
            load_params("render", RenderParams),
            storyboard=Path(f"data/storyboards/{name}.json"),
            panels=Path(f"data/panels/{name}/panels.parquet"),
            out=Path(f"data/stories/{name}"),
            order=load_story(name).order,
        )

"""Stage `panels`: draw the pictures of one story, and say whether everybody is who they should be."""

import os
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: threads that spin are 30 times slower if busy

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as name:
        from dramatis.core.stories import load_story
        from dramatis.panels.run import run
        from dramatis.panels.settings import load_settings

        run(
            name,
            load_story(name),
            load_settings(),
            storyboard=Path(f"data/storyboards/{name}.json"),
            dataset=Path("data/dataset"),
            players=Path(f"data/players/{name}.json"),
            models=Path("models"),
            out=Path(f"data/panels/{name}"),
            metrics=Path(f"metrics/story/{name}.json"),
        )

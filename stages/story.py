"""Stage `story`: make scenes of one line of text, or take those that a person wrote."""

from pathlib import Path

from dramatis.core.stage import stage

if __name__ == "__main__":
    with stage() as name:
        from dramatis.backends.tag import TagChoice
        from dramatis.core.params import Key, load_params
        from dramatis.core.runs import Run
        from dramatis.core.stories import load_story
        from dramatis.story.material import Settings, Sources
        from dramatis.story.params import Limits, StoryParams
        from dramatis.story.run import run

        run(
            name,
            load_story(name),
            Settings(
                load_params("story", StoryParams),
                load_params("caption", Limits),
                load_params("tag", TagChoice),
                load_params("runs", dict[Key, Run]),
            ),
            Sources(
                cast=Path("data/cast/characters.parquet"),
                dataset=Path("data/dataset"),
                own=Path("stories"),
            ),
            out=Path(f"data/storyboards/{name}.json"),
        )

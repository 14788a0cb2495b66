"""Stage `story`: the storyboard of one story, by a person or by a writer."""

from pathlib import Path

from dramatis.backends.writers import Task, load_writer
from dramatis.core.stories import STORIES, Story
from dramatis.core.storyboard import Storyboard
from dramatis.core.tables import write_json
from dramatis.story.answers import FOLDER, Answers
from dramatis.story.material import Material, Settings, Sources, gather
from dramatis.story.names import with_keys
from dramatis.story.own import read_own
from dramatis.story.write import write


def run(name: str, story: Story, settings: Settings, sources: Sources, *, out: Path) -> None:
    """Writes the storyboard of a story.

    Args:
        name: of the story.
        story: its entry of `stories`.
        settings: the rest of `params.yaml` that decides it.
        sources: cast, dataset, and the folder of people's storyboards.
        out: file to write.

    Raises:
        ParameterError: somebody is not trained, a run is unknown, or a person's storyboard is at fault.
        InputError: the writer fails, or what the story is made from is missing.
    """
    write_json(storyboard(name, story, settings, sources).model_dump(mode="json"), out)


def storyboard(name: str, story: Story, settings: Settings, sources: Sources) -> Storyboard:
    """The storyboard of a story: that of a person, `<name>.yaml`, or else what a writer makes of its line.

    Raises: as `run`.
    """
    place = f"{STORIES}.{name}"
    material = gather(story, settings, sources, place)
    own = sources.own / f"{name}.yaml"
    if own.is_file():
        return read_own(own, story, material, settings.limits)
    return written(place, story, settings, sources, material)


def written(place: str, story: Story, settings: Settings, sources: Sources, material: Material) -> Storyboard:
    """What a writer makes of the line of a story.

    Args:
        place: what to name in errors, such as `stories.lost`.
    """
    line, actors = with_keys(story.line, material.actors, place)
    backend = story.writer or settings.story.writer
    writer = load_writer(backend, getattr(settings.story, backend))
    task = Task(line, story.panels, actors, story.style, story.place, story.seed, material.known)
    answers = Answers(sources.own / FOLDER)
    draft = write(backend, writer, task, settings.limits, settings.story.tries, answers)
    cast = {key: material.runs[key] for key in actors}
    return Storyboard(title=draft.title, line=line, style=story.style, cast=cast, scenes=draft.scenes)

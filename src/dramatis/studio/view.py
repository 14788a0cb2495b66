"""What the page of stories is told of one story, as plain values."""

from typing import Any

from dramatis.core.recipe import Edit, Recipe
from dramatis.core.stories import Story
from dramatis.core.storyboard import Scene
from dramatis.studio.stories import SETTINGS, Row, Stories


def about_story(stories: Stories, name: str) -> dict[str, Any]:
    """A story: its settings, its scenes in the order in which they are rendered, and what is made of it."""
    story, board = stories.stories[name], stories.boards.get(name)
    scenes = list(enumerate(board.scenes, 1)) if board else []
    count = len(scenes)
    order = [number for number in story.order or range(1, count + 1) if number <= count]
    return {
        "name": name,
        "settings": {key: getattr(story, key) for key in SETTINGS},
        "title": board.title if board else "",
        "own": name in stories.own,
        "order": order,
        "scenes": {number: about_scene(stories, name, number, scene) for number, scene in scenes},
        "made": stories.made(name),
        "version": stories.version,
    }


def about_scene(stories: Stories, name: str, number: int, scene: Scene) -> dict[str, Any]:
    """A scene: its texts, its panel if that is drawn, and what a person decided about it."""
    story, row = stories.stories[name], stories.panels.get(name, {}).get(number)
    edits, picked = story.edits.get(number, []), story.picked.get(number)
    return {
        "number": number,
        "prompt": scene.prompt,
        "caption": scene.caption,
        "who": ", ".join(one.name for one in scene.characters) or "nobody",
        "drawn": row is not None,
        "flag": row["flag"] if row else None,
        "seed": row["seed"] if row else None,
        "picked": picked,
        "edits": [said_edit(edit) for edit in edits],
        "pose": story.poses.get(number),
        "pending": row is not None and is_pending(row, scene, story, number),
    }


def is_pending(row: Row, scene: Scene, story: Story, number: int) -> bool:
    """Whether a panel was drawn before something that a person decided about it."""
    drawn = Recipe.model_validate_json(row["recipe"])
    now = scene.prompt, scene.caption, story.edits.get(number, []), story.poses.get(number)
    then = drawn.prompt, row["caption"], drawn.edits, drawn.control.image if drawn.control else None
    return now != then or story.picked.get(number) not in (None, drawn.seed)


def said_edit(edit: Edit) -> str:
    """A change in words."""
    if edit.kind == "replace":
        return f"{edit.word} → {edit.by}"
    if edit.kind == "reweight":
        return f"{edit.word} × {edit.weight:g}"
    return f"{edit.kind}: {edit.by or edit.prompt or ''}".strip()

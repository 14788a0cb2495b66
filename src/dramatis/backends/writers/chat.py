"""What language models are asked: the same words for a server and for a model on this machine."""

import json
from collections.abc import Sequence
from typing import Any

from dramatis.backends.writers import Attempt, Draft, Task

MOST_WORDS = 150
"""Words of captions that a model is told of each character."""
MOST_BACK = 6000
"""Characters of a faulty answer that go back to the model."""
_SYSTEM = (
    "You write storyboards for comics whose panels an image model draws. You answer with one JSON object and nothing "
    "else: no explanation, no Markdown. The same people wear the same clothes in every panel; a thing that was there "
    "stays with whoever has it; the place changes only when the story says so; framings vary. Prompts are lists of "
    "short words parted by commas, as in picture tags, not sentences. Captions are short sentences for the reader, in "
    "the language of the story."
)
_LIMITS = ("maxLength", "minLength", "pattern", "title", "default", "description")
"""Keys of the schema that servers which compile it choke on, or that say nothing to them."""


def schema_of(task: Task) -> dict[str, Any]:
    """JSON schema of the answer: of a `Draft` with so many scenes, and no other people than those of the task."""
    schema: dict[str, Any] = _plain(Draft.model_json_schema())
    scenes = schema["properties"]["scenes"]
    scenes["minItems"] = scenes["maxItems"] = task.panels
    schema["$defs"]["Person"]["properties"]["name"] = {"type": "string", "enum": list(task.actors)}
    return schema


def _plain(value: Any) -> Any:
    """A schema without limits, every property of which is required, as strict servers want it."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {
        key: {name: _plain(item) for name, item in inner.items()} if key in ("properties", "$defs") else _plain(inner)
        for key, inner in value.items()
        if key not in _LIMITS
    }
    if "properties" in made:
        made["required"] = list(made["properties"])
    return made


def messages_of(task: Task, earlier: Sequence[Attempt]) -> list[dict[str, str]]:
    """The conversation: what is wanted, then each faulty answer with what is wrong with it."""
    said = [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _wanted(task)}]
    for attempt in earlier:
        said.append({"role": "assistant", "content": attempt.answer[:MOST_BACK]})
        again = f"That cannot be used: {attempt.fault}. Answer again with the whole corrected JSON object alone."
        said.append({"role": "user", "content": again})
    return said


def _wanted(task: Task) -> str:
    lines = [
        f"Story: {task.line}",
        f"Write exactly {task.panels} scenes that tell it from beginning to end.",
        "Characters; use their key as `name`, and begin the prompt with the trigger word of each who is seen:",
    ]
    for actor in task.actors.values():
        often = ", ".join(actor.places[:MOST_WORDS])
        wears = f"; wears: {actor.outfit}" if actor.outfit else ""
        lines.append(f"- key {actor.key}, trigger {actor.trigger}, called {actor.name}{wears}; seen with: {often}")
    lines += [f"All of it happens here: {task.place}"] if task.place else []
    lines += [
        "framing is close (a head), medium (upper body), full (whole figure) or wide; side is left, middle or right, "
        "and everybody in a scene has another.",
        f"JSON schema of the answer: {json.dumps(schema_of(task), ensure_ascii=False)}",
    ]
    return "\n".join(lines)

"""The model card: what was trained, how well it does, how to load it."""

from collections.abc import Mapping
from typing import Any

import yaml

Facts = Mapping[str, Any]

LEGEND = """\
Recscore: share of pairs of a preview and a held-out picture that an embedder takes for one character, against what
held-out pictures reach among themselves. Identified: share of previews that are nearest to the one asked for among the
whole cast. Prompt control: share of the other words of the prompt that a tagger reads."""


def card(run: Facts, score: Facts, license: str | None) -> str:
    """The card as Markdown with the front matter that model hubs read.

    Args:
        run: `run.json` of the run.
        score: its metrics.
        license: SPDX id, or None to say nothing.
    """
    name, characters = run["run"], run["characters"]
    front = {
        "base_model": run["base"],
        "library_name": "diffusers",
        "tags": ["text-to-image", "stable-diffusion", run["method"]],
        "instance_prompt": ", ".join(about["trigger"] for about in characters.values()),
    } | ({"license": license} if license else {})
    low, high = score["interval"]
    return "\n".join(
        [
            "---",
            yaml.safe_dump(front, sort_keys=True, allow_unicode=True).strip(),
            "---",
            f"# {name}",
            "",
            f"A {run['method']} adapter for `{run['base']}` that draws {_and(list(characters))}: "
            f"step {score['best_step']} of {run['params']['steps']}.",
            "",
            *_table(
                ["character", "trigger word", "training pictures"],
                [[f"`{key}`", f"`{about['trigger']}`", about["pictures"]] for key, about in characters.items()],
            ),
            "",
            f"Regularization pictures: {run['regularization']}. The text encoder is read "
            + (f"at layer {run['clip_skip']} from the last." if run["clip_skip"] else "at its last layer."),
            "",
            "## How well",
            "",
            f"Recscore {score['recscore']:.2f} [{low:.2f}, {high:.2f}]; the bare base has {score['base_recscore']:.2f} "
            f"on the same prompts and seeds. {score['reason']}",
            "",
            *_table(
                ["character", "recscore", "interval", "base", "identified", "prompt control"],
                [
                    [
                        f"`{key}`",
                        _number(one["recscore"]),
                        "{:.2f} to {:.2f}".format(*one["interval"]),
                        _number(one["base_recscore"]),
                        _number(one["identified"]),
                        _number(one["control"]),
                    ]
                    for key, one in score["by_character"].items()
                ],
            ),
            "",
            LEGEND,
            "",
            *_second(score),
            *_loading(run, name),
        ]
    )


def _second(score: Facts) -> list[str]:
    if "second" not in score:
        return []
    other = score["second"]
    return [
        f"In the eyes of a second embedder (`{other['weights']}`), which had no part in the choice: recscore "
        f"{other['recscore']:.2f}, base {other['base_recscore']:.2f}, identified {other['identified']:.2f}.",
        "",
    ]


def _loading(run: Facts, name: str) -> list[str]:
    trigger = next(iter(run["characters"].values()))["trigger"]
    return [
        "## How to load it",
        "",
        "```python",
        "from diffusers import StableDiffusionPipeline",
        "",
        f'pipeline = StableDiffusionPipeline.from_pretrained("{run["base"]}")',
        f'pipeline.load_lora_weights("models/release/{name}", weight_name="pytorch_lora_weights.safetensors")',
        f'pipeline("{trigger}, 1person, head").images[0].save("{name}.png")',
        "```",
        "",
        f"`{name}.safetensors` is the same adapter in the keys of sd-scripts, for other programs.",
        "",
    ]


def _table(head: list[str], rows: list[list[Any]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

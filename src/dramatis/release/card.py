"""The model card: what was trained, how well it does, where it fails, how to load it."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from dramatis.core.runs import Fuse
from dramatis.release.loading import loading
from dramatis.release.picture import GRID

Facts = Mapping[str, Any]

LEGEND = """\
Recscore: share of pairs of a preview and a held-out picture that an embedder takes for one character, against what
held-out pictures reach among themselves. Identified: share of previews that are nearest to the one asked for among the
whole cast. Prompt control: share of the other words of the prompt that a tagger reads. Copy risk: chance that a preview
lies nearer to a training picture than to a held-out one; 0.5 copies nothing. Of several characters the worst counts."""
KINDS = {
    "lora": "A LoRA",
    "loha": "A LoHa",
    "lokr": "A LoKr",
    "dreambooth": "A DreamBooth model",
    "textual_inversion": "An embedding (textual inversion)",
    "controlnet": "A ControlNet",
}
LEARNED = {"textual_inversion": ("embedding",), "controlnet": ("controlnet",)}
"""Parts whose learning rates count, where they are not UNet and text encoder."""
MEASURES = (
    "recscore",
    "identified",
    "identified_strangers",
    "control",
    "copy_risk",
    "diversity",
    "leaks",
    "pose_error",
    "style_gain",
)
"""What is told of the whole run, where it was measured."""
SETTINGS = ("steps", "epochs", "batch_size", "resolution_px", "seed", "precision")
LOW_RECSCORE, LOW_IDENTIFIED, CONTROL_LOSS, FEW_PICTURES = 0.6, 0.85, 0.1, 20
"""What is named as a limit: below these, or so far below the base; fewer pictures than that."""
MUCH = {
    "copy_risk": (
        0.75,
        "It repeats some training pictures: a preview lies nearer to one than to a held-out picture with a chance of "
        "{:.0%}; 50% copies nothing.",
    ),
    "leaks": (0.1, "{:.0%} of the previews of one character show a second figure or a seam."),
}
"""What is named from which share on."""


def card(
    run: Facts,
    score: Facts,
    license: str | None,
    kinds: Sequence[str] = ("lora",),
    examples: Sequence[Facts] = (),
    fuse: Fuse | None = None,
) -> str:
    """The card as Markdown with the front matter that model hubs read.

    Args:
        run: `run.json` of the run.
        score: its metrics; what a method has no score of is left out.
        license: SPDX id, or None: the card says that none is given.
        kinds: what was released, as `write_release` says.
        examples: previews of the chosen step, for sample prompts.
        fuse: base that holds it, if any.
    """
    prompts = list(dict.fromkeys(row["prompt"] for row in examples if row["purpose"] != "pair" or _shows_both(score)))
    shown = prompts[0] if prompts else ", ".join([*_triggers(run)[:1], "1person", "head"])
    return "\n".join(
        [
            *_front(run, license, kinds),
            *_who(run, score),
            *([f"![left the base, right this model, the same prompts and seeds]({GRID})", ""] if examples else []),
            *_prompts(prompts),
            *_scores(score),
            "## Limits",
            "",
            *[f"- {line}" for line in limits(run, score)],
            "",
            *loading(run, kinds, shown, fuse),
            "## What it was made from",
            "",
            *_origin(run),
            "",
            *_licence(run, license),
        ]
    )


def _front(run: Facts, license: str | None, kinds: Sequence[str]) -> list[str]:
    """What model hubs read, between two lines of dashes."""
    tags = [
        "text-to-image",
        "stable-diffusion-xl" if run.get("family") == "sdxl" else "stable-diffusion",
        run["method"],
    ]
    front = {
        "base_model": run["base"],
        "library_name": "diffusers",
        "tags": [*tags, "lora"] if "lora" in kinds and run["method"] != "lora" else tags,
        "instance_prompt": ", ".join(_triggers(run)),
    } | ({"license": license} if license else {})
    return ["---", yaml.safe_dump(front, sort_keys=True, allow_unicode=True).strip(), "---"]


def _triggers(run: Facts) -> list[str]:
    """Words that call what was learned: of each character, or of a style."""
    return [about["trigger"] for about in run["characters"].values()] or [run["style"]] * bool(run.get("style"))


def _who(run: Facts, score: Facts) -> list[str]:
    """Title, what it is in a sentence, and who is in it by which word."""
    characters = run["characters"]
    last = int(run["last"].removeprefix("step-")) if run.get("last") else run["params"]["steps"]
    what = KINDS.get(run["method"], run["method"])
    whom = f" that draws {_and(list(characters))}" if characters else ""
    rows = [[f"`{key}`", f"`{about['trigger']}`", about["pictures"]] for key, about in characters.items()]
    style = [f"Prompts end with `{run['style']}`.", ""] if run.get("style") else []
    return [
        f"# {run['run']}",
        "",
        f"{what} for `{run['base']}`{whom}: step {score['best_step']} of {last}.",
        "",
        *style,
        *([*_table(["character", "trigger word", "training pictures"], rows), ""] if rows else []),
    ]


def _shows_both(score: Facts) -> bool:
    """Whether prompts of several characters are worth to begin with."""
    return ((score.get("pair") or {}).get("both_found") or 0.0) >= LOW_IDENTIFIED


def _licence(run: Facts, license: str | None) -> list[str]:
    none = (
        "None is given. Ask whoever gave you this what you may do with it; the licence of the base "
        f"`{run['base']}` and the rights of the people and works in the pictures hold besides."
    )
    return ["## Licence", "", f"{license}." if license else none, ""]


def _prompts(prompts: Sequence[str]) -> list[str]:
    return ["## Prompts to begin with", "", *[f"- `{prompt}`" for prompt in prompts], ""] if prompts else []


def _scores(score: Facts) -> list[str]:
    measured = [
        [
            one.replace("_", " "),
            _number(score[one]),
            _interval(score.get(f"{one}_interval") or (score.get("interval") if one == "recscore" else None)),
            _number(score.get(f"base_{one}")),
        ]
        for one in MEASURES
        if score.get(one) is not None
    ]
    table = [*_table(["measure", "value", "interval", "base"], measured), ""] if measured else []
    if score.get("recscore") is None:
        return ["## How well", "", str(score.get("reason", "No score tells.")), "", *table]
    lines = [
        "## How well",
        "",
        f"Recscore {_ranged(score)}; the bare base has {_number(score.get('base_recscore'))} on the same prompts and "
        f"seeds. {score.get('reason', '')}",
        "",
    ]
    lines += table
    rows = [
        [
            f"`{key}`",
            _number(one.get("recscore")),
            _interval(one.get("interval")),
            _number(one.get("base_recscore")),
            _number(one.get("identified")),
            _number(one.get("control")),
        ]
        for key, one in score.get("by_character", {}).items()
    ]
    head = ["character", "recscore", "interval", "base", "identified", "prompt control"]
    return [*lines, *_table(head, rows), "", LEGEND, "", *_second(score)]


def _interval(bounds: Sequence[float] | None) -> str:
    return "{:.2f} to {:.2f}".format(*bounds) if bounds else "–"


def _ranged(score: Facts) -> str:
    if not score.get("interval"):
        return _number(score["recscore"])
    return "{:.2f} [{:.2f}, {:.2f}]".format(score["recscore"], *score["interval"])


def limits(run: Facts, score: Facts) -> list[str]:
    """What the scores and the data say against it, as sentences; one at least."""
    found = []
    for key, one in score.get("by_character", {}).items():
        if one.get("recscore") is not None and one["recscore"] < LOW_RECSCORE:
            found.append(f"`{key}` is recognised in few pictures only (recscore {one['recscore']:.2f}).")
        if one.get("identified") is not None and one["identified"] < LOW_IDENTIFIED:
            found.append(
                f"`{key}` is taken for somebody else, or has no face, in {1 - one['identified']:.0%} of the previews."
            )
        if (
            None not in (one.get("control"), one.get("base_control"))
            and one["control"] < one["base_control"] - CONTROL_LOSS
        ):
            found.append(
                f"With `{key}`, {one['control']:.0%} of the prompt's other words are obeyed; the base obeys "
                f"{one['base_control']:.0%}."
            )
    for key, (least, sentence) in MUCH.items():
        if score.get(key) is not None and score[key] >= least:
            found.append(sentence.format(score[key]))
    both = (score.get("pair") or {}).get("both_found")
    if both is not None and not _shows_both(score):
        found.append(f"Asked for two characters, {1 - both:.0%} of the previews do not show both.")
    for key, about in run["characters"].items():
        if (about.get("pictures") or 0) < FEW_PICTURES:
            found.append(f"`{key}` was learned from {about.get('pictures') or 0} pictures.")
    if len(run["characters"]) > 1:
        found.append("Several characters in one model borrow from each other; look at pictures of each.")
    if run.get("merged"):
        found.append("It is a merge: what was measured of its parts does not hold for it.")
    return found or ["None was found by these scores, which see faces and the words of a tagger, and nothing else."]


def _origin(run: Facts) -> list[str]:
    params = run.get("params", {})
    learned = LEARNED.get(run["method"], ("unet", "text_encoder"))
    rates = {part: rate for part, rate in (params.get("learning_rate") or {}).items() if part in learned}
    settings = [[f"`{key}`", params[key]] for key in SETTINGS if params.get(key) is not None]
    settings += [[f"`learning_rate.{part}`", f"{rate:g}"] for part, rate in rates.items()]
    settings += [[f"`{library}`", version] for library, version in run.get("libraries", {}).items()]
    lines = [
        f"Pictures of stage dataset of this project; regularization pictures: {run.get('regularization', 0)}. The text "
        "encoder is read "
        + (f"at layer {run['clip_skip']} from the last." if run.get("clip_skip") else "at its last layer."),
        "",
    ]
    if run.get("merged"):
        lines += ["Merged from " + ", ".join(f"{ratio:g} of `{one}`" for one, ratio in run["merged"].items()) + ".", ""]
    lines += [f"Sha256 of the base: `{run.get('base_sha256', 'unknown')}`.", ""]
    return lines + _table(["setting", "value"], settings)


def _second(score: Facts) -> list[str]:
    if "second" not in score:
        return []
    other = score["second"]
    return [
        f"In the eyes of a second embedder (`{other['weights']}`), which had no part in the choice: recscore "
        f"{other['recscore']:.2f}, base {other['base_recscore']:.2f}, identified {other['identified']:.2f}.",
        "",
    ]


def _table(head: list[str], rows: list[list[Any]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

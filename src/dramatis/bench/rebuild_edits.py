"""Edits of a project, and for each of them the stages that must run, written by hand."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dramatis.bench.rebuild_project import change_yaml
from dramatis.core.ffmpeg import ffmpeg_binary, input_arguments
from dramatis.core.params import PARAMS, validate
from dramatis.core.votes import checkpoint_digest
from dramatis.core.yaml_edit import with_value_at
from dramatis.film.params import FilmParams
from dramatis.film.run import run as render

VIDEOS, RUNS = ("e01", "e02"), ("solo", "twins")
FIRSTS = ("frames", "detect", "landmark", "quality", "embed", "body")
PICTURES = ("crops", "tag", "augment", "control")
ONCE = ("repeats", "cluster", "cast", "outfit", "selection", "composite", "caption", "dataset", "measure@sample")
TRAINED = ("train", "preview", "score", "release")
CAST, CAPTIONS, VOTES, OWN_STORY = (
    Path("cast.yaml"),
    Path("captions.yaml"),
    Path("votes.yaml"),
    Path("stories/lost.yaml"),
)
NEW = Path("raw/e03.mp4")


def of(stages: Iterable[str], items: Iterable[str]) -> set[str]:
    """`<stage>@<item>` of every stage and item."""
    return {f"{stage}@{item}" for stage in stages for item in items}


EVERY_RUN = of(TRAINED, RUNS)
PLAYERS, DRAWN = "players@lost", {"panels@lost", "render@lost"}
STORY = {"story@lost", PLAYERS, *DRAWN}
OWN = """\
title: Mine
scenes:
- {place: snow, action: Cyrus sings., characters: [{name: cyrus}], framing: close, caption: La.,
   prompt: "cyrus, head, snow"}
"""


@dataclass(frozen=True)
class Edit:
    """One thing that somebody does to a project.

    Attributes:
        what: in words, for the table.
        change: does it, in the project's top folder.
        runs: stages that must run, and no others.
        why: what the table says beside it.
        files: what it touches, to be put back.
        prune: whether `dramatis prune` has to follow, as what a video or a run left would count as a change.
    """

    what: str
    change: Callable[[Path], None]
    runs: frozenset[str]
    why: str
    files: tuple[Path, ...]
    prune: bool = False


def setting(key: str, value: Any, runs: Iterable[str], why: str = "") -> Edit:
    """An edit of one value of `params.yaml`, by its path."""

    def change(top: Path) -> None:
        nested = value
        for name in reversed(key.split(".")):
            nested = {name: nested}
        change_yaml(top / PARAMS, nested)

    said = f"{key}: {'null' if value is None else value}"
    return Edit(f"`` {said} ``" if "`" in said else f"`{said}`", change, frozenset(runs), why, (PARAMS,))


def appended(file: str, text: str, what: str, runs: Iterable[str], why: str = "") -> Edit:
    """An edit that adds a line to the end of a text file, or makes one."""

    def change(top: Path) -> None:
        with (top / file).open("a") as stream:
            stream.write(text)

    return Edit(what, change, frozenset(runs), why, (Path(file),))


def touch(top: Path) -> None:
    """Sets the time of some files to now."""
    for file in ("data/film/sample/e01.mp4", "models/pocket/ccip/model_feat.onnx", "stages/train.py", PARAMS):
        os.utime(top / file)


def write_caption(top: Path) -> None:
    """A caption for one training picture of a character of run `solo`."""
    rows = pq.read_table(top / "data/dataset/characters/train", columns=["id", "character", "origin"]).to_pylist()
    crop = next(row["id"] for row in rows if row["character"] == "cyrus" and row["origin"] == "crop")
    tables = [pq.read_table(top / f"data/captions/{video}.parquet") for video in VIDEOS]
    picture = next(row["picture"] for table in tables for row in table.to_pylist() if row["id"] == crop)
    with (top / CAPTIONS).open("a") as stream:
        stream.write(f'{picture}: "cyrus, as nobody else would put it"\n')


def vote_for_a_step(top: Path) -> None:
    """A person's vote for the first step of run `solo`."""
    checkpoint = min((top / "models/solo").glob("step-*"))
    said = {"step": int(checkpoint.name.removeprefix("step-")), "checkpoint": checkpoint_digest(checkpoint)}
    (top / VOTES).write_text(with_value_at((top / VOTES).read_text(), ("solo",), said))


def write_a_storyboard(top: Path) -> None:
    """Scenes that a person wrote."""
    (top / OWN_STORY).write_text(OWN)


def pin_a_face(top: Path) -> None:
    """A decision that says of a face what is already known."""
    rows = pq.read_table(top / "data/cast/e01.parquet").to_pylist()
    face = next(row for row in rows if row["origin"] == "reference")
    change_yaml(top / CAST, {"pins": {face["moment"]: face["character"]}})


def film_an_episode(top: Path) -> None:
    """An episode of another film: other people in other places."""
    film = {"titles": ["other"], "seed": 8, "width_px": 480, "height_px": 270, "fps": 8, "episode_s": 14}
    render(validate(film, FilmParams, "another film"), "other", top / "raw/other")
    shutil.move(top / "raw/other/e01.mp4", top / NEW)
    shutil.rmtree(top / "raw/other")


def add_a_video(top: Path) -> None:
    film_an_episode(top)
    change_yaml(top / PARAMS, {"videos": {"e03": {"source": str(NEW)}}})


def replace_a_video(top: Path) -> None:
    film_an_episode(top)
    change_yaml(top / PARAMS, {"videos": {"e02": {"source": str(NEW)}}})


def wrap_a_video_anew(top: Path) -> None:
    """The same pictures in a file that says something else beside them."""
    (top / NEW).parent.mkdir(exist_ok=True)
    source = top / "data/film/sample/e02.mp4"
    again = ["-c", "copy", "-metadata", "title=again", str(top / NEW)]
    subprocess.run([ffmpeg_binary(), "-v", "error", *input_arguments(source), *again], check=True)
    change_yaml(top / PARAMS, {"videos": {"e02": {"source": str(NEW)}}})


EDITS = (
    Edit("files touched, nothing changed", touch, frozenset(), "DVC looks at bytes, not at times",
         (PARAMS, Path("stages/train.py"))),
    appended("params.yaml", "# why\n", "a comment in `params.yaml`", (), "values count"),
    appended("captions.yaml", "# why\n", "a comment in `captions.yaml`", ("caption",), "it is read whole"),
    appended("src/dramatis/core/errors.py", "# why\n", "a comment in code of all stages", ("programs",),
             "comments are no part of a program"),
    appended("src/dramatis/cli/status.py", "\nUNUSED = 1\n", "code of a command", (), "no stage runs it"),
    appended("src/dramatis/caption/text.py", "\nUNUSED = 1\n", "code of one stage", ("programs", "caption"),
             "same captions, so nothing after it"),
    appended("src/dramatis/core/wrap.py", "\nUNUSED = 1\n", "code of three stages",
             {"programs", "panels@lost", *of(("preview", "release"), RUNS)}, "same pictures and cards"),
    setting("measure.min_face_px", 17, ("measure@sample",)),
    setting("repeats.min_s", 6.0, ("repeats",), "nothing repeats either way"),
    setting("dataset.license", "cc0-1.0", ("dataset",), "only the card changes, which no run reads"),
    setting("selection.validation_pictures", 1000, ("selection", "dataset"), "same choice; the card shows parameters"),
    setting("composite.max_face_ratio", 1.31, ("composite", "dataset"), "likewise"),
    setting("caption.max_tags", 31, ("caption", "dataset"), "likewise"),
    setting("augment.dark_ev", -0.81, {"dataset", *of(("augment",), VIDEOS)}, "likewise"),
    setting("regularize.max_short_px", 1199, ("regularize@drawn", "dataset"), "likewise"),
    setting("outfit.min_shots", 3, ("outfit",), "the same outfits"),
    setting("cast.margin", 0.11, ("cast",), "the same names"),
    setting("cluster.chance", 0.011, ("cluster",), "the same clusters"),
    setting("frames.cut_threshold", 0.26, of(("frames",), VIDEOS), "the same shots"),
    setting("detect.min_cover", 0.61, of(("detect",), VIDEOS), "the same boxes"),
    setting("embed.workers", 2, of(("embed",), VIDEOS), "the same vectors"),
    setting("body.min_seen", 0.2499, of(("body",), VIDEOS), "the same colours"),
    setting("quality.max_roll", 179.0, of(("quality",), VIDEOS), "the same flags"),
    setting("landmark.max_residual", 0.31, of(("landmark",), VIDEOS), "the same points"),
    setting("crops.min_root_area_px", 41, {"dataset", *of(("crops",), VIDEOS)}, "the same crops"),
    setting("tag.floor", 0.11, {"caption", "dataset", "measure@sample", *of(("tag",), VIDEOS)},
            "fewer tags; those of the captions stay"),
    setting("release.license", "cc0-1.0", {PLAYERS, *of(("release",), RUNS)}, "the same weights draw the story"),
    setting("score.confidence", 0.5, {PLAYERS, *of(("score", "release"), RUNS)}, "likewise"),
    setting("preview.drawing.guidance", 4.0, {PLAYERS, *of(("preview", "score", "release"), RUNS)},
            "the same RecScores: nobody is learned in two steps"),
    appended("models/pocket/landmarks/NOTES", "new\n", "a file in the folder of a model",
             of(("landmark",), VIDEOS) | of(("score",), RUNS), "the model finds the same"),
    Edit("one more run", lambda top: change_yaml(top / PARAMS, {"runs": {"more": {
        "method": "lora", "characters": ["ada"], "base": "models/pocket/sd"}}}),
         frozenset({"vote", "story@lost", PLAYERS, *of(TRAINED, ["more"])}),
         "the others stay, and the same scenes and people are in the story", (PARAMS,), prune=True),
    setting("publish.min_recscore", 0.1, (), "what no stage reads"),
    setting("engine.project", "/elsewhere", (), "where work is done changes no result"),
    setting("regularization.drawn.count", 5, {"regularize@drawn", "dataset", *EVERY_RUN, PLAYERS, *DRAWN}),
    setting("story.tries", 4, ("story@lost",), "the same scenes"),
    setting("stories.lost.line", "`cyrus` waits in the room", STORY),
    setting("stories.lost.picked", {1: 70}, STORY),
    Edit("a person's storyboard", write_a_storyboard, frozenset(STORY), "", (OWN_STORY,)),
    setting("players.pose_run", "solo", (PLAYERS,), "no pose is asked for"),
    setting("panels.scale", 0.9, DRAWN),
    setting("render.strip.columns", 3, ("render@lost",)),
    Edit("one run less", lambda top: change_yaml(top / PARAMS, {"runs": {"twins": None}}),
         frozenset({"vote", "story@lost", PLAYERS}), "the others have their votes, the story its people", (PARAMS,)),
    setting("runs.twins.characters", ["dora"], {"vote", "story@lost", PLAYERS, *of(TRAINED, ["twins"])},
            "the others stay, and the story's people"),
    Edit("a vote for a step of one run", vote_for_a_step, frozenset({"vote", "release@solo", PLAYERS}),
         "the other stays; here the score had chosen it too", (VOTES,)),
    setting("film.episode_s", 15,
            {"film@sample", *of((*FIRSTS, *PICTURES), VIDEOS), *ONCE, *EVERY_RUN, *STORY}, "other videos"),
    setting("train.learning_rate.unet", 2.0e-3, {*EVERY_RUN, PLAYERS, *DRAWN}, "the same scenes"),
    setting("control.line_width", 0.013, {"dataset", *of(("control",), VIDEOS), *of(("train", "preview"), RUNS)},
            "no run learns from them: the same weights"),
    Edit("a decision: who a face is", pin_a_face, frozenset({"cast", "outfit", "crops@e01", "measure@sample"}),
         "it says what was known", (CAST,)),
    Edit("a name for people to read", lambda top: change_yaml(
        top / CAST, {"characters": {"cyrus": {"display": "Cyrus the Great"}}}),
         frozenset({"cast", "outfit", "caption", "dataset", "measure@sample", *STORY}),
         "captions hold another word", (CAST,)),
    Edit("one caption", write_caption, frozenset({"caption", "dataset", "measure@sample", *EVERY_RUN, *STORY}),
         "every run records the dataset that it learned from", (CAPTIONS,)),
    Edit("a video in another file, its pictures the same", wrap_a_video_anew,
         frozenset({"frames@e02", *ONCE}),
         "all that read the list of videos; of the dataset only the card, which no run reads", (PARAMS, NEW)),
    Edit("one more video", add_a_video, frozenset({*of((*FIRSTS, *PICTURES), ["e03"]), *ONCE}),
         "its own stages and what is made of all; nobody whom a run learns plays in it", (PARAMS, NEW), prune=True),
    Edit("a video replaced", replace_a_video,
         frozenset({*of((*FIRSTS, *PICTURES), ["e02"]), *ONCE, *of(PICTURES, ["e01"]), *EVERY_RUN, *STORY}),
         "its own stages and what is made of all; names in the other are found among fewer faces", (PARAMS, NEW)),
    Edit("a video removed", lambda top: change_yaml(top / PARAMS, {"videos": {"e02": None}}),
         frozenset({*ONCE, *of(PICTURES, ["e01"]), *EVERY_RUN, *STORY}),
         "what is made of all; names in the other are found among fewer faces", (PARAMS,), prune=True),
)  # fmt: skip

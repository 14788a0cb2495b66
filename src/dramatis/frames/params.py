"""Parameters of stage `frames`."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from dramatis.core.params import Params

Deinterlace = Literal["auto", "always", "never"]
ToneMap = Literal["bt2390", "hable", "clip"]


class Video(Params):
    """One entry of `videos`: a video, or pictures."""

    source: Path = Field(
        description="Video file; or pictures: a folder of them (any depth), a .zip of them, or a Hugging Face dataset "
        "on disk (Parquet files, or a folder of save_to_disk). As seen from the project's top folder. Pictures are "
        "numbered by path: give later ones names that sort last, or a source of their own, or those after them get "
        "other numbers."
    )


class FramesParams(Params):
    """Which frames of a video are kept; for pictures only `max_distance` and `allow_partial` count."""

    mode: Literal["best_of_shot", "fps", "keyframe", "scene", "mpdecimate"] = Field(
        description="Candidates. best_of_shot: the sharpest of every 1/fps seconds of a shot, and a second one where "
        "something was blurred in it; fps: at a fixed rate; keyframe: key frames of the coded stream (a shot that "
        "begins with a dissolve may have none); scene: the sharpest few of a shot; mpdecimate: all that ffmpeg's "
        "filter of that name does not take for a repetition, for comparison."
    )
    fps: float = Field(
        gt=0,
        le=240,
        description="Modes best_of_shot, fps and scene: candidates per second, from the start of each shot.",
    )
    per_shot: int = Field(ge=1, le=16, description="Mode scene: frames per shot, one from each equal part of it.")
    max_distance: int = Field(
        ge=0,
        le=32,
        description="Bits of 64 by which the perceptual hash of a near-duplicate in a shot, or in an animated picture, "
        "may differ.",
    )
    cut_threshold: float = Field(gt=0, lt=1, description="Least cut score that begins a new shot [0..1].")
    black_level: float = Field(
        ge=0, le=0.5, description="A frame whose 98th percentile of brightness is at most this is black [0..1]."
    )
    min_shot_s: float = Field(ge=0, le=10, description="A shot lasts at least this long [s].")
    allow_partial: bool = Field(
        description="True: take what can be decoded of a damaged video, pass over damaged pictures; false: fail."
    )
    deinterlace: Deinterlace = Field(
        description="Interlaced fields and 3:2 pull-down become whole pictures: auto, where the stream says so; "
        "always, for streams that do not say it; or never.",
    )
    tone_map: ToneMap = Field(
        description="How highlights of HDR come down to white: bt2390, only they bend; hable, darker, as film does; "
        "clip, they are cut off.",
    )
    crop_bars: bool = Field(description="True: black bars that the whole film has are cut off.")

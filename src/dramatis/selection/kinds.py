"""What a crop shows, in the few words that coverage counts: how near, how turned, in which light."""

from collections.abc import Mapping
from typing import Any

from dramatis.selection.params import SelectionParams

DISTANCES = ("close", "medium", "full")
TURNS = ("front", "three_quarter", "profile", "unsure")
LIGHTS = ("dark", "normal", "bright")


def distance_of(stage: str, face_share: float, cut_off: bool, close: float, full: float) -> str:
    """How near the camera is: `close` (head and shoulders), `medium` (to the waist or knee) or `full` (the figure).

    A head is close. So is any picture in which the face is as high as in a close-up, such as an upper body of which
    the frame shows little more. A full crop is full if the frame does not cut the figure off and the face is as small
    as a whole figure makes it: sitting behind a table is medium. All else is medium.

    Args:
        stage: full, upper or head.
        face_share: height of the face (brow to chin) over that of the picture [0..1].
        cut_off: the figure goes on below the frame.
        close, full: see `DistanceParams`.
    """
    if stage == "head" or face_share >= close:
        return "close"
    return "full" if stage == "full" and not cut_off and face_share <= full else "medium"


def turn_of(yaw: float | None, limits: tuple[float, float]) -> str:
    """How far a head is turned, whichever way: front, three_quarter or profile; unsure without a pose [degrees]."""
    if yaw is None:
        return "unsure"
    front, profile = limits
    return "front" if abs(yaw) <= front else "profile" if abs(yaw) >= profile else "three_quarter"


def light_of(luma: float, limits: tuple[float, float]) -> str:
    """The light on a face by its mean brightness [0..1]."""
    dark, bright = limits
    return "dark" if luma < dark else "bright" if luma > bright else "normal"


def with_kinds(crop: Mapping[str, Any], params: SelectionParams) -> dict[str, Any]:
    """A row of `crops.parquet` with the words for what it shows: `distance`, `turn` and `light`."""
    face_share = (crop["face"]["y1"] - crop["face"]["y0"]) / crop["height_px"]
    limits = params.distance
    return {
        **crop,
        "distance": distance_of(crop["stage"], face_share, crop["cut_off"], limits.close, limits.full),
        "turn": turn_of(crop["yaw"], params.yaw),
        "light": light_of(crop["luma"], params.luma),
    }

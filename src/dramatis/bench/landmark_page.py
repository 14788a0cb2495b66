"""`docs/landmarks.md`: the figures of points and poses, and what they mean."""

from collections.abc import Mapping
from textwrap import fill
from typing import Any

HEADER = """\
# Points and poses of faces

Written by `make benchmark-landmarks`. Stage `landmark` finds 68 points of every face in the order of iBUG 300-W and
fits a mean face in space to them (`src/dramatis/landmark/pose.py`). All three angles are 0 for a head that is upright
and looks at the viewer. Above 0, the nose points to the right of the picture (yaw), it points up (pitch), the head
leans clockwise (roll). Faces whose points are not sure enough, or fit no turned mean face, have no pose.

![Faces of sample films with their points and poses, in brackets the true yaw](landmarks.png)"""


def page(result: Mapping[str, Any]) -> str:
    """Markdown of all figures."""
    drawn, film, photo = (result[name] for name in ("drawn", "film", "photo"))
    nobody = film["nobody"]
    parts = [
        HEADER,
        "## Drawn faces, `heatmap_onnx` with `models/pocket/landmarks`",
        f"On {drawn['faces']} single drawn faces that no training saw, 15 to 150 px wide, blurred, noisy, tilted, in "
        "other colours, half hidden or cut by the edge, a point lies "
        f"{drawn['over eye distance']:.1%} of the distance of the eyes away from the truth on average, half of the "
        f"faces below {drawn['median over eye distance']:.1%}; over the size of the face it is "
        f"{drawn['over face size']:.1%}. Points under hair, masks and hands count. Mean error of the angles: yaw "
        f"{drawn['yaw_error']:.1f}°, pitch {drawn['pitch_error']:.1f}°, roll {drawn['roll_error']:.1f}°; "
        f"{drawn['without_pose']:.1%} have no pose. Of pictures of nobody and of heads from behind, "
        f"{drawn['nobody_with_pose']:.1%} are given one.",
        "Faces that the pocket detector finds in two sample films of seeds that nothing learned from (heads never nod "
        "there, so that the error of the pitch is its size):",
        "\n".join(_table(film)),
        f"There are {nobody['faces']} detections that show no face, such as heads from behind, "
        f"{nobody['with_pose'] or 'none'} of them with a pose.",
        "## Real faces, `openseeface`",
        f"On {photo['faces']} labelled faces of film clips the five points made of the 68 lie "
        f"{photo['over_eye_distance']:.1%} of the distance of the eyes away from the labels on average, over the "
        f"{photo['no_profile']} that are no profiles, and {photo['over_box']:.1%} of the face box over all. The labels "
        "come from a detector and are themselves rough: on tilted heads they lie visibly beside eyes and mouth. "
        f"The roll differs from the labelled eye line by {photo['roll_to_labelled_eyes']:.1f}° on average. When a "
        "picture is turned by 30 or 60 degrees, the roll follows within "
        f"{photo['roll_when_turned']:.1f}°, and when it is mirrored, the yaw within {photo['yaw_when_mirrored']:.1f}°. "
        f"{photo['without_pose']:.1%} have no pose. For yaw and pitch of real faces there is no truth "
        "here; the mean face itself was measured on most of these faces, but never saw their labels.",
        "`metrics/plots/bench/landmarks.png` shows them; it is not in git, since those faces belong to people.",
    ]
    return "\n\n".join(part if "\n" in part else fill(part, 120) for part in parts) + "\n"


def _table(film: Mapping[str, Any]) -> list[str]:
    lines = [
        "| head | faces | mean error of the yaw | 95 % are below | mean error of the pitch | without a pose |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in film.items():
        if name != "nobody":
            lines.append(
                f"| {name} | {row['faces']} | {row['yaw_error']:.1f}° | {row['yaw_error_95']:.1f}° | "
                f"{row['pitch_error']:.1f}° | {row['without_pose']:.1%} |"
            )
    return lines

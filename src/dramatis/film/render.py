"""Draws the frames of a shot and notes the truth about everybody in them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core import boxes as bx
from dramatis.core import seeds
from dramatis.core.images import Image
from dramatis.core.tables import stored_box
from dramatis.film.brush import Brush, Points, canvas, develop, pixel_brush
from dramatis.film.figure import Boxes, figure_boxes, hidden_share, paint_figure
from dramatis.film.head import Pose, paint_head
from dramatis.film.landmarks import landmarks
from dramatis.film.scenery import paint_place
from dramatis.film.story import Actor, Shot

LEAST_SEEN = 0.25  # a box of which less is left inside the frame is no box


class Drawing(NamedTuple):
    """One picture of the film, shown for `frames` frames, with a row of truth for everybody in it."""

    image: Image
    frames: int
    figures: list[dict[str, Any]]


def draw_shot(shot: Shot, width_px: int, height_px: int, seed: int, shot_id: str) -> Iterator[Drawing]:
    """The drawings of a shot; each stands for two frames, a still shot's only one for all of them."""
    count = 1 if shot.kind == "still" else shot.frames // 2
    for number in range(count):
        u = number / max(count - 1, 1)
        yield _draw(shot, u, number, width_px, height_px, seed, shot_id, shot.frames if count == 1 else 2)


def _draw(
    shot: Shot, u: float, number: int, width_px: int, height_px: int, seed: int, shot_id: str, frames: int
) -> Drawing:
    on = canvas(width_px, height_px)
    brush = pixel_brush(on).moved(scale=height_px).moved(-shot.pan * (u - 0.5))
    paint_place(brush, shot.place, seeds.rng(seed, "film", "place", shot_id))
    placed: list[tuple[Actor, Pose, Points | None, Boxes]] = []
    for actor in sorted(shot.actors, key=lambda actor: (not actor.poster, actor.radius)):
        pose = _pose(actor, u, number, seed, shot_id)
        x = actor.x[0] + (actor.x[1] - actor.x[0]) * u
        here = brush.moved(x, actor.y, actor.radius)
        _paint_poster(here, actor, pose) if actor.poster else paint_figure(here, actor.character, pose)
        points, boxes = landmarks(here, actor.character, pose), figure_boxes(here, actor.character, pose)
        placed.append((actor, pose, points, boxes))
    light = shot.light * (_fade(u) if shot.kind == "fade" else 1.0)
    image = _expose(develop(on), light, shot.blur_px)
    rows = [
        _truth(actor, pose, found, [other for *_, other in placed[n + 1 :]], width_px, height_px)
        | {"blur_px": float(shot.blur_px), "luma": light}
        | {"landmarks": None if points is None else points.ravel().tolist()}
        for n, (actor, pose, points, found) in enumerate(placed)
    ]
    return Drawing(image, frames, rows)


def _pose(actor: Actor, u: float, number: int, seed: int, shot_id: str) -> Pose:
    """Mouths change every third drawing, eyes close for a moment now and then."""
    if actor.poster:
        return Pose()
    rng = seeds.rng(seed, "film", "mouth", shot_id, actor.name, number // 3)
    yaw = actor.yaw[0] + (actor.yaw[1] - actor.yaw[0]) * u
    roll = actor.sway * float(np.sin(2 * np.pi * (u * 1.5 + actor.radius)))
    mouth, blink = str(rng.choice(["smile", "open", "flat"])), bool(rng.random() < 0.06)
    return Pose(float(np.clip(yaw, -1, 1)), roll, u < actor.back_until, mouth, blink)


def _paint_poster(brush: Brush, actor: Actor, pose: Pose) -> None:
    brush.fill([(-1.7, -1.9), (1.7, -1.9), (1.7, 1.6), (-1.7, 1.6)], (60, 40, 34))
    brush.fill([(-1.5, -1.7), (1.5, -1.7), (1.5, 1.4), (-1.5, 1.4)], (244, 236, 214))
    paint_head(brush, actor.character, pose)


def _fade(u: float) -> float:
    """Light of a shot that comes from black and goes to black."""
    return float(np.clip(min(u, 1 - u) / 0.25, 0, 1))


def _expose(image: Image, light: float, blur_px: int) -> Image:
    if light != 1.0:
        image = np.clip(image.astype(np.float32) * light, 0, 255).astype(np.uint8)
    return cv2.blur(image, (blur_px, 1)) if blur_px else image


def _truth(actor: Actor, pose: Pose, found: Boxes, nearer: list[Boxes], width: int, height: int) -> dict[str, Any]:
    covers = np.array([part for other in nearer for part in (other.head, other.halfbody)]).reshape(-1, 4)
    kinds = ("face", "head") if actor.poster else ("face", "head", "halfbody", "person")
    inside = {kind: _inside(getattr(found, kind), width, height) for kind in kinds}
    turn = abs(pose.yaw)
    return {
        "character": actor.name,
        **{kind: inside.get(kind) for kind in ("face", "head", "halfbody", "person")},
        "pose": "back" if pose.back else "front" if turn < 0.25 else "three-quarter" if turn < 0.7 else "profile",
        "yaw": pose.yaw,
        "occlusion": 1.0 if found.face is None else _occlusion(found.face, covers, width, height),
        "outfit": actor.character.outfit.tag,
    }


def _inside(box: NDArray[np.float64] | None, width: int, height: int) -> dict[str, int] | None:
    if box is None:
        return None
    inside = np.clip(box, 0, [width, height, width, height])
    if bx.area(inside)[0] < LEAST_SEEN * bx.area(box)[0]:
        return None
    return stored_box(bx.clip(box, width, height))


def _occlusion(face: NDArray[np.float64], covers: NDArray[np.float64], width: int, height: int) -> float:
    far = 10.0 * max(width, height)
    outside = np.array([[-far, -far, 0, far], [width, -far, far, far], [-far, -far, far, 0], [-far, height, far, far]])
    return hidden_share(face, np.concatenate([covers, outside]))

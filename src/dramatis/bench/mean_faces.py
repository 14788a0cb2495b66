"""The mean faces of `landmark.templates`: measured from the renderer, and from real faces.

`python -m dramatis.bench.mean_faces` prints both tables. The drawn one needs nothing; the real one takes its depth from
a FaceMesh model (`face_landmark.tflite` of MediaPipe) and its shape from the points that OpenSeeFace finds, on the
labelled faces in DRAMATIS_MEDIA: each face is turned by the pose that fits it so far, then every point is moved to
where it was found on all of them, its depth held near that of the mesh, and again.
"""

import sys
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.backends.landmarks import Landmarks, load_landmarks
from dramatis.bench.clips import OPENSEEFACE, media_folder
from dramatis.bench.landmark_faces import FACE_OF_CROP, photos
from dramatis.core import seeds
from dramatis.core.errors import one_line_errors
from dramatis.core.images import Image, resize
from dramatis.film.character import draw_character
from dramatis.film.head import EYE_X, Pose
from dramatis.film.landmarks import face_solid
from dramatis.landmark.pose import fit_to, shown
from dramatis.landmark.templates import Template
from dramatis.pocket.landmarks_samples import MIRRORED

DRAWN = 400
"""Drawn faces that are averaged."""
AXIS = 1.0
"""How far behind the middle of the mesh's points a head turns [distances of the eyes]."""
MESH_PX, MESH_OF_68 = 192, np.array(
    [162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389, 71, 63, 105, 66, 107, 336, 296,
     334, 293, 301, 168, 197, 5, 4, 75, 97, 2, 326, 305, 33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380, 61,
     39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87]
)  # fmt: skip
"""Which of the 468 points of FaceMesh is nearest to each of the 68."""
ROUNDS, SIGHT = 12, 80
"""How often shape and poses are improved in turn; angle up to which a point can be seen [degrees]."""
HOLD = np.diag([0.02, 0.02, 3.0])
"""How strongly a point is held where the mesh has it, across, down and in depth, beside one face of each person."""
JAW_DEVIATION = 0.3
"""Of the jaw at first, since that of the mesh is another line."""
PROFILES = "tos_man_jacket"
"""A person seen in profile only, on whom neither model can be relied."""
Solid = NDArray[np.float64]


def drawn_face(count: int = DRAWN) -> Solid:
    """Mean and deviation of the 68 points of drawn faces, shape (68, 4), in distances of the eyes."""
    found = []
    for index in range(count):
        pose = Pose(mouth=("smile", "open", "flat")[index % 3], blink=index % 20 == 0)
        solid = face_solid(draw_character(seeds.rng(0, "template", index)), pose) / (2 * EYE_X)
        found += [solid, solid[MIRRORED] * [-1, 1, 1]]
    mean = np.mean(found, 0)
    deviation = np.sqrt(((np.array(found) - mean)[..., :2] ** 2).mean((0, 2)))
    return np.column_stack([mean, deviation])


def mesh_face(images: list[Image], model: Path) -> Solid:
    """The median of the 68 points of FaceMesh over some faces, symmetric, eyes and mouth upright, shape (68, 3)."""
    net = cv2.dnn.readNetFromTFLite(str(model))
    found = []
    for image in images:
        net.setInput(cv2.dnn.blobFromImage(resize(image, MESH_PX, MESH_PX).astype(np.float32) / 255))
        outputs = net.forward(net.getUnconnectedOutLayersNames())
        found.append(next(each for each in outputs if each.size == 468 * 3).reshape(468, 3)[MESH_OF_68])
    mean = found[0].astype(float)
    for _ in range(10):
        mean = np.median([_laid_on(each, mean) for each in found], axis=0)
        mean = (mean + _laid_on(mean[MIRRORED] * [-1, 1, 1], mean)) / 2
        mean -= mean.mean(0)
    across = _unit((mean[MIRRORED] - mean)[[0, 17, 36, 48]].sum(0))
    down = mean[[48, 54]].mean(0) - mean[[36, 45]].mean(0)
    down = _unit(down - across * (down @ across))
    solid = mean @ np.stack([across, down, np.cross(across, down)], 1)
    solid[:, 2] *= np.sign(solid[30, 2] - solid[36, 2])
    solid = solid - [solid[[36, 45], 0].mean(), 0, 0]
    solid /= solid[42:48, 0].mean() - solid[36:42, 0].mean()
    return solid + [0, 0, AXIS]


def real_face(mesh: Solid, faces: list[tuple[str, Landmarks]]) -> Solid:
    """Mean and deviation of the 68 points of real faces, shape (68, 4), in distances of the eyes.

    Args:
        mesh: what the shape begins with and its depth is held near, shape (68, 3).
        faces: a name of the person and the points, of each face; every person counts alike.
    """
    solid, deviation = mesh, np.full(68, 0.05)
    deviation[:17] = JAW_DEVIATION
    shares = Counter(name for name, _ in faces)
    weights = np.array([1 / shares[name] for name, _ in faces])
    for _ in range(ROUNDS):
        face = Template(solid, deviation, 20.0)
        wanted, given, distances = np.tile(HOLD, (68, 1, 1)), mesh @ HOLD, []
        for weight, (_, found) in zip(weights, faces, strict=True):
            view, place, seen = _put_back(face, found)
            wanted[seen] += weight * view.T @ view
            given[seen] += weight * place[seen] @ view
            distances.append(np.linalg.norm(place - _map(face, found), axis=1))
        solid = np.linalg.solve(wanted, given[..., None])[..., 0]
        solid = (solid + solid[MIRRORED] * [-1, 1, 1]) / 2
        solid[:, 1] += (mesh - solid)[[36, 39, 42, 45], 1].mean()
        solid = solid / (solid[42:48, 0].mean() - solid[36:42, 0].mean())
        deviation = np.sqrt(np.average(np.array(distances) ** 2, axis=0, weights=weights) / 2)
        deviation = (deviation + deviation[MIRRORED]) / 2
    return np.column_stack([solid, deviation])


def _map(face: Template, found: Landmarks) -> Solid:
    """The points of a mean face as they appear in the pose of a found one, upright, shape (68, 2)."""
    pose = fit_to(face, found.points, found.confidence)
    return shown(face.solid, np.array([pose.yaw]), np.array([pose.pitch]))[0].view(float).reshape(-1, 2)


def _put_back(face: Template, found: Landmarks) -> tuple[Solid, Solid, NDArray[np.bool_]]:
    """How the pose of a face maps space to the picture (2, 3), its points upright and in distances of the eyes (68, 2),
    and which of them can be seen (68,)."""
    pose = fit_to(face, found.points, found.confidence)
    yaw, pitch = np.radians([pose.yaw, pose.pitch])
    depth = np.array([-np.sin(yaw), 0, np.cos(yaw)])
    view = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, np.cos(pitch), 0] - np.sin(pitch) * depth])
    upright = (found.points @ [1, 1j]) * np.exp(-1j * np.radians(pose.roll))
    there = _map(face, found) @ [1, 1j]
    share = 1 / (face.deviation**2 + 0.04**2)
    share /= share.sum()
    from_middle, apart = upright - upright @ share, there - there @ share
    size = ((apart.conj() * from_middle) @ share).real / (np.abs(apart) ** 2 @ share)
    place = from_middle / size + there @ share
    angle = np.degrees(np.arctan2(face.solid[:, 0], face.solid[:, 2])) + pose.yaw
    return view, place.view(float).reshape(-1, 2), np.abs(angle) < SIGHT


def _laid_on(points: Solid, target: Solid) -> Solid:
    """Points moved, turned and scaled to lie on others as near as they go (Umeyama 1991), shape (N, 3)."""
    mean, other = points.mean(0), target.mean(0)
    u, stretch, vt = np.linalg.svd((target - other).T @ (points - mean))
    sign = np.array([1, 1, np.sign(np.linalg.det(u @ vt))])
    scale = (stretch * sign).sum() / ((points - mean) ** 2).sum()
    return scale * (points - mean) @ (u * sign @ vt).T + other


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / np.linalg.norm(vector)


def labelled(media: Path) -> list[tuple[str, Image]]:
    """Name and picture (160 px) of each labelled face that is no profile."""
    return [(face.name, face.image) for face in photos(media) if face.name != PROFILES]


def main() -> None:
    """Prints both tables as they stand in `landmark.templates`."""
    media = media_folder()
    faces = labelled(media)
    finder = load_landmarks("openseeface", media / "weights" / OPENSEEFACE)
    mesh = mesh_face([image[5:155, 5:155] for _, image in faces], media / "weights" / "face_landmark.tflite")
    found = [(name, finder.find(image, FACE_OF_CROP)) for name, image in faces]
    for name, table in (("_DRAWN", drawn_face()), ("_REAL", real_face(mesh, found))):
        rows = ["(" + ", ".join(f"{value + 0:.3f}" for value in row) + ")," for row in table.round(3) + 0.0]
        pairs = [f"    {one} {two}" for one, two in zip(rows[::2], rows[1::2], strict=True)]
        sys.stdout.write("\n".join([f"{name} = np.array([", *pairs, "])\n"]))


if __name__ == "__main__":
    with one_line_errors():
        main()

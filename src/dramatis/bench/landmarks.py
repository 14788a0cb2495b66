"""`make benchmark-landmarks`: how near points and poses come to the truth; see docs/landmarks.md."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from tqdm import tqdm

from dramatis.backends.detect import load_detect
from dramatis.backends.landmarks import Landmarker, load_landmarks
from dramatis.bench.clips import OPENSEEFACE, media_folder
from dramatis.bench.landmark_faces import FACE_OF_CROP, TURNS, Photo, Seen, film_faces, photos, posed, turned
from dramatis.bench.landmark_page import page
from dramatis.bench.landmark_picture import sheet
from dramatis.core.errors import one_line_errors
from dramatis.core.images import encode_png
from dramatis.core.params import load_params
from dramatis.core.tables import write_json
from dramatis.detect.params import DetectParams
from dramatis.film.head import LARGEST_TURN
from dramatis.landmark.params import LandmarkParams
from dramatis.landmark.pose import five_of
from dramatis.pocket.landmarks_samples import sample
from dramatis.pocket.landmarks_score import errors

FILM_SEEDS = (505, 606)
DRAWN, DRAWN_SEED = 800, 101
"""Single drawn faces that are measured, from seeds of their own."""
REAL = {"backend": "openseeface", "template": "real", "min_confidence": 0.6, "max_residual": 0.25}
"""Section `landmark` as preset `live-action` has it, but for the weights."""
TURNED_PX = 25
"""Distance of the labelled eyes from which on a crop of 160 px is no profile [px]."""
POINTS = ("right_eye", "left_eye", "nose", "right_mouth", "left_mouth")
"""The five points, in the order of the labels."""
PLOTS = Path("metrics/plots/bench")


def drawn_figures(finder: Landmarker, params: LandmarkParams) -> dict[str, Any]:
    """Points and poses of single drawn faces, many of them blurred or half hidden; one fifth show no face."""
    faces = [sample(DRAWN_SEED, "bench", index, nobody=0.2) for index in range(DRAWN)]
    found = [finder.find(face.image, face.box) for face in tqdm(faces, desc="drawn faces", unit="face")]
    poses = [posed(each, params) for each in found]
    shown = [n for n, face in enumerate(faces) if face.points is not None]
    held = [(pose, faces[n].pose) for n in shown if (pose := poses[n])]
    return {
        **errors([(faces[n], found[n].points) for n in shown]),
        "yaw_error": _mean_error([pose.yaw - LARGEST_TURN * true.yaw for pose, true in held]),
        "pitch_error": _mean_error([pose.pitch for pose, _ in held]),
        "roll_error": _mean_error([pose.roll - true.roll for pose, true in held]),
        "without_pose": 1 - len(held) / len(shown),
        "nobody_with_pose": float(np.mean([pose is not None for pose, f in zip(poses, faces) if f.points is None])),
    }


def film_figures(faces: Sequence[Seen]) -> dict[str, Any]:
    """Poses of the faces that a detector finds in films, by how the head is turned."""
    kinds = {kind: [face for face in faces if face.kind == kind] for kind in ("front", "three-quarter", "profile")}
    groups = {"all": [face for own in kinds.values() for face in own], **kinds}
    found = {name: _of_group(own) for name, own in groups.items()}
    nobody = [face.pose is not None for face in faces if face.kind == "nobody"]
    return {**found, "nobody": {"faces": len(nobody), "with_pose": int(sum(nobody))}}


def _of_group(faces: Sequence[Seen]) -> dict[str, Any]:
    held = [(face.pose, face.yaw) for face in faces if face.pose and face.yaw is not None]
    away = np.array([abs(pose.yaw - yaw) for pose, yaw in held])
    return {
        "faces": len(faces),
        "without_pose": 1 - len(held) / max(len(faces), 1),
        "yaw_error": float(away.mean()),
        "yaw_error_95": float(np.quantile(away, 0.95)),
        "pitch_error": _mean_error([pose.pitch for pose, _ in held]),
    }


def photo_figures(finder: Landmarker, params: LandmarkParams, faces: Sequence[Photo]) -> dict[str, Any]:
    """Points of real faces beside five labelled ones, and how poses follow when pictures are turned and mirrored."""
    found = [finder.find(face.image, FACE_OF_CROP) for face in faces]
    eyes = np.array([np.linalg.norm(face.five[1] - face.five[0]) for face in faces])
    away = np.array(
        [np.linalg.norm(five_of(each.points) - face.five, axis=1) for each, face in zip(found, faces, strict=True)]
    )
    side = FACE_OF_CROP[2] - FACE_OF_CROP[0]
    open_ = eyes >= TURNED_PX
    poses = [posed(each, params) for each in found]
    tilts, mirrors, rolls = [], [], []
    for face, pose in zip(tqdm(faces, desc="photos", unit="face"), poses, strict=True):
        if pose is None:
            continue
        for degrees in TURNS:
            again = posed(finder.find(turned(face.image, degrees), FACE_OF_CROP), params)
            tilts += [again.roll - pose.roll - degrees] if again else []
        mirror = posed(finder.find(np.ascontiguousarray(face.image[:, ::-1]), FACE_OF_CROP), params)
        mirrors += [mirror.yaw + pose.yaw] if mirror else []
        across = face.five[1] - face.five[0]
        rolls.append(pose.roll - np.degrees(np.arctan2(across[1], across[0])))
    return {
        "faces": len(faces),
        "over_eye_distance": float((away.mean(1) / eyes)[open_].mean()),
        "by_point": dict(zip(POINTS, (away / eyes[:, None])[open_].mean(0).tolist(), strict=True)),
        "over_box": float((away / side).mean()),
        "median_over_eye_distance": float(np.median(away.mean(1) / eyes)),
        "no_profile": int(open_.sum()),
        "without_pose": float(np.mean([pose is None for pose in poses])),
        "roll_to_labelled_eyes": _mean_error(rolls),
        "roll_when_turned": _mean_error(tilts),
        "yaw_when_mirrored": _mean_error(mirrors),
    }


def main() -> None:
    """Measures, and writes the figures, a page on them, and pictures: in docs only of faces that are nobody's."""
    media = media_folder()
    params, detect = load_params("landmark", LandmarkParams), load_params("detect", DetectParams)
    finder = load_landmarks("heatmap_onnx", Path("models/pocket/landmarks"))
    detector = load_detect(
        "yolo_onnx", Path("models/pocket/detect"), detect.min_score.model_dump(), detect.max_iou, detect.input_px
    )
    films = [
        face
        for seed in FILM_SEEDS
        for face in tqdm(film_faces(seed, detector, finder, params), desc=f"film {seed}", unit="face")
    ]
    real = params.model_copy(update=REAL)
    openseeface, photographed = load_landmarks("openseeface", media / "weights" / OPENSEEFACE), photos(media)
    result = {
        "drawn": drawn_figures(finder, params),
        "film": film_figures(films),
        "photo": photo_figures(openseeface, real, photographed),
    }
    write_json(result, Path("metrics/bench/landmarks.json"))
    Path("docs/landmarks.md").write_text(page(result))
    Path("docs/landmarks.png").write_bytes(encode_png(sheet(films, rows=3)))
    PLOTS.mkdir(parents=True, exist_ok=True)
    (PLOTS / "landmarks.png").write_bytes(encode_png(sheet(_seen(openseeface, real, photographed), rows=4)))
    Console().print_json(data=result)


def _seen(finder: Landmarker, params: LandmarkParams, faces: Sequence[Photo]) -> list[Seen]:
    found = [finder.find(face.image, FACE_OF_CROP) for face in faces]
    return [
        Seen(face.image, FACE_OF_CROP, each, posed(each, params), None, face.name)
        for face, each in zip(faces, found, strict=True)
    ]


def _mean_error(away: Sequence[float]) -> float:
    """Mean size of angles, which are taken to -180..180 first [degrees]."""
    return float(np.abs((np.asarray(away, float) + 180) % 360 - 180).mean())


if __name__ == "__main__":
    with one_line_errors():
        main()

"""Faces blurred by known amounts: of films that nothing learned from, photographs, and drawings by others."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core import seeds
from dramatis.core.boxes import HEAD_OF_FACE
from dramatis.core.images import Image, cut, decode, encode_jpeg, read_image, resize
from dramatis.core.tables import box_of
from dramatis.film.render import draw_shot
from dramatis.film.story import write_story
from dramatis.pocket.blurring import KINDS, SHARPEST_PX, Kind, blurred, joined, kernel, radii, resized

FILM_SEEDS = (505, 606)
PHOTOGRAPHED = ("signer_C", "signer_D", "signer_E")
"""Identities of `faces/cc_by_faces` that are measured. The others, and film seed 404, were looked at on the way."""
FILMED = ("man_glasses", "woman_hood")
"""Identities of `videos/tears_of_steel_10s.mp4` that are measured."""
DRAWN_BY_OTHERS = ("sylvie", "eileen", "lucy")
"""Characters of `anime/anime_cast.mp4`."""
SIZES_PX = (24, 34, 50, 72, 100, 140, 200)
"""Widths at which each face is blurred."""
SHARES = (0.0, 0.01, 0.02, 0.03, 0.04, 0.06, 0.09)
"""Radii of the blurs, in widths of the face."""
MARGIN = 0.4
"""What is kept about a face, in its widths: it is blurred into it."""
FACE_OF_SIGNERS = (73, 94)
"""Width and height of the face in the middle of a crop of the signers, 160 px wide [px]."""
SOFT = {"signer": 2.4, "tears": 1.7, "anime": 1.7}
"""How much each source is reduced at least before it counts as sharp: lenses and H.264 have blurred it."""


class Source(NamedTuple):
    """A face with its surroundings.

    Attributes:
        name: of the face.
        group: film, photo or anime.
        image: the picture.
        box: the face in it, x0 y0 x1 y1 [px].
        sharp_px: width up to which the face is sharp; larger ones are enlarged from that.
    """

    name: str
    group: str
    image: Image
    box: NDArray[np.float64]
    sharp_px: float


class Blurred(NamedTuple):
    """A face under a known blur.

    Attributes:
        series: faces of one source, size and kind of blur; they differ in the amount and in the light.
        face: the name of the source.
        group: film, photo or anime.
        kind: gaussian, disk or motion.
        image: the face alone, RGB.
        added: radius of the blur that was added, in widths of the face.
        radius_px: radius of all blur along its long axis, that of pixels and of enlarging included [px].
        light: factor of the brightness.
    """

    series: str
    face: str
    group: str
    kind: Kind
    image: Image
    added: float
    radius_px: float
    light: float

    @property
    def share(self) -> float:
        """The radius in widths of the face."""
        return self.radius_px / self.image.shape[1]


def blurred_faces(sources: Sequence[Source], sizes: Sequence[int] = SIZES_PX) -> Iterator[Blurred]:
    """Every source at every size under every blur, then darkened, through JPEG, and many of them resized."""
    for source in sources:
        for size in sizes:
            sharp, base, box = at_size(source, size)
            for kind in KINDS:
                rng = seeds.rng(0, "bench", "blur", source.name, size, kind)
                quality, angle = int(rng.integers(50, 96)), float(rng.uniform(0, np.pi))
                ratio = float(np.clip(rng.choice([1.0, rng.uniform(0.7, 1.4)]), 24 / size, max(200 / size, 1)))
                for share in SHARES:
                    light = float(rng.uniform(0.3, 1.0))
                    image, radius = sharp, base
                    if share:
                        spread = kernel(kind, share * size, angle)
                        image, radius = blurred(sharp, spread), joined(base, radii(spread)[0])
                    image = decode(encode_jpeg((image * light).astype(np.uint8), quality))
                    image = scaled(image, ratio)
                    face = cut(image, box * ratio)
                    series = f"{source.name}-{size}-{kind}"
                    where = (series, source.name, source.group, kind)
                    yield Blurred(*where, face, share, resized(radius, ratio), light)


def at_size(source: Source, width: float) -> tuple[Image, float, NDArray[np.float64]]:
    """A sharp picture with a face of some width, the radius of its sharpest edges [px], and the box of the face."""
    found = source.box[2] - source.box[0]
    left, top = source.box[:2] - MARGIN * found
    around = np.round([left, top, source.box[2] + MARGIN * found, source.box[3] + MARGIN * found])
    image, box = cut(source.image, around), source.box - [around[0], around[1]] * 2
    small = min(width, source.sharp_px)
    image, box = scaled(image, small / found), box * (small / found)
    return scaled(image, width / small), SHARPEST_PX * width / small, box * (width / small)


def scaled(image: Image, ratio: float) -> Image:
    """A picture `ratio` times as large."""
    if ratio == 1:
        return image
    return resize(image, max(round(image.shape[1] * ratio), 1), max(round(image.shape[0] * ratio), 1))


def film_faces(seed: int, count: int, width: int = 2 * max(SIZES_PX)) -> list[Source]:
    """Faces of one film, rendered large, so that they are sharp at every size that is measured."""
    found: list[Source] = []
    aspect, plain = 16 / 9, ("plain", "two", "profile", "pan")
    for number, shot in enumerate(write_story(seed, "e01", 1000, aspect)):
        if shot.kind not in plain or len(found) == count:
            continue
        height = round(width / (2 * shot.actors[0].radius)) // 2 * 2
        still = replace(shot, frames=2, pan=0.0)
        drawing = next(draw_shot(still, round(height * aspect) // 2 * 2, height, seed, f"e01-{number:04d}"))
        for figure in drawing.figures[:1]:
            if figure["face"] and figure["occlusion"] < 0.2:
                box = np.array(box_of(figure["face"]), float)
                name = f"film-{seed}-{number}"
                found.append(_cropped(Source(name, "film", drawing.image, box, (box[2] - box[0]) / 1.2)))
    return found


def signer_faces(media: Path, identities: Sequence[str], count: int) -> list[Source]:
    """Photographed faces: evenly chosen pictures of each identity."""
    found = []
    for identity in identities:
        files = sorted((media / "faces" / "cc_by_faces" / identity).glob("*.png"))
        for file in files[:: max(len(files) // count, 1)][:count]:
            image = read_image(file)
            middle, half = image.shape[1] / 2, np.array(FACE_OF_SIGNERS) / 2
            box = np.concatenate([middle - half, middle + half])
            found.append(Source(f"{identity}-{file.stem}", "photo", image, box, FACE_OF_SIGNERS[0] / SOFT["signer"]))
    return found


def video_faces(media: Path, video: str, boxes: str, identities: Sequence[str], group: str, count: int) -> list[Source]:
    """Faces of a video at the labelled moments: evenly chosen ones of each identity, larger than 80 px."""
    with (media / boxes).open() as file:
        rows = [row for row in csv.DictReader(file) if row["video"] == Path(video).name and row["w"]]
    capture, found = cv2.VideoCapture(str(media / video)), []
    for identity in identities:
        own = [row for row in rows if row["identity"] == identity and int(row["w"]) >= 80]
        for row in own[:: max(len(own) // count, 1)][:count]:
            capture.set(cv2.CAP_PROP_POS_MSEC, float(row["time_s"]) * 1000)
            x, y, w, h = (int(row[side]) for side in "xywh")
            frame = np.ascontiguousarray(capture.read()[1][..., ::-1])
            name = f"{identity}-{row['time_s']}"
            soft = SOFT["anime" if group == "anime" else "tears"]
            found.append(_cropped(Source(name, group, frame, np.array([x, y, x + w, y + h], float), w / soft)))
    return found


def measured_faces(media: Path) -> dict[str, list[Source]]:
    """The faces that the bars are measured on, by group."""
    anime = ("anime/anime_cast.mp4", "anime/anime_gt.csv", DRAWN_BY_OTHERS, "anime", 3)
    tears = ("videos/tears_of_steel_10s.mp4", "videos/ground_truth_frames.csv", FILMED, "photo", 3)
    return {
        "film": [face for seed in FILM_SEEDS for face in film_faces(seed, 7)],
        "photo": signer_faces(media, PHOTOGRAPHED, 3) + video_faces(media, *tears),
        "anime": video_faces(media, *anime),
    }


def _cropped(source: Source) -> Source:
    """The same face with no more about it than is needed."""
    side = HEAD_OF_FACE * 1.2 * max(source.box[2:] - source.box[:2]) / 2
    middle = (source.box[:2] + source.box[2:]) / 2
    around = np.round(np.concatenate([middle - side, middle + side]))
    return source._replace(image=cut(source.image, around), box=source.box - np.tile(around[:2], 2))

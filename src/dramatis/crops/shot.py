"""The crops and scenes of one shot, from its frames and what is known of the video."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.core.boxes import Boxes, clip, cover
from dramatis.core.images import Image, cut, decode, encode_jpeg, encode_png, picture_hash
from dramatis.core.phash import phash
from dramatis.core.tables import stored_box
from dramatis.crops.boxes import Box, Cut, stage_cuts, without_repeats
from dramatis.crops.choice import choose, features
from dramatis.crops.masks import without_others
from dramatis.crops.params import CropsParams, Stage
from dramatis.crops.people import Person
from dramatis.crops.rules import Company, company, faces_in, root_area, size_rule
from dramatis.crops.scale import limited, moved, reduced
from dramatis.crops.subtitles import Band, boxes, clear_rows, shown

Row = dict[str, Any]
EDGE_PX = 2
"""A person whose box ends so near the frame's lower edge goes on below it."""
WHOLE = 0.95
"""Share of a face that a cut clear of subtitles must leave."""
HALF = 0.5
"""Share of the frame's height that subtitles must leave to a scene."""
NO_PICTURE = {"phash": None, "picture": None, "image": b""}
ROOM = 0.25
"""What is looked at around a crop for what is behind people who are painted over [its sides]."""


@dataclass(frozen=True)
class Film:
    """What is known of a video before its pictures are cut.

    Attributes:
        people: of each frame.
        quality: rows of that table by detection.
        vectors: of identity, by detection.
        worn: rows of table `outfits` by figure.
        scenes: the rule that leaves each frame out as a scene; None for those that become one.
        bands: where it shows subtitles.
    """

    params: CropsParams
    people: Mapping[str, Sequence[Person]]
    quality: Mapping[str, Row]
    vectors: Mapping[str, NDArray[np.float32]]
    worn: Mapping[str, Row]
    scenes: Mapping[str, str | None]
    bands: Sequence[Band]


@dataclass(frozen=True)
class Frame:
    """A frame with its picture as it came; decoded when it is looked at.

    Attributes:
        row: of table `frames`.
        place: what to call it, should it be unreadable.
        bands: where the video shows subtitles.
    """

    row: Row
    place: str
    bands: Sequence[Band]

    @cached_property
    def image(self) -> Image:
        """Its pixels. They stay as long as this value: take `fresh` to look at many."""
        return decode(self.row["image"], self.place)

    @property
    def fresh(self) -> "Frame":
        """The same, not yet decoded."""
        return replace(self)

    @cached_property
    def text(self) -> Boxes:
        """Boxes of the subtitles in it, shape (N, 4) [px]."""
        found = shown(self.image, self.bands)
        return boxes(found, self.row["width_px"], self.row["height_px"])

    @property
    def box(self) -> Box:
        """All of it [px]."""
        return np.array([0, 0, self.row["width_px"], self.row["height_px"]], float)

    def clear(self, box: Boxes) -> Box:
        """The part in which a crop as wide as a box is free of subtitles [px]."""
        top, bottom = clear_rows(box, self.text, self.row["height_px"])
        return np.array([0, top, self.row["width_px"], bottom], float)


class Piece(NamedTuple):
    """A crop to be: of whom, where, and who else is in it."""

    row: Row
    person: Person
    stage: Stage
    cut: Cut
    cut_off: bool
    company: Company

    @property
    def crop_id(self) -> str:
        return f"{self.person.figure_id}-{self.stage}"


def crops_of(film: Film, frames: Sequence[Frame]) -> list[Row]:
    """The rows of table `crops` of one shot, sorted; with a picture where a crop stays."""
    pieces: list[Piece] = []
    hashes: dict[str, int] = {}
    for each in frames:
        if any(person.character for person in film.people.get(each.row["frame_id"], ())):
            frame = each.fresh
            new = _pieces(film, frame)
            hashes |= {p.crop_id: phash(cut(frame.image, p.cut.box)) for p in new if not p.cut.rejected_by}
            pieces += new
    pieces = _thinned(film, pieces, hashes)
    by_frame = defaultdict(list)
    for piece in pieces:
        by_frame[piece.row["frame_id"]].append(piece)
    rows = []
    for each in frames:
        frame = each.fresh
        rows += [_crop_row(film, frame, piece) for piece in by_frame[each.row["frame_id"]]]
    return sorted(rows, key=lambda row: row["crop_id"])


def scenes_of(film: Film, frames: Sequence[Frame]) -> list[Row]:
    """The rows of table `scenes` of one shot; a picture that is neither cut nor scaled keeps its bytes."""
    return [_scene_row(film, frame.fresh, film.scenes[frame.row["frame_id"]]) for frame in frames]


def _pieces(film: Film, frame: Frame) -> list[Piece]:
    """The crops of the named people of one frame, each with the first rule that it fails."""
    params, here, found = film.params, film.people[frame.row["frame_id"]], []
    clear = frame.clear if len(frame.text) else None
    for person in here:
        if not person.character:
            continue
        judged = film.quality[person.face]["rejected_by"]
        cuts = stage_cuts(person.boxes, person.found, params.head_margin, params.max_aspect, frame.box, clear)
        end = frame.clear(cuts["full"].box)[3]
        cut_off = bool(person.boxes["person"][3] >= end - EDGE_PX)
        for stage, piece in cuts.items():
            rule = f"quality:{judged}" if judged else size_rule(piece.box, params.min_side_px, params.min_root_area_px)
            rule = rule or _people_rule(params, stage, _company(params, stage, piece.box, person, here))
            if not rule and cover(person.sight[None], piece.box[None])[0, 0] < WHOLE:
                rule = "cut_subtitles"
            cuts[stage] = replace(piece, rejected_by=rule)
        fits = partial(_fits, params, person, here)
        for stage, piece in without_repeats(cuts, params.max_share, cut_off, fits).items():
            company_ = _company(params, stage, piece.box, person, here)
            found.append(Piece(frame.row, person, stage, piece, cut_off, company_))
    return found


def _company(params: CropsParams, stage: Stage, box: Boxes, person: Person, here: Sequence[Person]) -> Company:
    return company(box, person, here, params.others.get(stage) in ("blur", "inpaint"))


def _people_rule(params: CropsParams, stage: Stage, found: Company) -> str | None:
    if params.others.get(stage) == "refuse" and found.touching:
        return "others"
    return "max_people" if found.people > params.max_people.get(stage, found.people) else None


def _fits(params: CropsParams, person: Person, here: Sequence[Person], stage: Stage, box: Boxes) -> bool:
    return _people_rule(params, stage, _company(params, stage, box, person, here)) is None


def _thinned(film: Film, pieces: Sequence[Piece], hashes: Mapping[str, int]) -> list[Piece]:
    """The pieces, with a rule for those of a track and stage that are too many or too much alike."""
    groups: dict[tuple[str, str], list[Piece]] = defaultdict(list)
    for piece in pieces:
        if not piece.cut.rejected_by:
            groups[piece.person.track_id, piece.stage].append(piece)
    rules: dict[str, str | None] = {}
    for group in groups.values():
        faces = [piece.person.face for piece in group]
        judged = [film.quality[face] for face in faces]
        tall = [float(piece.person.sight[3] - piece.person.sight[1]) / piece.row["height_px"] for piece in group]
        points = features(
            np.stack([film.vectors[face] for face in faces]),
            [row["yaw"] for row in judged],
            [row["luma"] for row in judged],
            tall,
        )
        ids, sharpness = [piece.crop_id for piece in group], [row["sharpness"] for row in judged]
        found = choose(
            ids, points, sharpness, [hashes[n] for n in ids], film.params.min_distance, film.params.max_per_track
        )
        rules |= dict(zip(ids, found, strict=True))
    return [
        piece._replace(cut=replace(piece.cut, rejected_by=piece.cut.rejected_by or rules.get(piece.crop_id)))
        for piece in pieces
    ]


def _crop_row(film: Film, frame: Frame, piece: Piece) -> Row:
    box, person, judged = piece.cut.box, piece.person, film.quality[piece.person.face]
    outfit = film.worn.get(person.figure_id, {})
    sides = box[2:] - box[:2]
    width, height = limited(int(sides[0]), int(sides[1]), film.params.longest_short_px)
    scale = width / float(sides[0])
    return {
        **{name: piece.row[name] for name in ("frame_id", "video", "shot", "time_code")},
        **{name: getattr(person, name) for name in ("figure_id", "detection_id", "track_id", "character")},
        **{name: getattr(piece.company, name) for name in ("others", "left", "people")},
        **{name: judged[name] for name in ("sharpness", "luma", "yaw")},
        "crop_id": piece.crop_id,
        "outfit": outfit.get("outfit_id"),
        "outfit_name": outfit.get("outfit_name"),
        "masked": len(piece.company.masked),
        "stage": piece.stage,
        "box": stored_box(box),
        "scale": scale,
        "face": stored_box(moved(person.sight, box[:2], scale, width, height)),
        "fallback": piece.cut.fallback,
        "cut_off": piece.cut_off,
        "small": root_area(width, height) < film.params.package_px,
        "width_px": width,
        "height_px": height,
        "rejected_by": piece.cut.rejected_by,
        **(NO_PICTURE if piece.cut.rejected_by else _stored(_picture(film.params, frame.image, piece))),
    }


def _picture(params: CropsParams, image: Image, piece: Piece) -> Image:
    """The picture of a crop, others painted over and scaled down."""
    box, masked, way = piece.cut.box, piece.company.masked, params.others.get(piece.stage)
    if not masked or way not in ("blur", "inpaint"):
        return reduced(cut(image, box), params.longest_short_px)
    sides = box[2:] - box[:2]
    around = clip([*(box[:2] - ROOM * sides), *(box[2:] + ROOM * sides)], image.shape[1], image.shape[0])
    painted = without_others(cut(image, around), piece.person, masked, around[:2], way)
    return reduced(cut(painted, box - np.tile(around[:2], 2)), params.longest_short_px)


def _stored(picture: Image) -> Row:
    return {"phash": f"{phash(picture):016x}", "picture": picture_hash(picture), "image": encode_png(picture)}


def _scene_row(film: Film, frame: Frame, rule: str | None) -> Row:
    """A scene, cut clear of subtitles; without a picture if a rule leaves it out."""
    people = film.people.get(frame.row["frame_id"], [])
    box = frame.box.astype(np.int32) if rule else frame.clear(frame.box).astype(np.int32)
    named = [person for person in faces_in(frame.box, people) if person.character]
    hidden = [person for person in named if cover(person.sight[None], box[None])[0, 0] < WHOLE]
    if not rule and (hidden or box[3] - box[1] < HALF * frame.row["height_px"]):
        rule = "cut_subtitles"
    sides = box[2:] - box[:2]
    width, height = limited(int(sides[0]), int(sides[1]), film.params.longest_short_px)
    scale = width / float(sides[0])
    return {
        **{name: frame.row[name] for name in ("frame_id", "video", "shot", "time_code", "sharpness")},
        "scene_id": f"{frame.row['frame_id']}-scene",
        "characters": [person.character for person in named],
        "faces": [stored_box(moved(person.sight, box[:2], scale, width, height)) for person in named],
        "people": len(faces_in(box, people)),
        "box": stored_box(box),
        "width_px": width,
        "height_px": height,
        "rejected_by": rule,
        **(NO_PICTURE if rule else _stored_scene(film.params, frame, box)),
    }


def _stored_scene(params: CropsParams, frame: Frame, box: Boxes) -> Row:
    """A picture that is neither cut nor scaled keeps the bytes of its frame; another is encoded anew."""
    picture = reduced(cut(frame.image, box), params.longest_short_px)
    if picture.shape == frame.image.shape:
        data = frame.row["image"]
    else:
        data = encode_jpeg(picture)
        picture = decode(data, frame.place)
    return {"phash": f"{phash(picture):016x}", "picture": picture_hash(picture), "image": data}

"""What the fuzzer reads: for each kind of input some whole ones, those made to do harm, and how a stage reads them."""

import io
import zipfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Literal, NamedTuple

import av
import numpy as np
import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq

from dramatis.backends.onnx import open_session
from dramatis.bench import fuzz_hostile
from dramatis.caption.human import read_captions
from dramatis.cast.decisions import check_alone, read_decisions
from dramatis.core.errors import ParameterError
from dramatis.core.images import decode, encode_jpeg, encode_png, read_image
from dramatis.core.params import load_params, read_yaml
from dramatis.core.stills import Still, frames_of
from dramatis.core.tables import iter_rows, read_rows, write_table
from dramatis.diffusion.headers import shapes_of
from dramatis.diffusion.weights import read_metadata, read_weights
from dramatis.frames import run as frames_stage
from dramatis.frames.params import FramesParams
from dramatis.frames.schema import FRAMES
from dramatis.frames.sources import stills_of
from dramatis.project.presets import check_params

Read = Callable[[Path], object]

CAST = """characters:
  ada: {display: Ada Lovelace, trigger: adalv}
  bo:
rename:
  ada-black-dress: ada
merge:
  masked-man: zorro
pins:
  e01@15.833:0.208,0.576: ada
  ada/1.png: bo
reject:
  - e01@16.833:0.208,0.576
not_a_person:
  - e01@17.833:0.208,0.576
outfits:
  e01@15.833:0.208,0.576: red-coat
"""
CAPTIONS = """# by hand
3f9a0c21b7d4e855: "ada, smiling, red scarf"
0123456789012345: 'bo, "quoted"'
"1234567890123456": ada and bo
"""


class Kind(NamedTuple):
    """One kind of input.

    Attributes:
        suffix: how its files end.
        read: reads one as a stage does.
        whole: inputs that nothing is wrong with.
        harmful: inputs made to do harm, by name.
        anchors: bytes near which the format keeps sizes and counts.
        is_text: YAML, which is changed by lines.
    """

    suffix: str
    read: Read
    whole: list[bytes]
    harmful: dict[str, bytes]
    anchors: tuple[bytes, ...] = ()
    is_text: bool = False


def kinds() -> dict[str, Kind]:
    """All kinds by name, made in the project's top folder.

    What they hold is the same each time, so that a case is made again from its seed and number alone.
    """
    pictures = _pictures()
    params = Path("params.yaml").read_bytes()
    lies = fuzz_hostile.yamls()
    boxes = (
        b"moov mvhd tkhd mdhd stsd avc1 avcC mp4v stts ctts stsc stsz stco elst trex avih strh strf idx1 indx".split()
    )
    ebml = [b"\x1a\x45\xdf\xa3", b"\x16\x54\xae\x6b", b"\x18\x53\x80\x67", b"\x1f\x43\xb6\x75", b"\x1c\x53\xbb\x6b"]
    marks = [
        b"IHDR",
        b"acTL",
        b"fcTL",
        b"IDAT",
        b"\xff\xc0",
        b"\xff\xda",
        b"\xff\xdb",
        b"GIF89a",
        b"VP8 ",
        b"ANMF",
        b"II*",
    ]
    canary, address = "/etc/hostname", "http://127.0.0.1:9/x.ts"
    return {
        "video": Kind(".mp4", read_video, _videos(), fuzz_hostile.videos(canary, address), (*boxes, *ebml)),
        "picture": Kind(".png", read_picture, pictures, fuzz_hostile.pictures(), tuple(marks)),
        "zip": Kind(".zip", read_pictures, [_zip(pictures)], fuzz_hostile.zips(), (b"PK\1\2", b"PK\3\4", b"PK\5\6")),
        "dataset": Kind(".parquet", read_pictures, [_dataset(pictures)], {}, (b"PAR1", b"huggingface", b"schema")),
        "params": Kind(".yaml", read_params, [params], lies, is_text=True),
        "cast": Kind(".yaml", read_cast, [CAST.encode()], lies, is_text=True),
        "captions": Kind(".yaml", read_captions, [CAPTIONS.encode()], lies, is_text=True),
        "table": Kind(".parquet", read_frames, [_frames(pictures)], {}, (b"PAR1", b"frame_id", b"schema")),
        "onnx": Kind(".onnx", read_onnx, [Path("models/pocket/landmarks/landmarks.onnx").read_bytes()], {}, (b"Conv",)),
        "safetensors": Kind(
            ".safetensors",
            read_safetensors,
            [Path("models/pocket/blur/blur.safetensors").read_bytes()],
            fuzz_hostile.safetensors(),
            (b"data_offsets", b"shape", b"dtype"),
        ),
    }


def read_video(file: Path) -> None:
    """As stage frames reads a video, whole or in part."""
    params = load_params("frames", FramesParams, TOP / "params.yaml")
    frames_stage.run(params.model_copy(update={"allow_partial": True}), "v", file, Path("out"))


def read_broken(file: Path) -> None:
    """As stage frames reads a video that must be whole."""
    frames_stage.run(load_params("frames", FramesParams, TOP / "params.yaml"), "v", file, Path("out"))


def read_picture(file: Path) -> None:
    """As stage frames and stage cast read a picture."""
    for frame in frames_of(Still(str(file), file.name, None, file.read_bytes)):
        del frame
    read_image(file)


def read_pictures(file: Path) -> None:
    """As stage frames reads a zip or a dataset."""
    for still in stills_of(file) or ():
        for frame in frames_of(still):
            del frame


def read_params(file: Path) -> None:
    """As every stage reads its section, and `dramatis check` all of them."""
    sections = read_yaml(file)
    if not isinstance(sections, dict):
        raise ParameterError(str(file), "it holds no sections", "Write `<section>:` with its keys below")
    known = read_yaml(TOP / "params.yaml")
    unknown = [section for section in sections if section not in known]
    if unknown:
        raise ParameterError(str(file), f"{str(unknown[0])[:100]}: unknown section", "Mend it")
    check_params(sections, str(file))


def read_cast(file: Path) -> None:
    """As stage cast reads what people decided."""
    check_alone(read_decisions(file))


def read_frames(file: Path) -> None:
    """As the stages after frames read its table."""
    read_rows(file, "frames@v", ["frame_id", "pts_s", "shot"])
    for row in iter_rows(file, "frames@v"):
        decode(row["image"], row["frame_id"])


def read_onnx(file: Path) -> None:
    """As a backend opens its model."""
    open_session(file, "landmark.weights")


def read_safetensors(file: Path) -> None:
    """As a base and a checkpoint are read."""
    shapes_of(file)
    read_metadata(file)
    read_weights(file)


TOP = Path.cwd()
"""The project's top folder: a case runs in a folder of its own."""


def _scenes() -> Iterator[np.ndarray]:
    """Small pictures with edges, in two shots."""
    for n in range(12):
        image = np.full((48, 64, 3), (40, 90, 160) if n < 6 else (200, 180, 60), np.uint8)
        image[8 + n : 30 + n, 10:40] = (250, 20 * n, 30)
        yield image


def _videos() -> list[bytes]:
    """Short films in several containers."""
    found = []
    kinds: tuple[tuple[str, Literal["libx264", "mpeg4", "mpeg2video"]], ...]
    kinds = (("mp4", "libx264"), ("matroska", "libx264"), ("avi", "mpeg4"), ("mpegts", "mpeg2video"))
    for kind, codec in kinds:
        stream = io.BytesIO()
        with av.open(stream, "w", format=kind) as container:
            video = container.add_stream(codec, rate=24)
            video.width, video.height, video.pix_fmt, video.thread_count = 64, 48, "yuv420p", 1
            for n, image in enumerate(_scenes()):
                frame = av.VideoFrame.from_ndarray(image, format="rgb24")
                frame.pts, frame.time_base = n, Fraction(1, 24)
                container.mux(video.encode(frame))
            container.mux(video.encode())
        found.append(stream.getvalue())
    return found


def _pictures() -> list[bytes]:
    """One picture in several formats, some with several frames."""
    images = [PIL.Image.fromarray(image) for image in _scenes()]
    found = [encode_png(np.asarray(images[0])), encode_jpeg(np.asarray(images[0]))]
    for kind, options in (
        ("PNG", {"save_all": True, "append_images": images[1:4]}),
        ("GIF", {"save_all": True, "append_images": images[1:4]}),
        ("WEBP", {"save_all": True, "append_images": images[1:4]}),
        ("TIFF", {"compression": "tiff_deflate"}),
        ("BMP", {}),
        ("JPEG2000", {}),
    ):
        stream = io.BytesIO()
        images[0].save(stream, kind, **options)
        found.append(stream.getvalue())
    return found


def _zip(pictures: list[bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for n, data in enumerate(pictures[:3]):
            archive.writestr(zipfile.ZipInfo(f"ann/{n}.png", (2020, 1, 1, 0, 0, 0)), data)
    return stream.getvalue()


def _dataset(pictures: list[bytes]) -> bytes:
    rows = [{"image": {"bytes": data, "path": None}, "label": n % 2} for n, data in enumerate(pictures)]
    features = (
        b'{"info": {"features": {"image": {"_type": "Image"}, "label": {"names": ["a", "b"], "_type": "ClassLabel"}}}}'
    )
    table = pa.Table.from_pylist(rows).replace_schema_metadata({b"huggingface": features})
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()


def _frames(pictures: list[bytes]) -> bytes:
    rows = []
    for n, data in enumerate(pictures[:2] * 3):
        row = {
            "frame_id": f"v-{n:06d}", "video": "v", "index": n, "pts_s": n / 4, "time_code": "00:00:00.000", "shot": 0,
            "phash": "0" * 16, "sharpness": 1.0, "width_px": 64, "height_px": 48, "image": data,
        }  # fmt: skip
        rows.append({field.name: row.get(field.name) for field in FRAMES})
    file = Path("work/fuzz-frames.parquet")
    write_table(rows, FRAMES, file)
    data = file.read_bytes()
    file.unlink()
    return data

"""Inputs made to do harm, as bytes: bombs, headers that lie, files that name other files."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache

TB10 = 10 * 10**12


def png(width: int, height: int, data: bytes = b"", *more: tuple[bytes, bytes]) -> bytes:
    """A PNG, 8-bit RGB, that claims a size; `data` is its packed pixels, `more` are chunks before them."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), *more, (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@cache
def pictures() -> dict[str, bytes]:
    """Pictures that are huge once they are read, or say so."""
    zeros = zlib.compress(bytes(64 << 20), 9)
    gif = b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + bytes(6)
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02\x4c\x01\x00"
    tiff = b"II*\0" + struct.pack("<IH", 8, 4) + b"".join(
        struct.pack("<HHII", tag, 4, 1, value) for tag, value in ((256, 2**31), (257, 2**31), (273, 8), (279, 2**31))
    )  # fmt: skip
    jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
    jpeg += b"\xff\xc0\0\x11\x08\xff\xff\xff\xff\3\1\x22\0\2\x11\1\3\x11\1\xff\xd9"
    webp = b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff" * 6
    bmp = (
        b"BM"
        + struct.pack("<IHHI", 70, 0, 0, 54)
        + struct.pack("<IiiHHIIiiII", 40, 2**30, 2**30, 1, 24, 0, 0, 0, 0, 0, 0)
    )
    text = (b"zTXt", b"a\0\0" + zlib.compress(bytes(64 << 20), 9))
    profile = (b"iCCP", b"a\0\0" + zlib.compress(bytes(64 << 20), 9))
    return {
        "png 100000×100000": png(100_000, 100_000, zlib.compress(b"")),
        "png 2^31": png(2**31 - 1, 2**31 - 1),
        "png 89 megapixels of zeros": png(9000, 9800, zeros),
        "png with a text of 64 MB": png(4, 4, zlib.compress(bytes(52)), text),
        "png with a profile of 64 MB": png(4, 4, zlib.compress(bytes(52)), profile),
        "apng of 2^31 frames": png(4, 4, zlib.compress(bytes(52)), (b"acTL", struct.pack(">II", 2**31 - 1, 0))),
        "png of no pixels": png(0, 0),
        "gif 65535×65535 thrice": gif + frame * 3 + b"\x3b",
        "tiff 2^31": tiff,
        "jpeg 65535×65535": jpeg,
        "webp 16 million": webp,
        "bmp 2^30": bmp,
        "pnm 10^9": b"P6 1000000000 1000000000 255\n",
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n%%EOF\n",
    }


@cache
def zips() -> dict[str, bytes]:
    """Archives that unpack to more than they say, or to where they should not."""

    def made(name: str, data: bytes, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", kind) as archive:
            archive.writestr(name, data)
        return stream.getvalue()

    bomb = made("a.png", bytes(800 << 20))
    entry = bomb.rindex(b"PK\1\2")
    lies = bomb[: entry + 24] + struct.pack("<I", 100) + bomb[entry + 28 :]
    return {
        "800 MB of zeros": bomb,
        "800 MB that say 100 bytes": lies,
        "10 TB by its header": bomb[: entry + 24] + struct.pack("<I", 2**32 - 2) + bomb[entry + 28 :],
        "path out of it": made("../../a.png", b"x"),
        "absolute path": made("/etc/a.png", b"x"),
        "bzip2": made("a.png", bytes(1 << 20), zipfile.ZIP_BZIP2),
        "zip in a zip": made("a.png", made("b.png", bytes(1 << 20))),
        "list of 65535 files that are not there": b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 2**31, 0, 0),
    }


@cache
def yamls() -> dict[str, bytes]:
    """Texts that unfold, nest or never end."""
    laughs = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    laughs += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    merges = ["m0: &m0 {x: 1}", *(f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 10)}]}}" for n in range(1, 12))]
    return {
        "billion laughs": "\n".join(laughs).encode(),
        "billion merges": "\n".join(merges).encode(),
        "value that holds itself": b"a: &a [*a]\nb: &b {c: *b}\n",
        "100,000 brackets": b"a: " + b"[" * 100_000,
        "100,000 braces": b"{a: " * 100_000,
        "100,000 dashes": b"- " * 100_000,
        "100,000 keys in each other": "\n".join(" " * n + "a:" for n in range(2000)).encode(),
        "tag of Python": b"a: !!python/object/apply:os.system [touch /tmp/dramatis-was-here]\n",
        "number of a million digits": b"a: " + b"9" * 1_000_000,
        "date that is none": b"a: 2024-13-45\n",
        "NUL": b"a: b\0c\n",
        "escaped NUL and half a letter": b'a: "\\0"\nb: "\\ud800"\n',
        "mark of UTF-16": "a: 1\n".encode("utf-16"),
        "mark of UTF-8": b"\xef\xbb\xbfa: 1\n",
        "the same key twice": b"a: 1\na: 2\n",
        "40 MB": b"a: " + b"x" * (40 << 20),
        "a million keys": b"".join(b"k%d: 1\n" % n for n in range(1_200_000)),
    }


@cache
def safetensors() -> dict[str, bytes]:
    """Headers that lie."""

    def made(header: object, data: bytes = b"") -> bytes:
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        return struct.pack("<Q", len(text)) + text + data

    def tensor(shape: list[object], first: object, last: object, kind: str = "F32") -> Mapping[str, object]:
        return {"dtype": kind, "shape": shape, "data_offsets": [first, last]}

    return {
        "header of 10 TB": struct.pack("<Q", TB10) + b"{}",
        "tensor of 10 TB": made({"a": tensor([TB10 // 4], 0, TB10)}),
        "product that overflows": made({"a": tensor([2**32, 2**32], 0, 0)}),
        "tensors on each other": made({"a": tensor([1], 0, 4), "b": tensor([1], 0, 4)}, bytes(4)),
        "gap": made({"a": tensor([1], 0, 4), "b": tensor([1], 8, 12)}, bytes(12)),
        "negative": made({"a": tensor([-1], 4, 0)}, bytes(4)),
        "numbers that are none": made({"a": tensor([1.5, True, "x"], None, [])}),
        "type that is none": made({"a": tensor([1], 0, 4, "PICKLE")}, bytes(4)),
        "list": made([1, 2, 3]),
        "no UTF-8": made(b'{"\xff\xfe": 1}'),
        "100,000 brackets": made(b'{"a": ' + b"[" * 100_000),
        "100,000 keys": made({f"k{n}": tensor([0], 0, 0) for n in range(100_000)}),
        "pickle": b"\x80\x04\x95" + bytes(40),
        "metadata of other types": made({"__metadata__": {"a": [1, {"b": 2}]}}),
    }


def videos(canary: str, address: str) -> dict[str, bytes]:
    """Files that make a player open another file, or an address.

    Args:
        canary: path of a file that nobody may read.
        address: `http://…` of a server that nobody may ask.
    """
    playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n#EXT-X-ENDLIST\n"
    mpd = (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT9S">'
        '<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>{}</BaseURL>'
        "</Representation></AdaptationSet></Period></MPD>"
    )
    named = {"file": canary, "file:": f"file:{canary}", "http": address}
    made = {f"m3u8 {kind}": playlist.format(what) for kind, what in named.items()}
    made |= {f"mpd {kind}": mpd.format(what) for kind, what in named.items()}
    made |= {f"concat {kind}": f"ffconcat version 1.0\nfile '{what}'\n" for kind, what in named.items()}
    made |= {
        "m3u8 concat": playlist.format(f"concat:{canary}|{canary}"),
        "m3u8 subfile": playlist.format(f"subfile,,start,0,end,64,,:{canary}"),
        "m3u8 data": playlist.format("data:video/mp4;base64,AAAA"),
        "m3u8 crypto key": playlist.replace("#EXTINF", f'#EXT-X-KEY:METHOD=AES-128,URI="{address}"\n#EXTINF').format(
            canary
        ),
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\n"
        "a=rtpmap:96 H264/90000\n",
        "strm": f"{address}\n",
        "m3u": f"{address}\n{canary}\n",
        "asx": f'<ASX version="3.0"><Entry><Ref href="{address}"/></Entry></ASX>',
        "smil": f'<smil><body><video src="{address}"/></body></smil>',
        "imf": f'<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2013"><Id>{address}</Id>',
        "rtsp reference": f"[Reference]\nRef1={address}\n",
        "ffmetadata": ";FFMETADATA1\ntitle=x\n",
        "text": "just words, which ffmpeg can draw as a film\n" * 20,
        "webvtt": "WEBVTT\n\n00:00.000 --> 00:09.000\nx\n",
    }
    return {name: text.encode() for name, text in made.items()} | {"mov with data elsewhere": mov_elsewhere(canary)}


def mov_elsewhere(canary: str) -> bytes:
    """A QuickTime film of one frame whose data lies in another file: `alis` and `url ` in its data references."""

    def box(kind: bytes, *parts: bytes) -> bytes:
        inner = b"".join(parts)
        return struct.pack(">I", 8 + len(inner)) + kind + inner

    full = bytes(4)
    matrix = struct.pack(">9I", 65536, 0, 0, 0, 65536, 0, 0, 0, 2**30)
    path = canary.encode()
    alias = bytearray(150)
    struct.pack_into(">HHH", alias, 4, 150, 2, 0)
    alias[10] = 4
    alias[10:14] = b"disk"
    alias += struct.pack(">HH", 2, len(path)) + path + b"\0" * (len(path) % 2) + struct.pack(">HH", 0xFFFF, 0)
    refs = box(
        b"dref",
        full,
        struct.pack(">I", 2),
        box(b"alis", full, bytes(alias)),
        box(b"url ", full, b"file://" + path + b"\0"),
    )
    entry = box(
        b"raw ", bytes(6), struct.pack(">H", 1), bytes(16), struct.pack(">HHIIIH", 4, 4, 72 << 16, 72 << 16, 0, 1),
        bytes(32), struct.pack(">Hh", 24, -1),
    )  # fmt: skip
    table = box(
        b"stbl",
        box(b"stsd", full, struct.pack(">I", 1), entry),
        box(b"stts", full, struct.pack(">III", 1, 1, 1000)),
        box(b"stsc", full, struct.pack(">IIII", 1, 1, 1, 1)),
        box(b"stsz", full, struct.pack(">III", 48, 1, 48)[:8]),
        box(b"stco", full, struct.pack(">II", 1, 0)),
    )
    media = box(
        b"mdia",
        box(b"mdhd", full, struct.pack(">IIIIHH", 0, 0, 1000, 1000, 0, 0)),
        box(b"hdlr", full, b"mhlrvide", bytes(13)),
        box(b"minf", box(b"vmhd", full, bytes(8)), box(b"dinf", refs), table),
    )
    track = box(
        b"trak",
        box(
            b"tkhd",
            b"\0\0\0\1",
            struct.pack(">IIIII", 0, 0, 1, 0, 1000),
            bytes(16),
            matrix,
            struct.pack(">II", 4 << 16, 4 << 16),
        ),
        media,
    )
    head = box(
        b"mvhd",
        full,
        struct.pack(">IIII", 0, 0, 1000, 1000),
        struct.pack(">IH", 65536, 256),
        bytes(10),
        matrix,
        bytes(24),
        b"\0\0\0\2",
    )
    return box(b"ftyp", b"qt  ", bytes(4), b"qt  ") + box(b"moov", head, track) + box(b"mdat", bytes(48))

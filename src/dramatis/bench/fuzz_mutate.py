"""How the fuzzer damages its inputs: bytes anywhere, numbers where a format keeps them, lines of a text."""

import re
import struct
import zlib
from collections.abc import Callable, Sequence

import numpy as np

Rng = np.random.Generator
NUMBERS = (
    0, 1, 2, 127, 128, 255, 256, 4096, 32767, 32768, 65535, 65536, 100_000, 2**31 - 1, 2**31, 2**32 - 1, 10**13, 2**63,
    2**64 - 1,
)  # fmt: skip
"""Numbers that counts, sizes and places are set to; 10^13 is ten terabytes."""
MOST_CHANGES = 4
ENDS = 256
"""Headers stand in so many bytes at either end of most files."""
ODD_WORDS = (
    "", "~", "null", "true", "-1", "0", "1e400", ".nan", "-.inf", "9" * 5000, "0x", "1_000:99", "2024-13-45", "10**13",
    "!!int x", "!!float x", "!!timestamp x", "!!binary x", "!!python/object/apply:os.system [id]", "!!set {a}", "*a",
    "&a [*a]", "[]", "{}", "[[[]]]", "{a: {b: {c: d}}}", "<<: 1", '"\\0"', '"\\ud800"', '"\\u2028"', '"a\\nb"', "'",
    '"',     "|", "%", "@", "`", "\t", "\ufeff", "\u202e", "../../etc/passwd", "/dev/zero", "-",
    "a" * 100_000, "? [a]",
    "[" * 3000, "- " * 3000, "{a: " * 3000, "&x " * 50, "e01@0.0:1,1", "{name}", "[50%: x]",
)  # fmt: skip
"""What a value or a line of YAML is replaced by."""


def mutated(data: bytes, others: Sequence[bytes], anchors: Sequence[bytes], rng: Rng) -> bytes:
    """The bytes after one to four changes.

    Args:
        others: more inputs of the same kind, to take pieces of.
        anchors: bytes near which a format keeps sizes, counts and places.
    """
    for _ in range(int(rng.integers(1, MOST_CHANGES + 1))):
        change = CHANGES[int(rng.integers(len(CHANGES)))]
        data = change(data, others, anchors, rng) if data else b"\0"
    return data


def mutated_text(data: bytes, rng: Rng) -> bytes:
    """A text in YAML after some changes of its lines and values; now and then of its bytes."""
    if rng.random() < 0.2:
        return mutated(data, [data], [b":", b"-", b"\n"], rng)
    lines = data.decode().split("\n")
    for _ in range(int(rng.integers(1, MOST_CHANGES + 1))):
        at = int(rng.integers(len(lines)))
        word = ODD_WORDS[int(rng.integers(len(ODD_WORDS)))]
        how = int(rng.integers(7))
        if how == 0:
            key, colon, _ = lines[at].partition(":")
            lines[at] = f"{key}{colon or ':'} {word}"
        elif how == 1:
            key, _, value = lines[at].partition(":")
            lines[at] = f"{' ' * (len(key) - len(key.lstrip()))}{word}:{value}"
        elif how == 2:
            lines.insert(at, lines[int(rng.integers(len(lines)))])
        elif how == 3:
            lines[at] = " " * int(rng.integers(9)) + lines[at].lstrip()
        elif how == 4:
            lines.insert(at, word)
        elif how == 5:
            lines[at] = lines[at].replace(" ", "\t", 1)
        elif len(lines) > 1:
            del lines[at]
    return "\n".join(lines).encode(errors="surrogatepass")


def _place(data: bytes, rng: Rng) -> int:
    """A place in the data: every other time near its beginning or end."""
    where = rng.random()
    if where < 0.25:
        return int(rng.integers(min(len(data), ENDS)))
    if where < 0.5:
        return len(data) - 1 - int(rng.integers(min(len(data), ENDS)))
    return int(rng.integers(len(data)))


def _flip(data: bytes, others: Sequence[bytes], anchors: Sequence[bytes], rng: Rng) -> bytes:
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 9))):
        changed[_place(data, rng)] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _truncate(data: bytes, others: Sequence[bytes], anchors: Sequence[bytes], rng: Rng) -> bytes:
    return data[: _place(data, rng)]


def _remove(data: bytes, others: Sequence[bytes], anchors: Sequence[bytes], rng: Rng) -> bytes:
    at = _place(data, rng)
    return data[:at] + data[at + int(rng.integers(1, 65)) :]


def _insert(data: bytes, others: Sequence[bytes], anchors: Sequence[bytes], rng: Rng) -> bytes:
    at = _place(data, rng)
    return data[:at] + rng.bytes(int(rng.integers(1, 65))) + data[at:]


def _repeat(data: bytes, others: Sequence[bytes], anchors: Sequence[bytes], rng: Rng) -> bytes:
    at = _place(data, rng)
    return data[:at] + data[at : at + int(rng.integers(1, 257))] * int(rng.integers(2, 100)) + data[at:]


def _splice(data: bytes, others: Sequence[bytes], anchors: Sequence[bytes], rng: Rng) -> bytes:
    other = others[int(rng.integers(len(others)))] or b"\0"
    return data[: _place(data, rng)] + other[_place(other, rng) :]


def _number(data: bytes, others: Sequence[bytes], anchors: Sequence[bytes], rng: Rng) -> bytes:
    return _set(data, _place(data, rng), rng)


def _number_at_anchor(data: bytes, others: Sequence[bytes], anchors: Sequence[bytes], rng: Rng) -> bytes:
    found = [anchor for anchor in anchors if anchor in data]
    if not found:
        return _set(data, _place(data, rng), rng)
    anchor = found[int(rng.integers(len(found)))]
    places = [match.start() for match in re.finditer(re.escape(anchor), data)]
    at = places[int(rng.integers(len(places)))] + int(rng.integers(-8, 40))
    return _set(data, min(max(at, 0), len(data) - 1), rng)


def _set(data: bytes, at: int, rng: Rng) -> bytes:
    """The data with a telling number of 1, 2, 4 or 8 bytes in it."""
    size, order = int(rng.choice([1, 2, 4, 8])), str(rng.choice(["little", "big"]))
    number = NUMBERS[int(rng.integers(len(NUMBERS)))] % 256**size
    return data[:at] + number.to_bytes(size, order) + data[at + size :]


CHANGES: tuple[Callable[[bytes, Sequence[bytes], Sequence[bytes], Rng], bytes], ...] = (
    _flip, _truncate, _remove, _insert, _repeat, _splice, _number, _number_at_anchor, _number_at_anchor,
)  # fmt: skip


def whole_png(data: bytes) -> bytes:
    """A PNG with the checksum of each chunk made right again, so that what was changed is read."""
    if not data.startswith(b"\x89PNG"):
        return data
    made, at = bytearray(data), 8
    while at + 12 <= len(made):
        end = at + 8 + struct.unpack_from(">I", made, at)[0]
        if end + 4 > len(made):
            break
        struct.pack_into(">I", made, end, zlib.crc32(made[at + 4 : end]))
        at = end + 4
    return bytes(made)

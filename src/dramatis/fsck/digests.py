"""Digests as DVC takes them, of many files side by side."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO, TypeVar

from dvc_data.hashfile.hash import get_hash_stream

CHUNK = 1 << 20
"""Bytes read at once; also the least that DVC's older kind of digest takes."""

Item = TypeVar("Item")
Value = TypeVar("Value")
Tick = Callable[[int], object]


def digest_of(file: BinaryIO, kind: str, tick: Tick) -> str:
    """Digest of a file, in hex.

    Args:
        file: open for reading bytes.
        kind: `md5`, or `md5-dos2unix` as DVC took it before its version 3.
        tick: is told how many bytes were read.
    """
    stream = get_hash_stream(file, name=kind)
    while chunk := stream.read(CHUNK):
        tick(len(chunk))
    return stream.hash_value


def side_by_side(work: Callable[[Item], Value], items: Iterable[Item], jobs: int) -> Iterator[Value]:
    """`work` on each item in threads, in order; whatever waits is dropped when the caller stops."""
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="fsck")
    try:
        yield from pool.map(work, items)
    finally:
        pool.shutdown(cancel_futures=True)

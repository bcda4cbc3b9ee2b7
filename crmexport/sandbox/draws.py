"""Chance with random access: what is drawn for record `i` depends on (seed, kind, i) and on nothing before it.

One hash gives a record all its draws at once, which is far cheaper than a `random.Random` for each and needs no memory.
"""

from hashlib import blake2b, shake_128
from struct import Struct

_numbers = Struct("<32H").unpack


def draws(seed: int, kind: str, index: int) -> tuple[int, ...]:
    """32 numbers from 0 to 65,535 that belong to record `index` of `kind` in the world of `seed`."""
    return _numbers(blake2b(b"%d %s %d" % (seed, kind.encode(), index), digest_size=64).digest())


def noise(seed: int, kind: str, index: int, size: int) -> bytes:
    """`size` bytes that belong to record `index`: long for files, short for ids; never compressible."""
    return shake_128(b"%d %s %d" % (seed, kind.encode(), index)).digest(size)

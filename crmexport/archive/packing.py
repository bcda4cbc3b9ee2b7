"""How bodies and requests are kept small. Level 3 costs 1.5 µs a record and gives 4 to 14 times (docs/performance.md)."""

import zstandard

_pack = zstandard.ZstdCompressor(level=3, write_checksum=True, write_content_size=True)
_unpack = zstandard.ZstdDecompressor()

DamagedError = zstandard.ZstdError


def pack(body: bytes) -> bytes:
    """`body`, compressed."""
    return _pack.compress(body)


def unpack(packed: bytes) -> bytes:
    """What `pack` was given. Raises DamagedError when the bytes are not what it gave."""
    return _unpack.decompress(packed)

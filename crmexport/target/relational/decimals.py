"""Decimal numbers with a fixed number of places, as Parquet files and most databases keep them."""

from decimal import Decimal

SCALE, DIGITS = 10, 38  # most readers know no longer ones


def fits(number: Decimal) -> bool:
    """Whether a column of decimal numbers takes this one exactly."""
    return number.adjusted() < DIGITS - SCALE and int(shortened(number).as_tuple().exponent) >= -SCALE


def shortened(number: Decimal) -> Decimal:
    """The number without zeros at its end; unlike `Decimal.normalize` it never rounds."""
    sign, digits, exponent = number.as_tuple()
    kept = "".join(map(str, digits)).rstrip("0")
    return Decimal(
        (sign, tuple(map(int, kept)) or (0,), int(exponent) + len(digits) - len(kept) if kept else 0)
    )

"""Which numbers a database keeps exactly."""

from decimal import Decimal


def fits_whole(number: Decimal) -> bool:
    """Whether a number is a whole one of 64 bits, which every database keeps exactly."""
    return number == number.to_integral_value() and abs(number) < 1 << 63

"""Damage for tests of readers: files whose bits were turned over, the same each time."""

from random import Random


def flipped(whole: bytes, chance: Random, bits: int, first: int = 0) -> bytes:
    """Return the bytes with so many bits turned over, at places from `first` on."""
    raw = bytearray(whole)
    for _ in range(bits):
        raw[chance.randrange(first, len(raw))] ^= 1 << chance.randrange(8)
    return bytes(raw)

"""The types of certificates and signatures (asn1crypto), made ready before threads meet them.

asn1crypto works out the fields of a type when it is first used, and a thread that uses it meanwhile finds half of them:
the first certificates that were sealed side by side failed now and then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from asn1crypto.core import Asn1Value, Choice


def prepare_types() -> None:
    """Uses every type that is imported once (about 12 ms)."""
    for kind in set(_kinds_of(Asn1Value)) - {Choice}:
        with suppress(TypeError, ValueError):  # it wants a value; its fields are known by then
            kind()


def _kinds_of(kind: type[Asn1Value]) -> Iterator[type[Asn1Value]]:
    for more in kind.__subclasses__():
        yield more
        yield from _kinds_of(more)

"""Faults as they may be told in logs and to operators: what happened and where, and not with which values.

Databases and libraries quote what they stumbled over, and that may be anybody's name, number or password.
"""

from __future__ import annotations

import re

_QUOTED = re.compile(
    r"""
    ^[ ]*(?:DETAIL|CONTEXT):.*?(?=^Traceback[ ]|^The[ ]above|^During[ ]handling|^\[SQL|^\(Background|\Z)  # PostgreSQL
    | \[parameters:.*?\]$  # SQLAlchemy
    | input_value=.*?(?=,[ ]input_type=)  # pydantic
    | (?<=:[ ])(?P<mark>['"]).*?(?P=mark)$  # PostgreSQL and Python about what is no number, no date …
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_NUMBER = re.compile(r"(?<![0-9A-Za-z_.-])[0-9]{6,}[0-9Xx]?(?![0-9A-Za-z_-])")
"""ID numbers, mobiles and codes; parts of identifiers, hashes and times stand among other characters."""


def untold(text: str) -> str:
    """``text`` without the values that it quotes."""
    return _NUMBER.sub("…", _QUOTED.sub("…\n", text)).rstrip("\n")


def fault(error: BaseException) -> str:
    """An error in one line of its own: what it is, and what it says without values."""
    return untold(f"{type(error).__name__}: {error}")

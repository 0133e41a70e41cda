"""NUL is found in JSON however it is written, and nothing else is taken for it."""

from __future__ import annotations

import json

import pytest
from gateway.web.characters import json_has_nul


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("\0", True),
        ("a\0b", True),
        ("\\\0", True),
        ('"\0', True),
        ("\\u0000", False),
        ("\\\\u0000", False),
        ("0", False),
    ],
)
def test_nul_is_found_where_it_is(text: str, has: bool) -> None:
    for message in (json.dumps({"a": [text]}), json.dumps({text: 1}), json.dumps([text]).encode()):
        assert json_has_nul(message) is has

"""NUL is found in JSON however it is written, and nothing else is taken for it."""

from __future__ import annotations

import json

import pytest
from chassis.characters import json_has_nul
from chassis.errors import Problem
from chassis.rpc.server import _payload


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


def test_a_service_refuses_it_from_whoever_calls() -> None:
    with pytest.raises(Problem, match="request_invalid"):
        _payload(json.dumps({"args": [{"number": "2026\0"}], "kwargs": {}}).encode())

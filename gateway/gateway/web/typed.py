"""What was typed into a form before anybody signed in: kept with the browser for a while, so that the form's page,
asked for again, still has it. A wrong entry costs nobody the other ones, with script and without.

Never kept: passwords, codes, and consents, which are given anew each time. The newest form only, and never what would
make a session large.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from flask import session

KEY = "typed"
LIFE = 30 * 60
"""Seconds. Others may sit down at a computer in a hall."""
LONGEST = 2000
SECRET = frozenset({"password", "otp", "totp", "code"})


def keep(form: str, values: Mapping[str, Any]) -> None:
    """``form``: what the page calls its form."""
    kept = {name: value for name, value in values.items() if value and name not in SECRET and len(value) <= LONGEST}
    session[KEY] = {"form": form, "at": time.time(), "values": kept}


def kept(form: str) -> dict[str, Any]:
    """What was typed into the form within :data:`LIFE`."""
    found = session.get(KEY)
    if not found or found["form"] != form or time.time() > found["at"] + LIFE:
        return {}
    return dict(found["values"])


def forget() -> None:
    """It was taken."""
    session.pop(KEY, None)

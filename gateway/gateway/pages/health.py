"""Is the process alive, and can it do its job?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from chassis.readiness import NotFit, needs
from chassis.settings import SettingsError
from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from gateway.web.limits import limiter
from gateway.web.resources import resources

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@pages.get("/readyz")
@limiter.limit("240 per minute")
def readyz() -> tuple[Response, int]:
    """Every part that visitors need, by name, for who operates it."""
    status, state = readiness()
    return jsonify(state), status


def readiness() -> tuple[int, dict[str, object]]:
    """200 when every part is well, else 503; part by part either way."""
    runtime = resources().runtime
    parts = {"database": _state(_check_database), "objects": _state(runtime.objects.check)}
    parts |= {name: _state(partial(need, runtime)) for name, need in needs("gateway").items()}
    ready = all(state == "ok" for state in parts.values())
    return 200 if ready else 503, {"status": "ok" if ready else "unavailable", "parts": parts}


def _check_database() -> None:
    with resources().engine.begin() as connection:
        connection.execute(text("SELECT 1"))


def _state(check: Callable[[], None]) -> str:
    try:
        check()
    except (NotFit, SettingsError) as unfit:
        return str(unfit)
    except Exception as failure:  # whatever it is, it is why this part is not ready
        return f"{type(failure).__name__}: {failure}".splitlines()[0][:200]
    return "ok"

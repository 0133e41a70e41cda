"""What a process needs to do its job: asked by ``/readyz``, and before the start by ``./registry check``.

A service adds its own in ``<package>/readiness.py``: ``SETTINGS`` need nothing but settings and files, ``DATABASE``
need the database too. Each check raises :class:`NotFit` with a sentence that says what is wrong and what to do.

``python -m chassis.readiness identity`` prints what the settings and files alone tell: a JSON object, ``ok`` or the
sentence for each name.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
import time
from collections.abc import Callable, Mapping

from sqlalchemy import text

from chassis import schema
from chassis.calendar import coverage_until
from chassis.clock import legal_date, utc_now
from chassis.runtime import Runtime
from chassis.settings import Settings, SettingsError
from chassis.tokens import TokenError, TokenSigner, Trust

Need = Callable[[Runtime], None]
CLOCK_TOLERANCE = 60.0
"""Seconds between this machine's clock and the database server's: tokens and deadlines are judged by both."""


class NotFit(RuntimeError):
    """Something that this process needs is missing or wrong; the text says what to do."""


def by_settings(package: str) -> dict[str, Need]:
    """Needs that can be looked at before anything runs."""
    return {"keys": _keys, "calendar": _calendar, **_own(package, "SETTINGS")}


def by_database(package: str) -> dict[str, Need]:
    """Needs that the database tells."""
    return {"schema": lambda runtime: _schema(package, runtime), "clock": _clock, **_own(package, "DATABASE")}


def needs(package: str) -> dict[str, Need]:
    """All; where both say something under one name, the database has the last word."""
    return by_settings(package) | by_database(package)


def objects(runtime: Runtime) -> None:
    """For processes that can do nothing without files."""
    try:
        runtime.objects.check()
    except OSError as error:
        raise NotFit(f"the object store cannot be written ({error})") from None


def answer(need: Need, runtime: Runtime) -> str:
    """``ok``, or what is wrong."""
    try:
        need(runtime)
    except (NotFit, SettingsError) as error:
        return str(error)
    return "ok"


def package_of(module: str) -> str:
    """``identity`` for ``identity.service`` and ``identity.worker``."""
    return module.rpartition(".")[0]


def _own(package: str, name: str) -> Mapping[str, Need]:
    if importlib.util.find_spec(f"{package}.readiness") is None:
        return {}
    found: Mapping[str, Need] = getattr(importlib.import_module(f"{package}.readiness"), name, {})
    return found


def _keys(runtime: Runtime) -> None:
    """The private key is there, and everybody's list has its public part; a service has its sealing key."""
    folder, service = runtime.settings.keys_dir, runtime.settings.service
    try:
        probe = TokenSigner.load(folder, service).sign({}, audience="readiness", ttl=60)
        Trust.load(folder).verify(probe, audience="readiness", issuer=service)
    except (OSError, ValueError, LookupError, StopIteration) as error:
        why = str(error) if isinstance(error, OSError | TokenError) else type(error).__name__
        raise NotFit(
            f"{folder} holds no usable {service}.pem with its public part in trust.json ({why}): provide them "
            "(docs/runbooks/key-rotation.md)"
        ) from None
    if service != "gateway":
        _ = runtime.sealing  # without it no command is taken


def _calendar(_runtime: Runtime) -> None:
    if legal_date(utc_now()) > coverage_until():
        raise NotFit(
            f"the working-day calendar ended on {coverage_until()}: legal periods would be counted wrong "
            "(docs/runbooks/calendar.md)"
        )


def _schema(package: str, runtime: Runtime) -> None:
    """A database that is ahead is fine: schemas only expand within a release, and old processes go on meanwhile."""
    for version_table, known in schema.revisions(package).items():
        with runtime.reading_engine.connect() as connection:
            there = connection.execute(text(f"SELECT version_num FROM {version_table}")).scalars().all()  # noqa: S608
        behind = [revision for revision in there if revision in known[:-1]]
        if behind or (known and not there):
            found = ", ".join(behind) or "nothing"
            raise NotFit(
                f"the database is at {found} of {version_table}, this code at {known[-1]}: run the migration job"
            )


def _clock(runtime: Runtime) -> None:
    with runtime.reading_engine.connect() as connection:
        theirs = float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
    apart = time.time() - theirs
    if abs(apart) > CLOCK_TOLERANCE:
        raise NotFit(f"this machine's clock is {apart:+.0f} s from the database server's: set both by NTP")


def main(package: str) -> None:
    runtime = Runtime(Settings.from_environment())
    found = {name: answer(need, runtime) for name, need in by_settings(package).items()}
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    # By its name: as __main__ its NotFit would be another than the one that services raise.
    importlib.import_module("chassis.readiness").main(sys.argv[1])

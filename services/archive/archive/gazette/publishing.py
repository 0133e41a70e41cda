"""Publishing: an issue is opened when its day is over, its volumes are made one by one, then it is out. May be killed
anywhere: each volume is entered once, and an issue is out when all its volumes are there."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from chassis.clock import legal_now
from chassis.documents import DocumentRenderer
from chassis.failpoints import failpoint
from chassis.runtime import Runtime
from chassis.telemetry import logger
from contracts.objects import ObjectRef
from sqlalchemy.dialects.postgresql import insert

from archive.certificates.issuing import seal_of
from archive.certificates.model import LOCATION, OFFICE
from archive.gazette import model, store
from archive.gazette.reading import items_of

_log = logger("archive.gazette")


@cache
def _renderer() -> DocumentRenderer:
    return DocumentRenderer(Path(__file__).parent / "templates")


def publish_next(runtime: Runtime) -> bool:
    """One step: a volume more, an issue out, or the next one opened. False when no day is over that has not been
    announced."""
    with runtime.reading_sessions() as session:
        issue = store.being_made(session)
        day = issue.day if issue else store.next_day(session, model.first_open_day(legal_now(session)))
    if day is None:
        return False
    if issue is None:
        return _open(runtime, day)
    return _next_volume(runtime, issue) or _out(runtime, day)


def _open(runtime: Runtime, day: date) -> bool:
    """Gives the issue of a day its number. Of two that try at once one does: their number is the same."""
    with runtime.unit_of_work() as uow:
        counts = store.counts_of(uow.session, day)
        values = {
            "day": day,
            "year": day.year,
            "number": store.last_number(uow.session, day.year) + 1,
            "counts": counts,
            "total": sum(counts.values()),
        }
        uow.session.execute(insert(store.Issue).values(values).on_conflict_do_nothing())
    failpoint("gazette.opened")
    return True


def _next_volume(runtime: Runtime, issue: store.Issue) -> bool:
    """Makes the next volume of an issue; False when all its records are in one."""
    with runtime.reading_sessions() as session:
        made = store.volumes_of(session, [issue.day])[issue.day]
        after = (made[-1].last_number, made[-1].last_sequence) if made else None
        rows = store.announcements(session, issue.day, after, model.VOLUME)
        items = items_of(session, rows)
    if not rows:
        return False
    volume, volumes = len(made) + 1, -(-issue.total // model.VOLUME)
    data = {
        "day": issue.day.isoformat(),
        "year": issue.year,
        "number": issue.number,
        "total": issue.total,
        "volume": volume,
        "volumes": max(volumes, volume),
        "first": (volume - 1) * model.VOLUME + 1,
        "rows": [model.row_of(item) for item in items],
        "address": f"{runtime.settings.public_url}/gazette/{issue.day.isoformat()}",
        "qr": f"{runtime.settings.public_url}/gazette/{issue.day.isoformat()}",
        "date": issue.day.isoformat(),
        "sandbox": runtime.settings.sandbox,
    }
    signed = seal_of(runtime.settings.pki_dir).sign_pdf(
        _renderer().render("gazette", data),
        reason=model.TEXTS.say("phrase", "title", "zh", {}),
        location=LOCATION,
        name=OFFICE,
    )
    failpoint("gazette.signed")
    ref = runtime.objects.put_bytes(signed)
    failpoint("gazette.stored")
    _keep(runtime, issue.day, volume, rows[-1], len(rows), ref)
    return True


def _keep(runtime: Runtime, day: date, volume: int, last: store.Announcement, records: int, ref: ObjectRef) -> None:
    """Whoever made the same volume first has made it."""
    with runtime.unit_of_work() as uow:
        values = {
            "day": day,
            "volume": volume,
            "last_number": last.registration_number,
            "last_sequence": last.sequence,
            "records": records,
            "sha256": ref.sha256,
            "size": ref.size,
            "made_at": uow.now(),
        }
        uow.session.execute(insert(store.Volume).values(values).on_conflict_do_nothing())
    failpoint("gazette.kept")


def _out(runtime: Runtime, day: date) -> bool:
    """Nothing of the issue changes any more."""
    with runtime.unit_of_work() as uow:
        issue = uow.session.get_one(store.Issue, day, with_for_update=True)
        if issue.published_at is None:
            issue.published_at = uow.now()
            uow.audit("gazette.publish", subject=day.isoformat(), number=issue.number, records=issue.total)
            _log.info("gazette_published", day=day.isoformat(), records=issue.total)
    return True

"""What an issue of the gazette announces, and when a day is over. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from chassis.catalogues import Texts, beside
from chassis.clock import legal_date
from contracts.forms import Kind
from contracts.gazette import GazetteItem

from archive.authenticity.model import public_change
from archive.certificates import words
from archive.register.model import public_author, public_owner
from archive.register.records import Altered, Record, Standing, fold, follow

CHANNEL = "gazette"
"""What the hand that publishes listens on."""
VOLUME = 1000
"""Records in one PDF; a busy day (40,000) has some forty of them."""
SETTLING = timedelta(hours=1)
"""After midnight: no transaction of the day before is still on its way."""
TEXTS = Texts(beside(__package__))
"""*act*: what happened, as it is printed; *phrase*; *field*."""


def first_open_day(now: datetime) -> date:
    """Days before this one are over and settled."""
    return legal_date(now - SETTLING)


@dataclass(frozen=True)
class Announced:
    """A record, what held before it (None: it is the first) and after it."""

    record: Record
    before: Standing | None
    after: Standing


def announced(records: Sequence[Record]) -> Announced:
    """The last of a number's records up to it. ``ValueError`` without any."""
    *earlier, last = records
    before = fold(earlier) if earlier else None
    return Announced(last, before, follow(before, last))


def item_of(number: str, certificate_number: str | None, told: Announced) -> GazetteItem:
    """As anybody may see it: persons are masked."""
    now, before = told.after.particulars, told.before
    changed = public_change(Altered(told.record, before.particulars, now)).items if before else []
    return GazetteItem(
        registration_number=number,
        certificate_number=certificate_number,
        act=told.record.act,
        number=told.record.number,
        kind=cast(Kind, now.kind),
        category=now.category,
        title=now.title,
        short_name=now.short_name,
        version=now.version,
        authors=[public_author(author) for author in now.authors],
        owners=[public_owner(owner) for owner in now.owners],
        changes=changed,
    )


def row_of(item: GazetteItem) -> Mapping[str, Any]:
    """A line of the printed issue: what it is, whose it is, what happened."""
    what = words.category(item.category, "zh") if item.kind == "work" else TEXTS.say("phrase", "software", "zh", {})
    named = " ".join(part for part in (item.title, item.version if item.kind == "software" else "") if part)
    happened = TEXTS.say("act", item.act, "zh", {})
    return {
        "number": item.registration_number,
        "what": what,
        "title": named,
        "owners": "、".join(item.owners),
        "act": f"{happened}（{item.number}）" if item.number else happened,
        "changes": [
            TEXTS.say(
                "phrase",
                "changed" if change.before else "added",
                "zh",
                {"field": TEXTS.say("field", change.field, "zh", {}), "before": change.before, "after": change.after},
            )
            for change in item.changes
        ],
    }

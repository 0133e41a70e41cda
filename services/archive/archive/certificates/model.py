"""What a certificate says, when a failed one is tried again, and where it can be checked. Pure rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Literal
from urllib.parse import quote

from chassis.catalogues import LANGUAGES, Language
from contracts.dealings import Dealing

from archive.certificates import words
from archive.register.kinds import KINDS
from archive.register.model import Particulars
from archive.register.records import ENDS, NEW_EDITION, Altered, Record, Standing, alterations, edition_of, fold

Paper = Literal["certificate", "change_proof", "revocation_proof", "dealing_proof"]

CHANNEL = "issuing"
"""What the hands that make certificates listen on."""

LEASE = timedelta(seconds=30)
"""How long a worker may work on a certificate before another one takes it for dead (making one takes about 0.2 s)."""

ATTEMPTS = 100
"""After 2, 4, 8 … seconds, then every quarter of an hour: about a day. Then a person has to look; none is given up."""

DELAYED_AFTER = 3
"""Failed attempts after which the applicant is told that it takes longer."""

SOON = 2
"""Seconds after which a caller may ask again for a twin in another language."""

CUSTOMER_SERVICE = "010-61092299"
OFFICE = "国家版权登记中心（演示）"
LOCATION = "北京"
SEAL_BOX = (354, 88, 468, 202)
"""Where the templates draw the seal: points from the lower left corner of the first page."""

KEYWORD = "registration-number="
"""How the PDF's keywords name the number, for those who verify a file."""


def check_address(public_url: str, registration_number: str) -> str:
    """The public page that checks this number; what the QR code holds."""
    return f"{public_url}/verify/{quote(registration_number)}"


@dataclass(frozen=True)
class Certified:
    """What a certificate says: what held after the last of these records, which it is about."""

    records: Sequence[Record]

    @property
    def record(self) -> Record:
        return self.records[-1]

    @cached_property
    def standing(self) -> Standing:
        return fold(self.records)

    @cached_property
    def change(self) -> Altered:
        """What the record changed."""
        return alterations(self.records)[-1]

    @property
    def edition(self) -> int:
        return edition_of(self.records)

    @property
    def dealing(self) -> Dealing:
        """What a record of a dealing, or of the release of one, is about."""
        number = self.record.refers_to or self.record.number
        return next(one for one in self.standing.dealings if one.number == number)


@dataclass(frozen=True)
class Printing:
    """How a certificate is printed."""

    registration_number: str
    language: Language
    public_url: str
    sandbox: bool


def template_of(paper: Paper, kind: str) -> str:
    """The template that draws it."""
    return KINDS[kind].template if paper == "certificate" else paper


def data_of(paper: Paper, certified: Certified, printing: Printing) -> dict[str, Any]:
    """The template's fields."""
    if paper == "change_proof":
        return proof_data(certified, printing)
    if paper == "revocation_proof":
        return revocation_data(certified, printing)
    if paper == "dealing_proof":
        return dealing_data(certified, printing)
    stated = certificate_data(certified.standing.particulars, certified.standing.registered_on, printing)
    return stated | _issued_anew(certified, printing)


def _issued_anew(certified: Certified, printing: Printing) -> dict[str, Any]:
    """Of a certificate that takes the place of another: why, which it is, and since when; the day of the seal is
    then this one."""
    record, language = certified.record, printing.language
    if record.act not in NEW_EDITION:
        return {}
    said = {told: words.edition(record.ground, certified.edition, record.on, told) for told in LANGUAGES}
    return {"edition": said[language], "sealed_on": words.day(record.on, language), "sealed": record.on.isoformat()}


def certificate_data(particulars: Particulars, registered_on: date, printing: Printing) -> dict[str, Any]:
    """The templates' fields (``certificates/templates``); each kind's template takes those it states."""
    language = printing.language
    return {
        **_common(printing, registered_on),
        "certificate_number": particulars.certificate_number or "",
        "title": words.title(particulars, language),
        "category": words.category(particulars.category, language),
        "authors": [words.author(author, language) for author in particulars.authors],
        "owners": [words.owner(owner, language) for owner in particulars.owners],
        "completed_on": words.day(particulars.completion_date, language),
        "published_on": words.day(particulars.publication_date, language),
        "acquisition": words.acquisition(particulars.acquisition, language),
        "scope": words.scope(particulars, language),
        "applicant": particulars.applicant,
    }


def proof_data(certified: Certified, printing: Printing) -> dict[str, Any]:
    """Of the last change: what was registered, what is registered now."""
    change, language = certified.change, printing.language
    kind = change.after.kind
    return {
        **_common(printing, change.record.on),
        "number": change.record.number,
        "title": words.title(change.before, language),
        "name": {told: words.name_of("changed", told) for told in LANGUAGES},
        "kind": kind,
        "first_registered_on": words.day(certified.standing.registered_on, language),
        "owners": [words.owner(owner, language) for owner in change.after.owners],
        "changes": [
            {
                "label": {told: words.field(name, kind, told) for told in LANGUAGES},
                "before": words.stated(change.before, name, language),
                "after": words.stated(change.after, name, language),
            }
            for name in change.fields
        ],
    }


def revocation_data(certified: Certified, printing: Printing) -> dict[str, Any]:
    """Of a revocation: of which registration, why, since when."""
    record, standing, language = certified.record, certified.standing, printing.language
    return {
        **_common(printing, record.on),
        "number": record.number,
        "name": {told: words.name_of("revocation_proof", told) for told in LANGUAGES},
        "kind": standing.particulars.kind,
        "title": words.title(standing.particulars, language),
        "first_registered_on": words.day(standing.registered_on, language),
        "owners": [words.owner(owner, language) for owner in standing.particulars.owners],
        "ground": words.ground(record.ground, language),
    }


def dealing_data(certified: Certified, printing: Printing) -> dict[str, Any]:
    """Of a dealing, or of the end of one: who, what, where and until when. No price is known here."""
    language, record, dealing = printing.language, certified.record, certified.dealing
    particulars, act = certified.standing.particulars, record.act
    facts = [
        ("grantors", [words.party(one, language) for one in dealing.grantors]),
        ("grantees", [words.party(one, language) for one in dealing.grantees]),
        ("rights", [words.rights(dealing.rights, language)]),
        ("territory", [words.territory(dealing.territory, language)]),
        ("term", [words.term(dealing, language)] if dealing.act != "pledged" else []),
        ("claim", [words.claim(dealing, language)] if dealing.claim is not None else []),
        ("record", [dealing.number] if act in ENDS else []),
    ]
    return {
        **_common(printing, record.on),
        "number": record.number,
        "title": words.title(particulars, language),
        "name": {told: words.name_of(act, told) for told in LANGUAGES},
        "clause": {told: words.clause(act, particulars.kind, told) for told in LANGUAGES},
        "kind": particulars.kind,
        "first_registered_on": words.day(certified.standing.registered_on, language),
        "owners": [words.owner(owner, language) for owner in particulars.owners],
        "facts": [
            {"label": {told: words.of_act(dealing.act, name, told) for told in LANGUAGES}, "value": value}
            for name, value in facts
            if value
        ],
    }


def _common(printing: Printing, on: date) -> dict[str, Any]:
    number = printing.registration_number
    return {
        "language": printing.language,
        "registration_number": number,
        "date": on.isoformat(),
        "registered_on": words.day(on, printing.language),
        "qr": check_address(printing.public_url, number),
        "check": [
            f"查验 Check: {printing.public_url}/verify/",
            f"核验文件 Check the file: {printing.public_url}/certificate-check",
            f"客服 Service: {CUSTOMER_SERVICE}",
        ],
        "sandbox": printing.sandbox,
        "keywords": [f"{KEYWORD}{number}"],
    }

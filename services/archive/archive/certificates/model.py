"""What a certificate says, when a failed one is tried again, and where it can be checked. Pure rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from chassis.catalogues import Language

from archive.certificates import words
from archive.register.model import Particulars

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


def certificate_data(
    particulars: Particulars,
    *,
    registration_number: str,
    registered_on: date,
    language: Language,
    public_url: str,
    sandbox: bool,
) -> dict[str, Any]:
    """The templates' fields (``certificates/templates``); each kind's template takes those it states."""
    return {
        "language": language,
        "registration_number": registration_number,
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
        "date": registered_on.isoformat(),
        "registered_on": words.day(registered_on, language),
        "qr": check_address(public_url, registration_number),
        "check": [
            f"查验 Check: {public_url}/verify/",
            "离线核验 Offline: registry verify",
            f"客服 Service: {CUSTOMER_SERVICE}",
        ],
        "sandbox": sandbox,
        "keywords": [f"{KEYWORD}{registration_number}"],
    }

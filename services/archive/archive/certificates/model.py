"""What a certificate says, when a failed one is tried again, and where it can be checked. Pure rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from contracts.forms import Kind

from archive.register.model import CATEGORY_NAMES, Author, Owner

CHANNEL = "issuing"
"""What the hands that make certificates listen on."""

LEASE = timedelta(seconds=30)
"""How long a worker may work on a certificate before another one takes it for dead (making one takes about 0.2 s)."""

DELAYED_AFTER = 3
"""Failed attempts after which the applicant is told that it takes longer."""

CUSTOMER_SERVICE = "010-61092299"
TITLES: dict[str, str] = {"work": "作品登记证书", "software": "计算机软件著作权登记证书"}
OFFICE = "国家版权登记中心（演示）"
LOCATION = "北京"
SEAL_BOX = (354, 88, 468, 202)
"""Where the templates draw the seal: points from the lower left corner of the first page."""

KEYWORD = "registration-number="
"""How the PDF's keywords name the number, for those who verify a file."""

_ACQUISITION = {"original": "原始取得", "inheritance": "继承", "succession": "承受", "other": "其他"}
_SCOPE = {"all": "全部权利", "partial": "部分权利"}


def retry_delay(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, at most 15 minutes: the certificate of an approved case is never given up."""
    return timedelta(seconds=min(2.0 ** min(attempts, 12), 900.0))


def check_address(public_url: str, registration_number: str) -> str:
    """The public page that checks this number; what the QR code holds."""
    return f"{public_url}/verify/{quote(registration_number)}"


def author_line(author: Author) -> str:
    if author.signed_as == "anonymous":
        return "匿名"
    return author.pseudonym if author.signed_as == "pseudonym" and author.pseudonym else author.name


def owner_line(owner: Owner) -> str:
    """``王小明（中国）``"""
    return f"{owner.name}（{owner.nationality}）" if owner.nationality else owner.name


def software_certificate_number(running: int) -> str:
    """软件证书号: a running total over all years."""
    return f"软著登字第{running:08d}号"


def certificate_data(
    *,
    kind: Kind,
    registration_number: str,
    certificate_number: str | None,
    title: str,
    category: str | None,
    authors: list[Author],
    owners: list[Owner],
    completion_date: date | None,
    publication_date: date | None,
    acquisition: str,
    rights_scope: str,
    applicant: str,
    registered_on: date,
    public_url: str,
    sandbox: bool,
) -> dict[str, Any]:
    """The template's fields (``certificates/templates``)."""
    address = check_address(public_url, registration_number)
    common: dict[str, Any] = {
        "registration_number": registration_number,
        "title": title,
        "owners": [owner_line(owner) for owner in owners],
        "completed_on": completion_date.isoformat() if completion_date else "",
        "published_on": publication_date.isoformat() if publication_date else "",
        "date": registered_on.isoformat(),
        "qr": address,
        "check": [
            f"查验 Check: {public_url}/verify/",
            "离线核验 Offline: registry verify",
            f"客服 Service: {CUSTOMER_SERVICE}",
        ],
        "sandbox": sandbox,
        "keywords": [f"{KEYWORD}{registration_number}"],
    }
    if kind == "software":
        return common | {
            "certificate_number": certificate_number or "",
            "acquisition": _ACQUISITION.get(acquisition, acquisition),
            "scope": _SCOPE.get(rights_scope, rights_scope),
        }
    return common | {
        "category": CATEGORY_NAMES.get(category or "", category or ""),
        "authors": [author_line(author) for author in authors],
        "applicant": applicant,
    }

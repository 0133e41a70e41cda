"""Numbers of parcels and carriers, and what a parcel may become. Pure rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from chassis.documents.codes import code128_svg
from contracts.mailing import ParcelState, PostalAddress

from archive.register.model import mask_person

OPEN: tuple[ParcelState, ...] = ("asked", "printed", "sent")
"""Of a registration one parcel at the most is in one of these."""
CHANGEABLE: tuple[ParcelState, ...] = ("asked", "printed")
"""The address can be corrected: EMS has not got it."""
AGAIN: tuple[ParcelState, ...] = ("returned", "cancelled")
"""Another can be asked for."""
KEPT = timedelta(days=180)
"""For so long after it was delivered or came back the address of a parcel is kept, for complaints; then nothing needs
it (个人信息保护法 art. 19, 47). The office's own policy: the law names no number of days."""
SERIES = "parcel"
PURPOSE = "mailing"
"""What addresses are sealed for."""
_S10 = re.compile(r"[A-Z]{2}([0-9]{8})([0-9])[A-Z]{2}")
_DOMESTIC = re.compile(r"1[0-9]{12}")
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def parcel_number(year: int, sequence: int) -> str:
    """``ZS202600000123``: fourteen characters, which no carrier's number has."""
    return f"ZS{year}{sequence:08d}"


def is_tracking_number(text: str) -> bool:
    """Whether EMS can have given this number.

    Thirteen characters: international form, two letters, eight digits, check digit, two letters (UPU S10: weights
    8 6 4 2 3 5 9 7, eleven less the remainder by eleven; ten is 0, eleven is 5); or thirteen digits that begin with 1,
    as EMS numbers domestic mail (中国邮政速递物流 11183, whose own check is not published).
    """
    if found := _S10.fullmatch(text):
        rest = 11 - sum(w * int(d) for w, d in zip(_WEIGHTS, found[1], strict=True)) % 11
        return {10: 0, 11: 5}.get(rest, rest) == int(found[2])
    return _DOMESTIC.fullmatch(text) is not None


def recipient_of(address: PostalAddress | None) -> str:
    """As lists show it."""
    return mask_person(address.recipient) if address else ""


def place_of(address: PostalAddress | None) -> str:
    """Province and city; a municipality is said once. Letters have a blank between them."""
    if address is None:
        return ""
    if address.city.startswith(address.province):
        return address.city
    between = " " if address.province[-1:].isascii() and address.city[:1].isascii() else ""
    return f"{address.province}{between}{address.city}"


def label_of(number: str, registration_number: str, address: PostalAddress) -> Mapping[str, Any]:
    """What a label says; the bars are ours."""
    return {
        "number": number,
        "bars": code128_svg(number).decode(),
        "registration_number": registration_number,
        "postcode": address.postcode,
        "recipient": address.recipient,
        "telephone": address.telephone,
        "address": f"{place_of(address)}{address.street}",
    }


def data_of(batch_id: str, on: date, sandbox: bool, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What both printed papers are made of."""
    return {"batch": batch_id, "date": on.isoformat(), "sandbox": sandbox, "rows": list(rows)}

"""What a form wants to have recorded, in the words of the register."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from contracts.dealings import Act, Conflict, Dealing, Grantee, conflicts, pledges_on
from contracts.forms import DealingForm, Registered, SecuredForm
from contracts.text import name_key


def proposed(form: DealingForm, act: Act) -> Dealing | None:
    """The dealing, as far as the form says all of it; with the consent of every pledgee on what it takes, which is
    asked for as a file. None while something is missing."""
    rights, grantees = rights_of(form), [one for one in form.grantees if one.name]
    if not grantees or not rights or form.begins is None or not form.where.places:
        return None
    dealing = Dealing(
        act=act,
        grantees=[Grantee.model_validate(one.model_dump()) for one in grantees],
        rights=rights,
        territory=form.where,
        begins=form.begins,
        ends=form.ends,
        contract=contract_key(form),
        **_secured(form),
    )
    return dealing.model_copy(update={"consents": pledges_on(form.on_register.dealings, dealing)})


def rights_of(form: DealingForm) -> list[str]:
    """What is dealt in: the rights that are named, or all of the registration."""
    return list(dict.fromkeys(form.rights)) if form.rights_scope == "partial" else form.on_register.rights


def in_the_way(dealing: Dealing | None, register: Registered) -> list[Conflict]:
    """What of the register keeps it from being recorded."""
    return conflicts(register.rights, register.dealings, dealing, register.own) if dealing else []


def contract_key(form: DealingForm) -> str:
    """A digest of number and day of the contract; empty without a number."""
    if not form.contract_number:
        return ""
    day = form.contract_date.isoformat() if form.contract_date else ""
    return hashlib.sha256(f"{name_key(form.contract_number)}\n{day}".encode()).hexdigest()


def fen(amount: str) -> int | None:
    """``1200000.50`` in fen; None for what is no amount of money."""
    yuan, _, cents = amount.replace(",", "").partition(".")
    if not (yuan.isdecimal() and yuan.isascii() and len(yuan) <= 13):
        return None
    if len(cents) > 2 or (cents and not (cents.isdecimal() and cents.isascii())):
        return None
    return int(yuan) * 100 + int(cents.ljust(2, "0"))


def _secured(form: DealingForm) -> Mapping[str, Any]:
    return {"claim": fen(form.claim_amount), "claim_due": form.claim_ends} if isinstance(form, SecuredForm) else {}

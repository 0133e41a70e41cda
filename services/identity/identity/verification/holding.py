"""What the office holds of an organisation, for that organisation alone: its seal, its operator, since when."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from functools import partial

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.identity.replacements import FormerSeal, Holding, OpenSeal, SealHeld, SealPicture

from identity.accounts.store import SEAL_PICTURE, Account, Seal
from identity.sealing import vault
from identity.verification import former_seals, model, operators, store
from identity.verification.reading import view
from identity.verification.replacing import organisation


def get_holding(request: Empty, uow: UnitOfWork) -> Holding:
    """Of the caller's organisation. Problem ``forbidden`` for who is none."""
    account = organisation(uow, "read")
    verified = store.get(uow.session, store.approved(uow.session, account.account_id) or "")
    operator = operators.last_put(uow.session, account.account_id) or verified
    asked = store.mine(uow.session, account.account_id, None, None, 1, replacements=True)
    return Holding.model_validate(
        {
            "organisation_name": account.organisation_name,
            "uscc": account.uscc,
            "operator_name": account.name,
            "operator_id_type": account.id_type,
            "operator_id_number": account.masked_id_number,
            "operator_since": operator.decided_at if operator else None,
            "operator_verification_id": operator.verification_id if operator else None,
            "verified_at": verified.decided_at if verified else None,
            "verification_id": verified.verification_id if verified else None,
            "seal": _seal(uow, account),
            "former_seals": _former_seals(uow, account),
            "asked": view(uow, asked[0], account) if asked else None,
        }
    )


def _seal(uow: UnitOfWork, account: Account) -> SealHeld | None:
    seal = uow.session.get(Seal, account.account_id)
    if seal is None:
        return None
    return SealHeld(
        file_name=seal.file_name,
        sha256=seal.sha256,
        held_since=seal.deposited_at,
        version=seal.version,
        verification_id=seal.verification_id,
        picture=seal.picture is not None,
    )


def _former_seals(uow: UnitOfWork, account: Account) -> list[FormerSeal]:
    """The latest first."""
    found: list[FormerSeal] = []
    since: datetime | None = None
    for version, (verification, image) in enumerate(former_seals.of(uow.session, account.account_id), start=1):
        assert verification.decided_at is not None  # it was approved
        former = FormerSeal(
            version=version,
            file_name=image.file_name,
            held_since=since,
            held_until=verification.decided_at,
            verification_id=verification.verification_id,
            picture=image.picture is not None,
        )
        since = former.held_until
        found.insert(0, former)
    return found


def open_own_seal(request: OpenSeal, uow: UnitOfWork) -> SealPicture:
    """The organisation's own, as the registry has drawn it (audited). Problems ``forbidden``,
    ``verification_image_gone``."""
    account = organisation(uow, "manage")
    ways: dict[str, Callable[[UnitOfWork, Account], tuple[bytes, str] | None]]
    ways = {"held": _held, "asked": _asked, "former": partial(_former, version=request.version)}
    found = ways[request.which](uow, account)
    if found is None:
        raise Problem("verification_image_gone")
    sealed, context = found
    uow.audit("seal.open_own", subject=account.account_id, which=request.which)
    picture = vault(uow.settings).open(SEAL_PICTURE, sealed, context)
    return SealPicture(data=base64.b64encode(picture).decode())


def _former(uow: UnitOfWork, account: Account, *, version: int) -> tuple[bytes, str] | None:
    former = former_seals.of(uow.session, account.account_id)
    if not 0 < version <= len(former):
        return None
    _verification, image = former[version - 1]
    return (image.picture, image.key_context) if image.picture is not None else None


def _held(uow: UnitOfWork, account: Account) -> tuple[bytes, str] | None:
    seal = uow.session.get(Seal, account.account_id)
    return (seal.picture, account.account_id) if seal is not None and seal.picture is not None else None


def _asked(uow: UnitOfWork, account: Account) -> tuple[bytes, str] | None:
    pending = store.pending(uow.session, account.account_id)
    image = store.image(uow.session, pending.verification_id, model.NEW_SEAL) if pending else None
    return (image.picture, image.key_context) if image is not None and image.picture is not None else None

"""Keeping the verified identities of applicants."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from chassis.work import Sender, sender_of
from contracts.identity import IdentityVerified

from filing.applicants.store import ApplicantRow, is_verified, save_applicant


def keep_verified_identity(data: IdentityVerified, uow: UnitOfWork) -> None:
    """Copies a verified identity, so that filing needs to ask nobody."""
    if data.kind == "staff":
        return
    save_applicant(
        uow.session,
        ApplicantRow(
            account_id=data.account_id,
            kind=data.kind,
            name=data.name,
            operator_name=data.operator_name,
            id_type=data.id_type,
            masked_id_number=data.masked_id_number,
            verification_id=data.verification_id,
            verified_at=data.verified_at,
        ),
    )


def sender_in_filing(uow: UnitOfWork, network: str = "") -> Sender:
    """Who asks for work: applicants whose identity is verified come with the office's own."""
    applicant = uow.actor.kind in ("natural_person", "organisation")
    return sender_of(uow.actor, network, verified=applicant and is_verified(uow.session, uow.actor.party))

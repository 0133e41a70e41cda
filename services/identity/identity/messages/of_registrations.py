"""Messages about what is registered: certificates and proofs, and what the office does to a registration by itself."""

from __future__ import annotations

from collections.abc import Mapping

from chassis.uow import UnitOfWork
from contracts.archive import (
    CertificateIssued,
    CertificateReissued,
    CertificateRevoked,
    DealingAdvanced,
    RegistrationAffected,
)
from contracts.office_acts import OfficeActAdvanced, OfficeActState
from contracts.seals import DepositSealChanged

from identity.messages.handlers import tell
from identity.messages.notices import Params
from identity.numbers import store as numbers


def tell_certificate_issued(data: CertificateIssued, uow: UnitOfWork) -> None:
    """The certificate is there, with its registration number; or the proof of a record, with its own."""
    if data.number:
        proof = {**_of_registration(data), "number": data.number}
        dealing = any(document.kind == "dealing_proof" for document in data.documents)
        template = "dealing_proof_issued" if dealing else "change_proof_issued"
        tell(uow, data.account_id, data.application_id, template, proof)
        return
    numbers.remember(uow.session, data.registration_number, data.account_id, data.application_id)
    issued = {**_of_registration(data), "on": data.registered_on}
    tell(uow, data.account_id, data.application_id, "certificate_issued", issued)


def tell_certificate_reissued(data: CertificateReissued, uow: UnitOfWork) -> None:
    """Another certificate took the place of the one before: on request, or to put an error of the office right."""
    template = "certificate_corrected" if data.ground == "clerical_error" else "certificate_reissued"
    tell(uow, data.account_id, data.application_id, template, _of_registration(data))


def tell_certificate_revoked(data: CertificateRevoked, uow: UnitOfWork) -> None:
    """A registration was revoked: by the wish of its owners, or by the office."""
    template = "registration_cancelled" if data.ground == "own_request" else "registration_revoked"
    tell(uow, data.account_id, data.application_id, template, {**_of_registration(data), "number": data.number})


def tell_dealing(data: DealingAdvanced, uow: UnitOfWork) -> None:
    """A party of a contract or a pledge that did not file it: it is recorded, released, or over."""
    params: Params = {**_of_registration(data), "number": data.number, "on": data.on}
    tell(uow, data.account_id, None, _template(data), params)


def _template(data: DealingAdvanced) -> str:
    """A licence that ends before its term is told in words of its own."""
    if data.state == "recorded":
        return _recorded(data)
    return "licence_terminated" if (data.state, data.act) == ("released", "licensed") else f"dealing_{data.state}"


def _recorded(data: DealingAdvanced) -> str:
    """Who took all over for good is the owner now; others have what is in the contract."""
    if data.owner:
        return "assigned_recorded_all"
    return {"assigned": "assigned_recorded", "licensed": "licensed_recorded", "pledged": "pledged_recorded"}[data.act]


def tell_affected(data: RegistrationAffected, uow: UnitOfWork) -> None:
    """What others, or the office, did to a registration that concerns the account."""
    params: Params = {**_of_registration(data), "number": data.number, "on": data.on}
    tell(uow, data.account_id, None, f"affected_{data.act}", params)


def _of_registration(data: CertificateIssued | DealingAdvanced | RegistrationAffected) -> Params:
    return {"title": data.title, "registration_number": data.registration_number}


_OBJECTION: Mapping[OfficeActState, str] = {
    "proposed": "objection_proposed",
    "confirmed": "objection_confirmed",
    "dismissed": "objection_dismissed",
}


def tell_office_act(data: OfficeActAdvanced, uow: UnitOfWork) -> None:
    """A revocation is proposed, and its holder may be heard; it is taken back; a proposal, or the report of an error,
    was dismissed. Who objected hears what became of that."""
    if data.objector:
        template = _OBJECTION[data.state]
    elif data.state == "proposed":
        template = "revocation_proposed"
    elif data.state == "withdrawn":
        template = "revocation_withdrawn"
    else:
        template = "revocation_dropped" if data.act == "revoked" else "error_report_answered"
    params: Params = {
        "title": data.title,
        "registration_number": data.registration_number,
        "due_on": data.hear_until or data.advanced_at,
        "text": data.text,
    }
    tell(uow, data.account_id, data.application_id, template, params)


def tell_seal_changed(data: DepositSealChanged, uow: UnitOfWork) -> None:
    """A deposit was sealed, the seal lifted, or opened on the order of a court."""
    template = {"sealed": "deposit_sealed", "unsealed": "deposit_unsealed", "opened": "deposit_opened"}[data.change]
    params: Params = {
        "title": data.title,
        "registration_number": data.registration_number,
        "court": data.court,
        "order_number": data.order_number,
    }
    tell(uow, data.account_id, data.application_id, template, params)

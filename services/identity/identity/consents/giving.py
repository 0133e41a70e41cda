"""Saying yes: what a sign-up needs, and how each step is kept."""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.identity.consents import ConsentState, NoticeName

from identity.consents import model, store
from identity.consents.model import Version
from identity.consents.store import Consent


def agreement_errors(uow: UnitOfWork, given: dict[NoticeName, str | None]) -> list[FieldError]:
    """What a sign-up lacks, by its fields ``agreed_privacy`` and ``agreed_terms``. None: not shown yet, asked later."""
    errors = []
    for name in model.AT_SIGN_UP:
        current = model.in_force(name, uow.today(), model.versions())
        if given.get(name) not in (None, current.version):
            errors.append(FieldError(f"agreed_{name}", "agreement_required", {"version": current.version}))
    return errors


def require_face(uow: UnitOfWork, account_id: str) -> None:
    """Before a photograph of a face is taken in. Problem ``face_consent_required``."""
    if not store.has_agreed(uow.session, account_id, model.FACE, uow.today()):
        version = model.in_force(model.FACE, uow.today(), model.versions()).version
        errors = [FieldError("documents.handheld", "face_consent_required", {"version": version})]
        raise Problem("face_consent_required", version=version, errors=errors)


def keep(uow: UnitOfWork, account_id: str, version: Version, state: ConsentState, client: str = "") -> None:
    """Writes a step down, with what the text was, and the audit of it."""
    uow.session.add(
        Consent(
            account_id=account_id,
            notice=version.name,
            version=version.version,
            sha256=version.sha256,
            state=state,
            at=uow.now(),
            client=client,
        )
    )
    uow.session.flush()
    uow.audit(f"consent.{state}", subject=account_id, notice=version.name, version=version.version)


def declare_face(uow: UnitOfWork, account_id: str) -> None:
    """Somebody who sends the photograph states that the person gave their separate consent; kept as any other."""
    if not store.has_agreed(uow.session, account_id, model.FACE, uow.today()):
        keep(uow, account_id, model.in_force(model.FACE, uow.today(), model.versions()), "given")


def keep_sign_up(uow: UnitOfWork, account_id: str, given: dict[NoticeName, str | None], client: str) -> None:
    """The texts that :func:`agreement_errors` found agreed to."""
    for name in (name for name in model.AT_SIGN_UP if given.get(name)):
        keep(uow, account_id, model.in_force(name, uow.today(), model.versions()), "given", client)

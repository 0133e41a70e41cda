"""Reading the texts, agreeing to a new version, taking the consent to the face back (PIPL arts. 14-17, 28-29)."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.identity.consents import (
    Consents,
    ConsentView,
    GiveConsent,
    Notice,
    NoticesInForce,
    NoticeVersion,
    ReadNotice,
    WithdrawConsent,
)

from identity.accounts.handlers import account_acted_for
from identity.consents import model, store
from identity.consents.giving import keep
from identity.consents.model import Version
from identity.verification.handlers import forget_face


def read_notice(request: ReadNotice, uow: UnitOfWork) -> Notice:
    """One text in a language, any version of it for good. Problem ``notice_unknown``."""
    texts = model.of(request.name, model.versions())
    current = model.in_force(request.name, uow.today(), texts[::-1])
    found = next((text for text in texts if text.version == (request.version or current.version)), None)
    if found is None:
        raise Problem("notice_unknown")
    language, said = request.language, found.said
    facts: dict[str, Any] = _facts(found) | {
        "current": found is current,
        "title": said["title"][language],
        "summary": said["summary"][language],
        "sections": [_section(part, language) for part in said["sections"]],
        "others": [_facts(text) for text in texts if text is not found],
    }
    return Notice.model_validate(facts)


def _section(part: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "heading": part["heading"][language],
        "paragraphs": part.get(language, []),
        "columns": part.get("columns", {}).get(language, []),
        "rows": [row[language] for row in part.get("rows", [])],
    }


def _facts(text: Version) -> dict[str, Any]:
    return {
        "name": text.name,
        "version": text.version,
        "in_force_from": text.in_force_from,
        "sha256": text.sha256,
    }


def notices_in_force(request: Empty, uow: UnitOfWork) -> NoticesInForce:
    """What a sign-up and a photograph of a face have to name."""
    current = [model.in_force(name, uow.today(), model.versions()) for name in model.NAMES]
    return NoticesInForce(items=[NoticeVersion.model_validate(_facts(text)) for text in current])


def list_consents(request: Empty, uow: UnitOfWork) -> Consents:
    """What the caller's party has agreed to and taken back, and what is still asked."""
    return _shown(uow, account_acted_for(uow, "read").account_id)


def give_consent(request: GiveConsent, uow: UnitOfWork) -> Consents:
    """Once more is no second step. Problem ``notice_outdated`` for a version that is not in force."""
    account = account_acted_for(uow, "manage", lock=True)
    current = model.in_force(request.name, uow.today(), model.versions())
    if request.version != current.version:
        raise Problem("notice_outdated", version=current.version)
    if not store.has_agreed(uow.session, account.account_id, request.name, uow.today()):
        keep(uow, account.account_id, current, "given", request.client)
    return _shown(uow, account.account_id)


def withdraw_consent(request: WithdrawConsent, uow: UnitOfWork) -> Consents:
    """Destroys the photograph of the face, wherever it waits; a verification that is not decided stops.

    Nothing happens where nothing was agreed to. What was decided stays.
    """
    account = account_acted_for(uow, "manage", lock=True)
    agreed = store.standing(uow.session, account.account_id).get(request.name)
    if agreed is not None:
        version = next(text for text in model.of(request.name, model.versions()) if text.version == agreed)
        keep(uow, account.account_id, version, "withdrawn")
        forget_face(uow, account)
    return _shown(uow, account.account_id)


def _shown(uow: UnitOfWork, account_id: str) -> Consents:
    agreed = store.standing(uow.session, account_id)
    asked = store.to_agree(uow.session, account_id, uow.today())
    current = {str(name): model.in_force(name, uow.today(), model.versions()).version for name in model.NAMES}
    steps = store.history(uow.session, account_id)
    items = [
        ConsentView.model_validate(
            {
                "name": step.notice,
                "version": step.version,
                "state": step.state,
                "at": step.at,
                "current": agreed.get(step.notice) == step.version == current.get(step.notice),
            }
        )
        for step in steps
    ]
    return Consents(items=items, to_agree=[NoticeVersion.model_validate(_facts(text)) for text in asked])

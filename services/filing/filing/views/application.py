"""Cases as their owner, staff and lists show them."""

from __future__ import annotations

from datetime import date
from typing import Any

from chassis.access import is_self
from chassis.actor import Actor
from chassis.uow import UnitOfWork
from contracts.expedite import ExpediteView
from contracts.filing import (
    ActionView,
    ApplicationSummary,
    ApplicationView,
    FormReport,
    OrderSummary,
)

from chassis import clock
from filing.cases.facts import filed_by, waiting
from filing.cases.model import Action, Happening, actions_in, nodes
from filing.cases.store import Case
from filing.clocks.effects import view_deadlines
from filing.documents.remedies import remedies
from filing.examination.standards import in_words_of
from filing.expedite.store import find_expedite
from filing.expedite.views import view_expedite
from filing.forms.applicant import Applicant
from filing.forms.pinned import policy_of, situation_of
from filing.forms.printing import unprintable
from filing.forms.words import Language
from filing.materials.handlers import view_materials
from filing.materials.model import counting
from filing.paper.model import lacking
from filing.paper.store import built_on
from filing.reports.report import report
from filing.types import TYPES
from filing.views.corrections import view_correction
from filing.views.twins import filed_before
from filing.views.whole import PastAction, WholeCase, read_whole

_OFFICE_ONLY = (
    "propose_refusal",
    "withdraw_refusal",
    "oppose_refusal",
    "claim",
    "hand_over",
    "take_back_paper",
    "correct_paper_day",
)


def view_application(
    uow: UnitOfWork,
    case: Case,
    language: Language = "zh",
    whole: WholeCase | None = None,
    *,
    as_applicant: bool = False,
    named: bool = False,
) -> ApplicationView:
    """The whole case, as it is read now or was a moment ago. What concerns staff only (who examines, proposed refusals)
    is left out for applicants, and for staff ``as_applicant``, who may do nothing; ``named``: but who took a step."""
    staff, whole = uow.actor.is_staff and not as_applicant, whole or read_whole(uow.session, case.id)
    today, filing_type = clock.today(whole.offset_days), TYPES[case.type]
    applicant = whole.applicant if case.state == "draft" else filed_by(case)
    return ApplicationView.model_validate(
        {
            **_course(case, whole, today, language),
            **_decision(case, staff, language),
            "application_id": case.id,
            "account_id": case.account_id,
            "kind": filing_type.kind,
            "type": case.type,
            "policy_on": case.policy_on,
            "state": case.state,
            "batch_id": case.batch_id,
            "about": case.about,
            "begun_from": case.begun_from,
            "version": case.version,
            "form": case.form,
            "title": case.title,
            "materials": view_materials(uow, case, whole.materials, language, sealed=whole.sealed),
            **_numbers(case),
            "certificate_document_id": case.certificate_document_id,
            "order": view_order(case),
            "expedite": _expedite(case, uow),
            **_paper(case, whole, today, language),
            "actions": [view_action(row, staff, named=named) for row in whole.history],
            "allowed_actions": [] if as_applicant else _allowed(case, uow),
            "declaration": whole.declaration,
            "application_form": whole.application_form,
            "signatures": whole.signatures,
            "applicant_name": (case.applicant or {}).get("name", ""),
            "applicant_kind": applicant.kind if applicant else "",
            "remedies": remedies(language) if case.state == "refused" else [],
            "warnings": unprintable(filing_type.printed(case.form)),
            "report": _report(case, whole, applicant, today, language, staff) if _reported(case, staff) else None,
        }
    )


def _expedite(case: Case, uow: UnitOfWork) -> ExpediteView | None:
    """The newest request to hurry it; of most cases there was none, and nobody is asked."""
    row = find_expedite(uow.session, case.expedite_id) if case.expedite_id else None
    return view_expedite(row, case, uow) if row else None


def _course(case: Case, whole: WholeCase, today: date, language: Language) -> dict[str, Any]:
    """When what happened, who has to do what, and until when."""
    happenings = [Happening(row.action, row.at, row.from_state, row.to_state) for row in whole.history]
    return {
        "nodes": nodes(case.status, happenings, waiting(case)),
        "deadlines": view_deadlines(whole.deadlines, today, language),
        "corrections": [view_correction(row, language) for row in whole.corrections],
        "waiting_for": waiting(case),
        "created_at": case.created_at,
        "updated_at": case.updated_at,
        "submitted_at": case.submitted_at,
    }


def _paper(case: Case, whole: WholeCase, today: date, language: Language) -> dict[str, Any]:
    """What has to come on paper, and whether it has."""
    roles = {row.role for row in whole.materials}
    asked = policy_of(case, today).paper_of(roles) if case.paper_required else []
    notes = [row.note for row in whole.history if row.action == "note_deficient_paper"] if case.paper_awaited else []
    missing = lacking(notes[-1] if notes else "", asked)
    return {
        "paper_required": case.paper_required,
        "paper": [item.in_language(language) for item in asked],
        "paper_missing": [item.in_language(language) for item in missing.papers],
        "paper_remark": missing.remark,
        "paper_received_at": case.paper_received_at,
    }


def _decision(case: Case, staff: bool, language: Language) -> dict[str, Any]:
    """Who examines and why they decide so; the applicant learns a reason once it is final."""
    final = case.state in ("refused", "withdrawn", "lapsed")
    return {
        "examiner_id": case.examiner_id if staff else None,
        "second_examiner_id": case.second_examiner_id if staff else None,
        "reason": in_words_of(case.reason, language) if staff or final else "",
        "basis": in_words_of(case.basis, language, "basis") if final else "",
        "proposed_reason": case.proposed_reason if staff else "",
        "proposed_basis": case.proposed_basis if staff else "",
        "opposed_by": case.opposed_by if staff else None,
        "opposed_reason": case.opposed_reason if staff else "",
    }


def _numbers(case: Case) -> dict[str, str | None]:
    return {
        "serial_number": case.serial_number,
        "acceptance_number": case.acceptance_number,
        "registration_number": case.registration_number,
    }


def _reported(case: Case, staff: bool) -> bool:
    """While somebody can do something about it; an examiner needs what differs to decide."""
    examined = ("accepted", "under_examination", "refusal_proposed")
    return case.state in ("draft", "awaiting_correction") or (staff and case.state in examined)


def _report(
    case: Case, whole: WholeCase, applicant: Applicant | None, today: date, language: Language, staff: bool
) -> FormReport:
    """What is missing, where form and files differ, and what was filed before."""
    filing_type = TYPES[case.type]
    awaited = next((row.id for row in whole.corrections if row.answered_at is None), None)
    counted = counting(whole.materials, filing_type.fields.samples(), awaited)
    found = report(
        filing_type,
        case.form,
        situation_of(case, applicant, today),
        language,
        counted,
        answering=case.state == "awaiting_correction",
    )
    return found.model_copy(update={"problems": [*found.problems, *filed_before(whole, staff=staff)]})


def view_action(row: PastAction, staff: bool, *, named: bool = False) -> ActionView:
    """A line of the history. Why a refusal was proposed is said to the applicant only once it is decided, why a case
    was claimed before others, given to another examiner, or its receipt of paper corrected never; who acted is said to
    staff alone."""
    return ActionView.model_validate(
        {
            "action": row.action,
            "at": row.at,
            "by": row.by,
            "from_state": row.from_state,
            "to_state": row.to_state,
            "note": row.note if staff or row.action not in _OFFICE_ONLY else "",
            "actor": row.actor if (staff or named) and row.by == "staff" else None,
        }
    )


def _allowed(case: Case, uow: UnitOfWork) -> list[str]:
    """What this actor may do now; guards decide about the details."""
    if not uow.actor.is_staff:
        allowed: list[str] = list(actions_in(case.status, "applicant"))
        if case.state == "draft":
            return ["save", *allowed] if case.batch_id else ["save", "discard", *allowed]
        return allowed
    parties = {"examiner": "examiner", "senior_examiner": "examiner", "intake": "intake"}
    mine = {parties[role] for role in uow.actor.roles if role in parties}
    result: list[str] = []
    if "examiner" in mine:
        for action in actions_in(case.status, "examiner"):
            if _fits(case, action, uow.actor):
                result.append(action)
    if "intake" in mine and case.paper_required:
        corrections = ("take_back_paper", "correct_paper_day")
        stands = not case.paper_awaited and built_on(uow.session, case, uow.today())
        fits = [one for one in actions_in(case.status, "intake") if (one in corrections) != case.paper_awaited]
        result += [] if stands else fits
    return result


def held_by_another(case: Case, senior: Actor) -> bool:
    """Whether a senior examiner may take a case from the colleague who has it."""
    holder = case.second_examiner_id if case.state == "refusal_proposed" else case.examiner_id
    return "senior_examiner" in senior.roles and holder is not None and not is_self(senior, holder)


def _fits(case: Case, action: Action, examiner: Actor) -> bool:
    if action == "hand_over":
        return held_by_another(case, examiner)
    if case.state == "refusal_proposed":
        return _fits_second(case, action, examiner)
    if action == "claim":
        return not case.paper_awaited
    return is_self(examiner, case.examiner_id)


def _fits_second(case: Case, action: Action, examiner: Actor) -> bool:
    """Of a proposed refusal: who takes it up decides; once it is opposed, its first examiner may agree."""
    second = case.second_examiner_id
    if action == "withdraw_refusal":
        return is_self(examiner, case.examiner_id) and case.opposed_by is None
    if is_self(examiner, case.opposed_by) or not (second is None or is_self(examiner, second)):
        return False
    if is_self(examiner, case.examiner_id):
        return action == "approve" and case.opposed_by is not None
    if action == ("approve" if case.opposed_by is None else "oppose_refusal"):
        return False
    return (action == "claim") == (second is None)


def view_order(case: Case) -> OrderSummary | None:
    """What was charged, in fen; None while nothing was."""
    if case.order_id is None:
        return None
    return OrderSummary.model_validate(
        {"order_id": case.order_id, "amount": case.order_amount or 0, "state": case.order_state}
    )


def summary(case: Case) -> ApplicationSummary:
    """The line of a case in its owner's lists."""
    return ApplicationSummary.model_validate(
        {
            "application_id": case.id,
            "kind": TYPES[case.type].kind,
            "type": case.type,
            "state": case.state,
            "title": case.title,
            **_numbers(case),
            "updated_at": case.updated_at,
            "waiting_for": waiting(case),
        }
    )

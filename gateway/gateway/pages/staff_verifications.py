"""实名审核: the queue by due date, and one submission with its images, what the automatic check saw, and a decision."""

from __future__ import annotations

from typing import Any

from chassis.errors import FieldError, Problem
from contracts.identity import (
    DECIDE_VERIFICATION,
    GET_VERIFICATION,
    LIST_VERIFICATION_QUEUE,
    OPEN_VERIFICATION_IMAGE,
    DecideVerification,
    ListVerifications,
    OpenVerificationImage,
    VerificationRef,
    VerificationView,
)
from contracts.identity.reopening import REOPEN_VERIFICATION, ReopenVerification
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from gateway.pages import choices
from gateway.pages.staff_access import staff_only
from gateway.pages.workbench import office_day
from gateway.web.calls import call
from gateway.web.documents import deliver_sealed
from gateway.web.forms import PageForm, entered
from gateway.web.languages import noted
from gateway.web.photo_words import shown_finding

pages = staff_only(Blueprint("staff_verifications", __name__, url_prefix="/staff/verifications"), "reviewer")
Answer = str | AnyResponse | tuple[str, int]
PAGE = 50
LONGEST_TEXT = 100
_STATES = ("approved", "refused", "reopening")

REASONS = (
    ("unclear", noted("证件照片不清楚，请在光线充足处重新拍摄。"), _l("照片不清楚")),
    ("corners", noted("证件没有拍全，请保证四角完整。"), _l("没有拍全")),
    ("covered", noted("面部或证件被遮挡，请重新拍摄。"), _l("面部或证件被遮挡")),
    ("mismatch", noted("证件上的姓名或号码与填写的不一致，请核对。"), _l("姓名或号码与填写的不一致")),
    ("expired", noted("证件已过有效期，请使用有效证件。"), _l("证件已过期")),
    ("not_same", noted("手持照片与证件上的人不是同一人，请由本人拍摄。"), _l("手持照片不是本人")),
    ("seal", noted("盖章不清楚或缺少公章，请重新盖章扫描。"), _l("缺少公章或盖章不清")),
    ("letter", noted("授权书没有写明经办人或授权范围，请补充。"), _l("授权书内容不全")),
    ("proof", noted("证明没有写明由原来的姓名或名称改为新的，请补充。"), _l("看不出由原名改为新名")),
    (
        "held",
        noted(
            "这个证件号码或统一社会信用代码已由另一账号通过实名认证。如果那个账号不是您的，请持证件原件联系客服核实。"
        ),
        _l("身份已由另一账号认证"),
    ),
    ("seal_differs", noted("新公章与说明上盖的章不一致，请核对后重新上传。"), _l("新公章与说明上的不一致")),
    ("seal_why", noted("说明没有写明更换公章的原因，或没有加盖新公章，请补充。"), _l("说明不全或没有盖新章")),
)
"""Usual reasons: code, the sentence that goes to the applicant, and what the reviewer reads."""
OF_REPLACEMENTS = {"seal": ("unclear", "seal", "seal_differs", "seal_why"), "operator": ("seal", "letter", "mismatch")}
"""Those that another seal or operator is refused for."""


@pages.get("")
def queue() -> str:
    """By due date, page by page; decided ones newest first."""
    cursor = request.args.get("after") or None
    state: Any = request.args.get("state") if request.args.get("state") in _STATES else "pending"
    text = request.args.get("text", "").strip()[:LONGEST_TEXT]
    found = call(LIST_VERIFICATION_QUEUE, entered(ListVerifications, state=state, text=text, cursor=cursor, limit=PAGE))
    return render_template(
        "staff/verifications.html", found=found, state=state, text=text, today=office_day(), first=cursor is None
    )


@pages.get("/<verification_id>")
def verification(verification_id: str) -> str:
    """One submission with its images. Each look at one is recorded."""
    return _page(call(GET_VERIFICATION, VerificationRef(verification_id=verification_id)), PageForm())


@pages.post("/<verification_id>")
def decide(verification_id: str) -> Answer:
    """Decides, and goes on to the next submission of the queue."""
    form = PageForm.from_request()
    chosen = set(request.form.getlist("reason"))
    reasons = [sentence for code, sentence, _label in REASONS if code in chosen]
    if other := form.value("other_reason").strip():
        reasons.append(other)
    try:
        decision: Any = form.value("decision")
        if decision not in ("approve", "refuse"):
            raise Problem("request_invalid", errors=[FieldError("decision", "not_in_list")])
        decided = call(
            DECIDE_VERIFICATION,
            entered(
                DecideVerification,
                field="other_reason",
                verification_id=verification_id,
                decision=decision,
                reasons=reasons,
            ),
        )
    except Problem as problem:
        if problem.code == "verification_unknown" or problem.status >= 500:
            raise
        view = call(GET_VERIFICATION, VerificationRef(verification_id=verification_id))
        return _page(view, form.refused(problem, field="decision"), chosen), problem.status
    name = decided.organisation_name or decided.name
    if decided.state == "approved":
        flash(_("已通过：%(name)s。", name=name), "success")
    else:
        flash(_("已退回：%(name)s，理由已通知申请人。", name=name), "success")
    return redirect(_next_address(), 303)


@pages.post("/<verification_id>/reopening")
def reopen(verification_id: str) -> Answer:
    """An approval that was wrong: proposed by one reviewer, settled by another."""
    form = PageForm.from_request()
    try:
        step: Any = form.value("step")
        reason = form.value("reopen_reason")
        asked = entered(ReopenVerification, verification_id=verification_id, step=step, reason=reason)
        view = call(REOPEN_VERIFICATION, asked)
    except Problem as problem:
        if problem.code == "verification_unknown" or problem.status >= 500:
            raise
        shown = call(GET_VERIFICATION, VerificationRef(verification_id=verification_id))
        return _page(shown, form.refused(problem, field="reopen_reason")), problem.status
    name = view.organisation_name or view.name
    told = {
        "propose": _("已提出撤回%(name)s的认证，等另一位审核人员复核。", name=name),
        "confirm": _("已撤回%(name)s的认证，并已通知。", name=name),
        "dismiss": _("%(name)s的认证维持不变。", name=name),
    }
    flash(told[step], "success")
    return redirect(url_for("staff_verifications.verification", verification_id=verification_id), 303)


@pages.get("/<verification_id>/images/<document>")
def image(verification_id: str, document: str) -> Response:
    """One image, opened for this look only (identity keeps a record of it); never kept by the browser."""
    sealed = call(OPEN_VERIFICATION_IMAGE, OpenVerificationImage(verification_id=verification_id, document=document))
    return deliver_sealed(sealed)


def document_words() -> dict[str, str]:
    return {
        "id_front": _("证件人像面"),
        "id_back": _("证件背面（国徽面）"),
        "handheld": _("手持证件照片"),
        "business_licence": _("营业执照"),
        "authorisation_letter": _("经办人授权书"),
        "legal_representative_id": _("法定代表人身份证明"),
        "name_proof": _("姓名或名称变更的证明"),
        "former_seal": _("原来的公章"),
        "new_seal": _("新公章"),
        "seal_statement": _("更换公章的说明"),
    }


def step_words() -> dict[str, str]:
    return {
        "submit": _("提交"),
        "carry_over": _("由旧系统带来"),
        "approve": _("通过"),
        "refuse": _("退回"),
        "replace": _("申请人更换材料"),
        "withdraw": _("停止办理"),
        "supersede": _("由后来的认证代替"),
        "propose": _("提出撤回"),
        "dismiss": _("维持通过"),
        "reopen": _("撤回通过"),
    }


def _page(view: VerificationView, form: PageForm, chosen: set[str] | None = None) -> str:
    findings: dict[str, list[dict[str, str]]] = {}
    for finding in view.findings:
        findings.setdefault(finding.document, []).append(shown_finding(finding))
    organisation = view.kind == "organisation"
    unusual = (() if organisation else ("seal", "letter")) + (() if view.holder else ("held",))
    unusual += () if view.new_name else ("proof",)
    unusual += ("seal_differs", "seal_why")
    ours = OF_REPLACEMENTS.get(view.part)
    usual = [entry for entry in REASONS if (entry[0] in ours if ours else entry[0] not in unusual)]
    return render_template(
        "staff/verification.html",
        view=view,
        form=form,
        findings=findings,
        reasons=usual,
        chosen=chosen or set(),
        documents=document_words(),
        id_type=choices.word(choices.id_types(), view.id_type),
        new_id_type=choices.word(choices.id_types(), view.operator.id_type if view.operator else None),
        today=office_day(),
        steps=step_words(),
        pdf=set(view.documents) - set(view.pictures),
    )


def _next_address() -> str:
    ready = call(LIST_VERIFICATION_QUEUE, ListVerifications(checked=True, limit=1)).items
    if not ready:
        return url_for("staff_verifications.queue")
    return url_for("staff_verifications.verification", verification_id=ready[0].verification_id)

"""认证管理: real-name verification with images, its progress, and what to do after a refusal."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.base import Empty
from contracts.identity import (
    GET_ACCOUNT,
    LIST_MY_VERIFICATIONS,
    SUBMIT_VERIFICATION,
    AccountView,
    ListVerifications,
    SubmitVerification,
    VerificationView,
)
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.access import applicants_only
from gateway.uploads.policy import purpose_limit
from gateway.uploads.receipt import receipt_for, receipt_for_form_file
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.forms import PageForm
from gateway.web.photo_words import shown_finding

pages = applicants_only(Blueprint("verification", __name__, url_prefix="/account/verification"))
Answer = str | Response | tuple[str, int]
IMAGES = ".jpg,.jpeg,.png"
SCANS = ".pdf,.jpg,.jpeg,.png"


@pages.get("")
def verification() -> Answer:
    """The latest verification's progress, or the form where there is none, or it can be repeated."""
    account = call(GET_ACCOUNT, Empty())
    latest = _latest()
    unusable = latest is not None and latest.check == "done" and _has_errors(latest)
    again = latest is None or latest.state == "refused" or (latest.state == "pending" and unusable)
    if again and request.args.get("new"):
        return _form_page(account, PageForm())
    if latest is None:
        return _form_page(account, PageForm())
    findings = [shown_finding(finding) for finding in latest.findings]
    return render_template(
        "verification/progress.html",
        account=account,
        verification=latest,
        findings=findings,
        may_repeat=again,
        unusable=unusable,
    )


@pages.post("")
@accepts_files
def submit() -> Answer:
    account = call(GET_ACCOUNT, Empty())
    form = PageForm.from_request()
    try:
        documents: dict[Any, str] = {}
        for role, _label, _hint, _accept in images_for(account):
            upload_id, file = request.form.get(f"documents.{role}"), request.files.get(f"documents.{role}_file")
            if upload_id:
                documents[role] = receipt_for(upload_id, sealed=True).token
            elif file is not None and file.filename:
                documents[role] = receipt_for_form_file(file, "id_image").token
        call(SUBMIT_VERIFICATION, SubmitVerification(documents=documents))
    except Problem as problem:
        return _form_page(account, form.refused(problem)), problem.status
    flash(_("认证材料已提交。"), "success")
    return redirect(url_for("verification.verification"), 303)


def images_for(account: AccountView) -> list[tuple[str, str, str, str]]:
    """(role, label, hint, accepted files) of what this account has to send."""
    if account.kind == "organisation":
        return [
            ("business_licence", _("营业执照"), _("副本扫描件或照片，加盖公章，文字清楚。"), SCANS),
            ("authorisation_letter", _("经办人授权书"), _("写明经办人姓名与授权范围，加盖公章。"), SCANS),
            ("legal_representative_id", _("法定代表人身份证明"), _("法定代表人身份证人像面，四角完整。"), IMAGES),
        ]
    front = _("证件人像面")
    entries = [("id_front", front, _("四角完整，文字清楚，没有反光和遮挡。"), IMAGES)]
    if account.id_type != "passport":
        entries.append(("id_back", _("证件背面（国徽面）"), _("四角完整，有效期清楚。"), IMAGES))
    hint = _("本人手持证件，面部和证件文字都没有遮挡，背景为纯色。作出决定后这张照片会被删除。")
    return [*entries, ("handheld", _("手持证件照片"), hint, IMAGES)]


def _latest() -> VerificationView | None:
    items = call(LIST_MY_VERIFICATIONS, ListVerifications(limit=1)).items
    return items[0] if items else None


def _has_errors(verification: VerificationView) -> bool:
    return any(finding.severity == "error" for finding in verification.findings)


def _form_page(account: AccountView, form: PageForm) -> str:
    return render_template(
        "verification/form.html",
        account=account,
        form=form,
        images=images_for(account),
        limit=purpose_limit("id_image"),
    )

"""认证管理: real-name verification with images, its progress, and what to do after a refusal."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from chassis.errors import FieldError, Problem
from contracts.base import Empty
from contracts.identity import (
    GET_ACCOUNT,
    LIST_ID_PHOTOS,
    OPEN_ID_PHOTO,
    PLACE_ID_PHOTO,
    SUBMIT_VERIFICATION,
    AccountView,
    IdDocument,
    IdPhotoList,
    IdPhotoView,
    OpenIdPhoto,
    PlaceIdPhoto,
    SubmitVerification,
)
from contracts.identity.consents import GIVE_CONSENT, LIST_CONSENTS, READ_NOTICE, GiveConsent, Notice, ReadNotice
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.access import applicants_only
from gateway.pages.verified import is_unusable, latest_verification, standing_of
from gateway.uploads.policy import purpose_limit
from gateway.uploads.receipt import receipt_for, receipt_for_form_file
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.documents import deliver_drawn
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language
from gateway.web.limits import client_address
from gateway.web.photo_words import shown_finding
from gateway.web.problems import HttpProblem

pages = applicants_only(Blueprint("verification", __name__, url_prefix="/account/verification"))
Answer = str | Response | tuple[str, int]
IMAGES = ".jpg,.jpeg,.png"
SCANS = ".pdf,.jpg,.jpeg,.png"


@dataclass(frozen=True)
class Wanted:
    """A photo that this account has to send. ``drawing``: the picture that shows how it should look; ``blank``: the
    form to print and fill in for it, by filing's name."""

    role: str
    label: str
    hint: str
    drawing: str
    accept: str = IMAGES
    blank: str = ""

    @property
    def formats(self) -> str:
        return "JPG, PNG, PDF" if self.accept == SCANS else "JPG, PNG"


@pages.get("")
def verification() -> Answer:
    """The latest verification's progress, or the form where there is none, or it can be repeated; of who is verified,
    the form for another name. Where another account of the person holds it, what to do instead."""
    account = call(GET_ACCOUNT, Empty())
    standing = standing_of(account.verification)
    if standing.stage == "elsewhere":
        return render_template("verification/elsewhere.html", standing=standing)
    renames = account.verification == "approved"
    latest = latest_verification()
    unusable = latest is not None and is_unusable(latest)
    if latest is not None and latest.state == "replaced":  # it stopped when a consent was taken back
        latest = None
    again = latest is None or latest.state == "refused" or unusable
    if latest is None or ((again or renames) and request.args.get("new")):
        return _form_page(account, PageForm(), checked=bool(request.args.get("check")))
    findings = [shown_finding(finding) for finding in latest.findings]
    return render_template(
        "verification/progress.html",
        account=account,
        verification=latest,
        findings=findings,
        may_repeat=again,
        unusable=unusable,
        renames=renames,
    )


@pages.post("")
@accepts_files
def submit() -> Answer:
    """Hands in what was placed, together with what comes with the form; every photo that arrived stays placed, whatever
    is wrong with the others."""
    account, form = call(GET_ACCOUNT, Empty()), PageForm.from_request()
    errors: list[FieldError] = []
    _agree_to_face()
    for wanted in images_for(account):
        try:
            _place_from_form(wanted.role, account)
        except Problem as problem:
            if problem.code in ("verification_pending", "verification_already_approved"):
                return redirect(url_for("verification.verification"), 303)
            errors += problem.errors or [FieldError(f"documents.{wanted.role}", problem.code, problem.params)]
    if errors:
        unreadable = Problem("verification_image_unreadable", errors=errors)
        return _form_page(account, form, unreadable), unreadable.status
    if request.form.get("action") == "consent":
        if (asked := _face_asked(account)) is not None:
            told = FieldError("documents.handheld", "face_consent_required", {"version": asked.version})
            unticked = Problem("face_consent_required", version=asked.version, errors=[told])
            return _form_page(account, form, unticked), unticked.status
        return redirect(url_for("verification.verification", new=1, _anchor="field-documents.handheld"), 303)
    renames = account.verification == "approved"
    try:
        new_name = form.value("new_name") if renames else None
        call(SUBMIT_VERIFICATION, entered(SubmitVerification, new_name=new_name))
    except Problem as problem:
        if problem.errors and not renames:  # of what was placed: the page says it, however often it is opened
            return redirect(url_for("verification.verification", new=1, check=1), 303)
        return _form_page(account, form, problem), problem.status
    flash(_("认证材料已提交。"), "success")
    return redirect(url_for("verification.verification"), 303)


@pages.post("/photos/<document>")
def place(document: str) -> Answer:
    """Takes one photo that has just been uploaded and has it checked: the page's script sends it here at once."""
    role = _role(document)
    try:
        account = call(GET_ACCOUNT, Empty())
        _place(role, receipt_for(request.form.get("upload_id", ""), sealed=True).token, account)
    except Problem as problem:
        problem.errors = problem.errors or (FieldError(f"documents.{role}", problem.code, problem.params),)
        page = _form_page(call(GET_ACCOUNT, Empty()), PageForm(), problem)
        return page, 200 if "HX-Request" in request.headers else problem.status  # a part of a page is put in place
    return redirect(url_for("verification.verification", new=1), 303)


@pages.get("/photos/<document>")
def thumbnail(document: str) -> Response:
    """The owner's own photo, small; the browser keeps nothing of it. Problem ``id_photo_unknown``."""
    shown = call(OPEN_ID_PHOTO, OpenIdPhoto.model_validate({"document": _role(document)}))
    return deliver_drawn(base64.b64decode(shown.data))


def images_for(account: AccountView) -> list[Wanted]:
    """What this account has to send, in order; of who is verified, for another name."""
    wanted = _identity_images(account)
    if account.verification == "approved":
        organisation = account.kind == "organisation"
        hint = (
            _("登记机关出具的名称变更证明，写明原名称和新名称。")
            if organisation
            else _("户口簿的曾用名页、户籍证明等，写明原姓名和新姓名。原来填错的，请再上传一次证件人像面。")
        )
        wanted.append(Wanted("name_proof", _("姓名或名称变更的证明"), hint, "id-paper", SCANS))
    return wanted


def _identity_images(account: AccountView) -> list[Wanted]:
    if account.kind == "organisation":
        licence, letter = (
            _("副本扫描件或照片，加盖公章，文字清楚。"),
            _("写明单位、经办人及其证件号码、授权范围和有效期，加盖公章。"),
        )
        return [
            Wanted("business_licence", _("营业执照"), licence, "id-paper", SCANS),
            Wanted("authorisation_letter", _("经办人授权书"), letter, "id-paper", SCANS, "authorisation_letter"),
            Wanted(
                "legal_representative_id", _("法定代表人身份证明"), _("法定代表人身份证人像面，四角完整。"), "id-front"
            ),
        ]
    front = _("四角完整，文字清楚，没有反光和遮挡。")
    wanted = [Wanted("id_front", _("证件人像面"), front, "id-front")]
    if account.id_type != "passport":
        wanted.append(Wanted("id_back", _("证件背面（国徽面）"), _("四角完整，有效期清楚。"), "id-back"))
    hint = _("本人手持证件，面部和证件文字都没有遮挡，背景为纯色。作出决定后这张照片会被删除。")
    return [*wanted, Wanted("handheld", _("手持证件照片"), hint, "id-handheld")]


def _role(document: str) -> Any:
    if document not in get_args(IdDocument):
        raise HttpProblem("not_found")
    return document


def _agree_to_face() -> None:
    """The separate consent, where its box was ticked. One to a version that holds no longer is asked for again."""
    if version := request.form.get("face"):
        try:
            call(GIVE_CONSENT, entered(GiveConsent, name="face", version=version, client=client_address()), part="face")
        except Problem as problem:
            if problem.code != "notice_outdated":
                raise


def _face_asked(account: AccountView) -> Notice | None:
    """The separate consent that the photograph of the face still needs."""
    if account.kind == "organisation":
        return None
    given = any(step.name == "face" and step.current for step in call(LIST_CONSENTS, Empty()).items)
    return None if given else call(READ_NOTICE, ReadNotice(name="face", language=language()))


def _place_from_form(role: str, account: AccountView) -> None:
    upload_id, file = request.form.get(f"documents.{role}"), request.files.get(f"documents.{role}_file")
    if upload_id:
        _place(role, receipt_for(upload_id, sealed=True).token, account)
    elif file is not None and file.filename:
        _place(role, receipt_for_form_file(file, "id_image").token, account)


def _place(role: Any, receipt: str, account: AccountView) -> IdPhotoView:
    renames = account.verification == "approved"
    return call(PLACE_ID_PHOTO, PlaceIdPhoto(document=role, receipt=receipt, rename=renames), part=role)


def _lacking(found: IdPhotoList) -> Problem | None:
    """What keeps the photos that were placed from being handed in."""
    placed = {photo.document: photo for photo in found.items}
    errors = [FieldError(f"documents.{role}", "material_missing") for role in found.needed if role not in placed]
    for role, photo in placed.items():
        if any(finding.severity == "error" for finding in photo.findings):
            errors.append(FieldError(f"documents.{role}", "verification_image_unreadable"))
    return Problem("verification_documents_missing", errors=errors) if errors else None


def _refused_because() -> list[str]:
    """Why the last submission was refused; nothing where it was not."""
    latest = latest_verification()
    return latest.reasons if latest is not None and latest.state == "refused" else []


def _form_page(account: AccountView, form: PageForm, problem: Problem | None = None, *, checked: bool = False) -> str:
    """``checked``: with all that still keeps the photos from being handed in."""
    images, found, asked = images_for(account), call(LIST_ID_PHOTOS, Empty()), _face_asked(account)
    photos, problem = found.items, problem or (_lacking(found) if checked else None)
    labels: Mapping[str, str] = {f"documents.{wanted.role}": wanted.label for wanted in images}
    form = form.called(lambda field: labels.get(field, ""))
    if problem is not None:
        form.refused(problem)
    return render_template(
        "verification/form.html",
        account=account,
        form=form,
        images=images,
        photos={photo.document: photo for photo in photos},
        notes={photo.document: [shown_finding(finding) for finding in photo.findings] for photo in photos},
        refused_because=_refused_because(),
        taken=found.taken,
        limit=purpose_limit("id_image"),
        face=asked,
        renames=account.verification == "approved",
    )

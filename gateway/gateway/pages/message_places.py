"""Which page a message is about, and what the way there is called."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.batches import is_batch
from contracts.identity import MessageView
from contracts.legacy import is_record
from flask import url_for
from flask_babel import gettext as _

from gateway.web.case_places import case_url


@dataclass(frozen=True)
class Place:
    """An address of this site, and the words of its link."""

    url: str
    words: str


_PAPERS = frozenset(
    {
        "certificate_issued",
        "change_proof_issued",
        "dealing_proof_issued",
        "certificate_reissued",
        "certificate_corrected",
        "registration_cancelled",
        "registration_revoked",
    }
)
"""Messages that bring a certificate or a proof."""


_OF_OTHERS = (
    *("dealing_recorded", "dealing_released", "licence_terminated", "dealing_over", "affected_"),
    *("assigned_recorded", "licensed_recorded", "pledged_recorded"),
)
"""Messages of what somebody else filed: the case is not theirs to see."""
_ACTS = frozenset(
    {
        *("revocation_proposed", "revocation_withdrawn", "revocation_dropped", "error_report_answered"),
        *("objection_proposed", "objection_confirmed", "objection_dismissed"),
    }
)
"""Messages about what the office means to do to a registration."""


def place_of(message: MessageView) -> Place | None:
    """By what it was said of (a case, an old case, a batch), else by what kind of message it is; None where it says
    all there is."""
    about = message.application_id
    if message.template in _ACTS:
        return Place(url_for("office_acts.mine"), _("查看登记机构的处理"))
    if message.template.startswith(_OF_OTHERS):
        return Place(url_for("documents.certificates"), _("查看证书"))
    if not about:
        return _by_kind(message.template)
    if is_record(about):
        return Place(case_url(about), _("查看这件旧系统业务"))
    if is_batch(about):
        return Place(case_url(about), _("查看这一批"))
    return _of_case(message.template, about)


def _of_case(template: str, case: str) -> Place:
    if template in ("order_created", "order_due_again", "expedite_granted"):
        return Place(url_for("payments.payment", application_id=case), _("去缴费"))
    if template == "expedite_due_again":
        return Place(url_for("payments.payment", application_id=case, of="expedite"), _("去缴费"))
    if template == "correction_requested":
        return Place(url_for("correction.correction", application_id=case), _("去补正"))
    if template.startswith("expedite_"):
        return Place(url_for("expedite.expedite", application_id=case), _("查看加急申请"))
    if template.startswith(("refund_", "money_held_")) or template in (
        "order_paid",
        "order_refunded",
        "order_refunded_batch",
        "order_written_off",
    ):
        return Place(url_for("payments.payment", application_id=case), _("查看缴费与退费"))
    if template in _PAPERS:
        return Place(case_url(case), _("查看证书"))
    if template.startswith("parcel_"):
        return Place(url_for("documents.certificates"), _("查看纸质证书邮寄"))
    if template.startswith("deposit_"):
        return Place(url_for("seals.seal", application_id=case), _("查看封存"))
    return Place(case_url(case), _("查看这件申请"))


def _by_kind(template: str) -> Place | None:
    if template.startswith(("verification_", "name_change")) or template in (
        "organisation_approved",
        "identity_disputed",
    ):
        return Place(url_for("verification.verification"), _("查看实名认证"))
    if template == "organisation_disputed" or template.startswith(("seal_change", "operator_change", "replacement_")):
        return Place(url_for("holding.holding"), _("查看公章与经办人"))
    if template == "mobile_changed":
        return Place(url_for("account.sessions"), _("查看账号"))
    if template == "account_registered":
        return Place(url_for("verification.verification"), _("去认证"))
    if template in ("recovery_announced", "recovery_cases_announced"):
        return Place(url_for("recovery.objection"), _("不是本人？提出异议"))
    if template.startswith("recovery_cases_done"):
        return Place(url_for("cases.mine"), _("查看我的登记"))
    if template.startswith("recovery_"):
        return Place(url_for("recovery.follow"), _("查看账号找回进度"))
    if template.startswith("legacy_account_"):
        return Place(url_for("old_accounts.old_accounts"), _("查看旧系统账号"))
    if template == "messages_chosen":
        return Place(url_for("message_settings.settings"), _("查看消息通知设置"))
    if template.startswith("closure_"):
        return Place(url_for("closing.closing"), _("查看注销申请"))
    if template.startswith("export_"):
        return Place(url_for("my_data.copies"), _("去看数据副本"))
    if template.startswith("staff_"):
        return Place(url_for("account.sessions"), _("查看账号与登录设备"))
    if template in ("password_changed", "session_compromised", "sign_in_guessed", "account_name_unavailable"):
        return Place(url_for("account.sessions"), _("查看账号与登录设备"))
    return None

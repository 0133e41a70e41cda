"""What kind each message is of, and by which channels it goes out: the only place that decides it. Pure.

The message on the site always stays. What a period or a right depends on goes out by one more channel at least
(行政许可法 art. 32, 44: 补正 is told at once, decisions are served), whatever was chosen; what guards the account goes
out by all, so that nobody who has got into it can keep it from its owner.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import get_args

from contracts.identity.choices import MessageKind, Need

from identity.messages.model import Channel

KINDS: tuple[MessageKind, ...] = get_args(MessageKind)
OUTSIDE: tuple[Channel, ...] = ("sms", "email")
NEEDS: Mapping[MessageKind, Need] = {
    "progress": "free",
    "money": "free",
    "deadlines": "one",
    "decisions": "one",
    "security": "all",
}


def _names(text: str) -> list[str]:
    return text.split()


_TEMPLATES: Mapping[MessageKind, str] = {
    "progress": """
        application_submitted application_accepted paper_received paper_day_corrected correction_answered
        verification_submitted expedite_requested expedite_refused expedite_withdrawn expedite_active expedite_waiting
        expedite_unavailable expedite_kept expedite_ended legacy_case_submitted legacy_case_accepted
        legacy_case_examined legacy_case_registering legacy_case_completed batch_checked batch_checked_failed
        batch_refused batch_accepted batch_adviser export_failed parcel_sent deposit_sealed deposit_unsealed
        order_free batch_order_free
    """,
    "money": """
        order_paid order_written_off money_held_case_ended money_held_order_not_payable money_held_expedite_unearned
        expedite_missed refund_approved refund_approved_bank refund_sent refund_failed order_refunded refund_by_bank
        batch_order_paid money_held_case_ended_batch money_held_order_not_payable_batch money_held_part_unused
        money_held_part_unused_batch refund_approved_batch refund_approved_bank_batch refund_sent_batch
        refund_failed_batch order_refunded_batch refund_by_bank_batch
    """,
    "deadlines": """
        order_created order_due_again batch_order_created expedite_due_again expedite_granted expedite_lapsed
        money_held_payment_amount_mismatch money_held_payment_amount_mismatch_batch money_held_part_payment
        money_held_part_payment_batch refund_failed_bank refund_failed_bank_batch
        application_accepted_paper paper_deficient paper_deficient_until paper_taken_back paper_taken_back_late
        correction_requested
        verification_images_unusable replacement_unusable
        legacy_case_fee_due legacy_case_fee_due_ending legacy_case_fee_due_settled legacy_case_fee_due_settled_ending
        legacy_case_correction_due legacy_case_correction_due_ending legacy_case_certificate_due
    """,
    "decisions": """
        verification_approved organisation_approved verification_refused verification_taken
        verification_taken_organisation verification_reopened name_change_refused
        seal_change_refused operator_change_refused
        application_approved application_approved_procedure application_approved_cancellation
        application_refused application_withdrawn application_withdrawn_fee_kept application_withdrawn_fee_returned
        application_lapsed_correction_not_answered application_lapsed_correction_not_answered_fee_kept
        application_lapsed_fee_not_paid certificate_issued
        change_proof_issued dealing_proof_issued dealing_recorded dealing_released licence_terminated dealing_over
        affected_assigned affected_cancelled affected_revoked affected_reissued
        assigned_recorded assigned_recorded_all licensed_recorded pledged_recorded
        parcel_returned parcel_corrected_sent parcel_corrected_delivered certificate_reissued certificate_corrected
        registration_cancelled
        registration_revoked revocation_proposed revocation_withdrawn revocation_dropped
        objection_proposed objection_confirmed objection_dismissed error_report_answered deposit_opened
        legacy_case_refused legacy_case_lapsed_fee_due legacy_case_lapsed_correction_due
    """,
    "security": """
        account_registered account_name_unavailable session_compromised password_changed mobile_changed
        sign_in_guessed identity_disputed organisation_disputed messages_chosen export_ready
        legacy_account_taken_up legacy_account_linked legacy_account_unlinked legacy_account_refused
        recovery_received recovery_announced recovery_announced_again recovery_done recovery_returned recovery_halted
        recovery_old_done
        recovery_cases_announced recovery_cases_granted recovery_cases_done recovery_cases_done_old
        name_changed seal_change_asked seal_changed operator_change_asked operator_changed
        closure_asked closure_withdrawn closure_kept
    """,
}
OFFICE = frozenset(
    _names(
        """
        verification_overdue recovery_overdue recovery_objected recovery_return_asked batch_given staff_reset_totp
        staff_reset_access staff_set_up
        """
    )
)
"""To members of staff about their work, who choose nothing."""
ANSWERS = frozenset(
    _names(
        """
        otp_sign_up otp_sign_in otp_sign otp_recover otp_password otp_close otp_email otp_mobile otp_mobile_new
        otp_no_account
        recovery_refused_not_proven
        recovery_refused_incomplete recovery_advised recovery_granted recovery_stopped recovery_failed
        recovery_cases_failed recovery_done_old recovery_done_elsewhere recovery_old_announced
        recovery_old_failed legacy_account_linked_elsewhere legacy_account_unlinked_elsewhere
        legacy_account_refused_elsewhere legacy_link_code
        closure_done
        wechat_help wechat_contact wechat_code wechat_received wechat_wait wechat_wrong
        """
    )
)
"""To one number or address by itself: who asked for it there, or whoever reads what an account had before."""
KIND_OF: Mapping[str, MessageKind] = {name: kind for kind in KINDS for name in _names(_TEMPLATES[kind])}


def channels(template: str, muted: Collection[str], reached: Collection[Channel]) -> set[Channel]:
    """By which of the channels that reach an account a message goes out, besides the one on the site.

    ``muted``: what was turned off, as ``progress.sms``. What has to go out by one channel goes out by all there are
    where none of those that were left on reaches.
    """
    outside = {channel for channel in OUTSIDE if channel in reached}
    if template in OFFICE or template in ANSWERS:
        return outside
    kind = KIND_OF[template]
    chosen = {channel for channel in outside if f"{kind}.{channel}" not in muted}
    need = NEEDS[kind]
    if need == "all" or (need == "one" and not chosen):
        return outside
    return chosen

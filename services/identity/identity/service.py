"""Identity at the broker: one line per command, query, event and sweeper."""

from __future__ import annotations

from chassis.service import Service, every, on_event, rpc
from contracts.identity import choices, closures, consents, exports, mobiles, reopening, replacements
from contracts.identity.joins import UNDO_LINK_BY_CODE

from contracts import (
    archive,
    batches,
    enquiries,
    expedite,
    filing,
    identity,
    legacy_bridge,
    lookups,
    mailing,
    office_acts,
    payment,
    personnel,
    refunds,
    seals,
)
from identity.accounts import handlers as accounts
from identity.accounts import mobiles as mobile_handlers
from identity.advisers import handlers as advisers
from identity.attempts import handlers as attempts
from identity.closures import handlers as closure_handlers
from identity.consents import handlers as consent_handlers
from identity.enquiries import handlers as enquiry_handlers
from identity.exports import handlers as export_handlers
from identity.holders import handlers as holders
from identity.legacy import handlers as legacy
from identity.links import completing, parting
from identity.links import handlers as links
from identity.lookups import handlers as lookup_handlers
from identity.messages import choosing, of_money, of_registrations
from identity.messages import handlers as messages
from identity.numbers import handlers as numbers
from identity.otp import handlers as otp
from identity.personnel import handlers as personnel_handlers
from identity.personnel import reading as personnel_reading
from identity.personnel import setting_up
from identity.recoveries import cases, effects, evidence, office
from identity.recoveries import handlers as recoveries
from identity.sessions import handlers as sessions
from identity.signatures import handlers as signatures
from identity.staff import handlers as staff
from identity.verification import deciding, holding, placing, reading, reopened, replacing
from identity.verification import handlers as verification
from identity.wechat import handlers as wechat


class IdentityService(Service):
    """Accounts, sessions, real-name verification, signatures and messages."""

    name = "identity"

    request_otp = rpc(identity.REQUEST_OTP, otp.request_otp)
    register_account = rpc(identity.REGISTER_ACCOUNT, accounts.register_account)
    get_account = rpc(identity.GET_ACCOUNT, accounts.get_account)
    look_up_accounts = rpc(lookups.LOOK_UP_ACCOUNTS, lookup_handlers.look_up_accounts)
    open_case_contact = rpc(lookups.OPEN_CASE_CONTACT, lookup_handlers.open_case_contact)
    open_account_file = rpc(lookups.OPEN_ACCOUNT_FILE, lookup_handlers.open_account_file)
    note_enquiry = rpc(enquiries.NOTE_ENQUIRY, enquiry_handlers.note_enquiry)
    settle_callback = rpc(enquiries.SETTLE_CALLBACK, enquiry_handlers.settle_callback)
    list_enquiries = rpc(enquiries.LIST_ENQUIRIES, enquiry_handlers.list_enquiries)
    list_callbacks = rpc(enquiries.LIST_CALLBACKS, enquiry_handlers.list_callbacks)
    open_enquiry = rpc(enquiries.OPEN_ENQUIRY, enquiry_handlers.open_enquiry)
    total_callbacks = rpc(enquiries.TOTAL_CALLBACKS, enquiry_handlers.total_callbacks)
    change_email = rpc(identity.CHANGE_EMAIL, accounts.change_email)
    confirm_email = rpc(identity.CONFIRM_EMAIL, accounts.confirm_email)
    send_mobile_codes = rpc(mobiles.SEND_MOBILE_CODES, mobile_handlers.send_mobile_codes)
    change_mobile = rpc(mobiles.CHANGE_MOBILE, mobile_handlers.change_mobile)

    read_notice = rpc(consents.READ_NOTICE, consent_handlers.read_notice)
    notices_in_force = rpc(consents.NOTICES_IN_FORCE, consent_handlers.notices_in_force)
    give_consent = rpc(consents.GIVE_CONSENT, consent_handlers.give_consent)
    withdraw_consent = rpc(consents.WITHDRAW_CONSENT, consent_handlers.withdraw_consent)
    list_consents = rpc(consents.LIST_CONSENTS, consent_handlers.list_consents)

    complete_account = rpc(identity.COMPLETE_ACCOUNT, completing.complete_account)
    held_legacy_accounts = rpc(identity.HELD_LEGACY_ACCOUNTS, legacy.held_legacy_accounts)
    link_legacy_account = rpc(identity.LINK_LEGACY_ACCOUNT, links.link_legacy_account)
    list_legacy_links = rpc(identity.LIST_LEGACY_LINKS, links.list_legacy_links)
    undo_legacy_link = rpc(identity.UNDO_LEGACY_LINK, parting.undo_legacy_link)
    undo_link_by_code = rpc(UNDO_LINK_BY_CODE, parting.undo_link_by_code)

    ask_export = rpc(exports.ASK_EXPORT, export_handlers.ask_export)
    list_exports = rpc(exports.LIST_EXPORTS, export_handlers.list_exports)
    open_export = rpc(exports.OPEN_EXPORT, export_handlers.open_export)
    read_export_piece = rpc(exports.READ_EXPORT_PIECE, export_handlers.read_export_piece)

    ask_closure = rpc(closures.ASK_CLOSURE, closure_handlers.ask_closure)
    withdraw_closure = rpc(closures.WITHDRAW_CLOSURE, closure_handlers.withdraw_closure)
    get_closure = rpc(closures.GET_CLOSURE, closure_handlers.get_closure)

    change_password = rpc(identity.CHANGE_PASSWORD, sessions.change_password)

    sign_in = rpc(identity.SIGN_IN, sessions.sign_in)
    refresh_session = rpc(identity.REFRESH_SESSION, sessions.refresh_session)
    end_session = rpc(identity.END_SESSION, sessions.end_session)
    list_sessions = rpc(identity.LIST_SESSIONS, sessions.list_sessions)

    total_staff_changes = rpc(personnel.TOTAL_STAFF_CHANGES, personnel_reading.total_staff_changes)
    list_staff = rpc(personnel.LIST_STAFF, personnel_reading.list_staff)
    open_staff = rpc(personnel.OPEN_STAFF, personnel_reading.open_staff)
    invite_staff = rpc(personnel.INVITE_STAFF, personnel_handlers.invite_staff)
    change_staff = rpc(personnel.CHANGE_STAFF, personnel_handlers.change_staff)
    decide_staff_change = rpc(personnel.DECIDE_STAFF_CHANGE, personnel_handlers.decide_staff_change)
    end_staff_sessions = rpc(personnel.END_STAFF_SESSIONS, personnel_handlers.end_staff_sessions)
    issue_staff_code = rpc(personnel.ISSUE_STAFF_CODE, setting_up.issue_staff_code)
    begin_staff_set_up = rpc(personnel.BEGIN_STAFF_SET_UP, setting_up.begin_staff_set_up)
    complete_staff_set_up = rpc(personnel.COMPLETE_STAFF_SET_UP, setting_up.complete_staff_set_up)

    submit_verification = rpc(identity.SUBMIT_VERIFICATION, verification.submit_verification)
    place_id_photo = rpc(identity.PLACE_ID_PHOTO, placing.place_id_photo)
    list_id_photos = rpc(identity.LIST_ID_PHOTOS, placing.list_id_photos)
    open_id_photo = rpc(identity.OPEN_ID_PHOTO, placing.open_id_photo)
    get_verification = rpc(identity.GET_VERIFICATION, reading.get_verification)
    list_my_verifications = rpc(identity.LIST_MY_VERIFICATIONS, reading.list_my_verifications)
    list_verification_queue = rpc(identity.LIST_VERIFICATION_QUEUE, reading.list_verification_queue)
    total_verifications = rpc(identity.TOTAL_VERIFICATIONS, reading.total_verifications)
    total_reopenings = rpc(reopening.TOTAL_REOPENINGS, reading.total_reopenings)
    open_verification_image = rpc(identity.OPEN_VERIFICATION_IMAGE, reading.open_verification_image)
    reopen_verification = rpc(reopening.REOPEN_VERIFICATION, reopened.reopen_verification)
    decide_verification = rpc(identity.DECIDE_VERIFICATION, deciding.decide_verification)

    ask_replacement = rpc(replacements.ASK_REPLACEMENT, replacing.ask_replacement)
    withdraw_replacement = rpc(replacements.WITHDRAW_REPLACEMENT, replacing.withdraw_replacement)
    get_holding = rpc(replacements.GET_HOLDING, holding.get_holding)
    open_own_seal = rpc(replacements.OPEN_OWN_SEAL, holding.open_own_seal)

    sign_document = rpc(identity.SIGN_DOCUMENT, signatures.sign_document)

    submit_recovery = rpc(identity.SUBMIT_RECOVERY, recoveries.submit_recovery)
    follow_recovery = rpc(identity.FOLLOW_RECOVERY, recoveries.follow_recovery)
    object_to_recovery = rpc(identity.OBJECT_TO_RECOVERY, recoveries.object_to_recovery)
    ask_for_cases = rpc(identity.ASK_FOR_CASES, cases.ask_for_cases)
    list_recoveries = rpc(identity.LIST_RECOVERIES, office.list_recoveries)
    total_recoveries = rpc(identity.TOTAL_RECOVERIES, office.total_recoveries)
    get_recovery = rpc(identity.GET_RECOVERY, office.get_recovery)
    claim_recovery = rpc(identity.CLAIM_RECOVERY, office.claim_recovery)
    decide_recovery = rpc(identity.DECIDE_RECOVERY, office.decide_recovery)
    open_recovery_picture = rpc(identity.OPEN_RECOVERY_PICTURE, evidence.open_recovery_picture)

    handle_wechat = rpc(identity.HANDLE_WECHAT, wechat.handle_wechat)

    list_messages = rpc(identity.LIST_MESSAGES, messages.list_messages)
    count_unread = rpc(identity.COUNT_UNREAD, messages.count_unread)
    read_message = rpc(identity.READ_MESSAGE, messages.read_message)
    read_all_messages = rpc(identity.READ_ALL_MESSAGES, messages.read_all_messages)
    get_message_choices = rpc(choices.GET_MESSAGE_CHOICES, choosing.get_message_choices)
    choose_messages = rpc(choices.CHOOSE_MESSAGES, choosing.choose_messages)
    sandbox_messages = rpc(identity.SANDBOX_MESSAGES, messages.sandbox_messages)
    name_staff = rpc(identity.NAME_STAFF, staff.name_staff)
    sandbox_staff = rpc(identity.SANDBOX_STAFF, staff.sandbox_staff)

    on_application_submitted = on_event(filing.APPLICATION_SUBMITTED, messages.tell_submitted)
    on_application_accepted = on_event(filing.APPLICATION_ACCEPTED, messages.tell_accepted)
    on_paper_received = on_event(filing.PAPER_RECEIVED, messages.tell_paper_received)
    on_paper_receipt_corrected = on_event(filing.PAPER_RECEIPT_CORRECTED, messages.tell_receipt_corrected)
    on_paper_deficient = on_event(filing.PAPER_DEFICIENT, messages.tell_paper_deficient)
    on_correction_requested = on_event(filing.CORRECTION_REQUESTED, messages.tell_correction_requested)
    on_correction_answered = on_event(filing.CORRECTION_ANSWERED, messages.tell_correction_answered)
    on_application_approved = on_event(filing.APPLICATION_APPROVED, messages.tell_approved)
    on_application_refused = on_event(filing.APPLICATION_REFUSED, messages.tell_refused)
    on_application_withdrawn = on_event(filing.APPLICATION_WITHDRAWN, messages.tell_withdrawn)
    on_application_lapsed = on_event(filing.APPLICATION_LAPSED, messages.tell_lapsed)
    on_application_moved = on_event(filing.APPLICATION_MOVED, holders.follow_case)
    on_legacy_case_moved = on_event(legacy_bridge.LEGACY_CASE_MOVED, holders.follow_case)
    on_moved_case_used = on_event(filing.MOVED_CASE_USED, cases.note_used)
    on_order_created = on_event(payment.ORDER_CREATED, of_money.tell_order_created)
    on_order_cancelled = on_event(payment.ORDER_CANCELLED, of_money.tell_order_cancelled)
    on_order_paid = on_event(payment.ORDER_PAID, of_money.tell_order_paid)
    on_money_held = on_event(payment.MONEY_HELD, of_money.tell_money_held)
    on_expedite_advanced = on_event(expedite.EXPEDITE_ADVANCED, messages.tell_expedite)
    on_refund_advanced = on_event(refunds.REFUND_ADVANCED, of_money.tell_refund_advanced)
    on_order_refunded = on_event(refunds.ORDER_REFUNDED, of_money.tell_order_refunded)
    on_batch_advanced = on_event(batches.BATCH_ADVANCED, advisers.follow_batch)
    on_batch_order_created = on_event(batches.BATCH_ORDER_CREATED, advisers.tell_order)
    on_batch_order_paid = on_event(batches.BATCH_ORDER_PAID, advisers.tell_paid)
    on_parcel_advanced = on_event(mailing.PARCEL_ADVANCED, messages.tell_parcel)
    on_certificate_issued = on_event(archive.CERTIFICATE_ISSUED, of_registrations.tell_certificate_issued)
    on_deposit_seal_changed = on_event(seals.DEPOSIT_SEAL_CHANGED, of_registrations.tell_seal_changed)
    on_office_act_advanced = on_event(office_acts.OFFICE_ACT_ADVANCED, of_registrations.tell_office_act)
    on_registration_affected = on_event(archive.REGISTRATION_AFFECTED, of_registrations.tell_affected)
    on_dealing_advanced = on_event(archive.DEALING_ADVANCED, of_registrations.tell_dealing)
    on_certificate_reissued = on_event(archive.CERTIFICATE_REISSUED, of_registrations.tell_certificate_reissued)
    on_certificate_revoked = on_event(archive.CERTIFICATE_REVOKED, of_registrations.tell_certificate_revoked)

    on_legacy_case_advanced = on_event(legacy_bridge.LEGACY_CASE_ADVANCED, messages.tell_legacy_case)

    on_legacy_accounts_staged = on_event(legacy_bridge.LEGACY_ACCOUNTS_STAGED, legacy.load_accounts)
    on_legacy_sums_asked = on_event(legacy_bridge.LEGACY_SUMS_ASKED, legacy.sum_accounts)
    on_legacy_import_withdrawn = on_event(legacy_bridge.LEGACY_IMPORT_WITHDRAWN, legacy.withdraw_accounts)

    on_legacy_registrations_numbered = on_event(archive.LEGACY_REGISTRATIONS_NUMBERED, numbers.note_numbers)
    on_legacy_registrations_withdrawn = on_event(archive.LEGACY_REGISTRATIONS_WITHDRAWN, numbers.note_withdrawn)
    on_legacy_cases_numbered = on_event(legacy_bridge.LEGACY_CASES_NUMBERED, numbers.note_numbers)
    on_legacy_cases_withdrawn = on_event(legacy_bridge.LEGACY_CASES_WITHDRAWN, numbers.note_withdrawn)
    on_legacy_case_completed = on_event(legacy_bridge.LEGACY_CASE_COMPLETED, numbers.note_completed)

    key_legacy_accounts = every(60, legacy.key_accounts)
    forget_legacy_hashes = every(3600, links.forget_hashes)
    seed_sandbox_staff = every(60, staff.seed_sandbox_staff)
    alarm_overdue = every(60, verification.alarm_overdue)
    apply_recoveries = every(60, effects.apply_recoveries)
    follow_moved_cases = every(60, holders.follow_late)
    alarm_overdue_recoveries = every(60, office.alarm_overdue)
    forget_recovery_photos = every(3600, evidence.forget_photos)
    forget_id_photos = every(3600, placing.forget_id_photos)
    forget_wechat_messages = every(3600, wechat.forget_messages)
    assign_advisers = every(60, advisers.assign_waiting)
    forget_codes = every(3600, otp.forget_codes)
    lock_accounts = every(60, closure_handlers.lock_accounts)
    check_accounts = every(60, closure_handlers.check_accounts)
    forget_exports = every(600, export_handlers.forget_exports)
    forget_tokens = every(3600, sessions.forget_tokens)
    forget_attempts = every(3600, attempts.forget_attempts)

"""The archive at the broker: register, certificates, authenticity, dossiers."""

from __future__ import annotations

from chassis.service import Service, every, on_event, rpc
from contracts.catalogue import events_for
from contracts.identity import events as identity_events

from archive.authenticity import handlers as authenticity
from archive.certificates import handlers as certificates
from archive.dossier import handlers as dossier
from archive.extracts import handlers as extract_handlers
from archive.gazette import handlers as gazette_handlers
from archive.holders import handlers as holders
from archive.legacy import completed, history, papers
from archive.legacy import handlers as legacy
from archive.lookups import handlers as lookup_handlers
from archive.mailing import handlers as mailing_handlers
from archive.mailing import mending, office, sending
from archive.mailing.addresses import forget_addresses
from archive.office_acts import handlers as office_handlers
from archive.office_acts import reporting as office_reports
from archive.office_acts import views as office_views
from archive.own_data import handlers as own
from archive.parties import handlers as parties
from archive.parties.keying import key_parties
from archive.register import handlers as register
from archive.register.telling import tell_over
from archive.signatures import handlers as signatures
from archive.ties import handlers as tie_handlers
from contracts import (
    archive,
    extracts,
    filing,
    gazette,
    identity,
    legacy_bridge,
    lookups,
    mailing,
    office_acts,
    own_data,
    seals,
    signed,
    ties,
)


class ArchiveService(Service):
    name = "archive"

    list_certificates = rpc(archive.LIST_CERTIFICATES, certificates.list_certificates)
    certificate_in = rpc(archive.CERTIFICATE_IN, certificates.certificate_in)
    list_issuing = rpc(archive.LIST_ISSUING, certificates.list_issuing)
    total_issuing = rpc(archive.TOTAL_ISSUING, certificates.total_issuing)
    list_documents = rpc(archive.LIST_DOCUMENTS, certificates.list_documents)
    list_signed_forms = rpc(signed.LIST_SIGNED_FORMS, signatures.list_signed_forms)
    get_document = rpc(archive.GET_DOCUMENT, certificates.get_document)
    check_certificate = rpc(archive.CHECK_CERTIFICATE, authenticity.check_certificate)
    check_certificate_file = rpc(archive.CHECK_CERTIFICATE_FILE, authenticity.check_certificate_file)
    register_extract = rpc(extracts.REGISTER_EXTRACT, extract_handlers.register_extract)
    report_error = rpc(office_acts.REPORT_ERROR, office_reports.report_error)
    raise_objection = rpc(office_acts.RAISE_OBJECTION, office_reports.raise_objection)
    be_heard = rpc(office_acts.BE_HEARD, office_handlers.be_heard)
    propose_act = rpc(office_acts.PROPOSE_ACT, office_handlers.propose_act)
    decide_act = rpc(office_acts.DECIDE_ACT, office_handlers.decide_act)
    list_held_acts = rpc(office_acts.LIST_HELD_ACTS, office_views.list_held_acts)
    get_office_act = rpc(office_acts.GET_OFFICE_ACT, office_views.get_office_act)
    open_office_act_file = rpc(office_acts.OPEN_OFFICE_ACT_FILE, office_views.open_office_act_file)
    registration_stated = rpc(office_acts.REGISTRATION_STATED, office_views.registration_stated)
    list_office_acts = rpc(office_acts.LIST_OFFICE_ACTS, office_views.list_office_acts)
    total_office_acts = rpc(office_acts.TOTAL_OFFICE_ACTS, office_views.total_office_acts)
    register_extract_for_case = rpc(extracts.REGISTER_EXTRACT_FOR_CASE, extract_handlers.register_extract_for_case)
    search_register = rpc(archive.SEARCH_REGISTER, register.search_register)
    list_gazette = rpc(gazette.LIST_GAZETTE, gazette_handlers.list_gazette)
    read_gazette = rpc(gazette.READ_GAZETTE, gazette_handlers.read_gazette)
    open_gazette = rpc(gazette.OPEN_GAZETTE, gazette_handlers.open_gazette)
    ask_parcel = rpc(mailing.ASK_PARCEL, mailing_handlers.ask_parcel)
    cancel_parcel = rpc(mailing.CANCEL_PARCEL, mailing_handlers.cancel_parcel)
    open_parcel = rpc(mailing.OPEN_PARCEL, mailing_handlers.open_parcel)
    list_parcels = rpc(mailing.LIST_PARCELS, mailing_handlers.list_parcels)
    list_mailing = rpc(mailing.LIST_MAILING, office.list_mailing)
    total_mailing = rpc(mailing.TOTAL_MAILING, office.total_mailing)
    take_mailing = rpc(mailing.TAKE_MAILING, office.take_mailing)
    print_mailing = rpc(mailing.PRINT_MAILING, office.print_mailing)
    send_parcel = rpc(mailing.SEND_PARCEL, sending.send_parcel)
    send_parcels = rpc(mailing.SEND_PARCELS, sending.send_parcels)
    settle_parcel = rpc(mailing.SETTLE_PARCEL, sending.settle_parcel)
    correct_outcome = rpc(mailing.CORRECT_OUTCOME, mending.correct_outcome)
    put_back_mailing = rpc(mailing.PUT_BACK_MAILING, mending.put_back_mailing)
    look_up_registrations = rpc(lookups.LOOK_UP_REGISTRATIONS, lookup_handlers.look_up_registrations)
    own_data = rpc(own_data.OWN_DATA["archive"], own.own_data)
    account_ties = rpc(ties.ACCOUNT_TIES["archive"], tie_handlers.account_ties)
    get_dossier = rpc(archive.GET_DOSSIER, dossier.get_dossier)

    on_application_submitted = on_event(filing.APPLICATION_SUBMITTED, signatures.record_signed)
    on_correction_answered = on_event(filing.CORRECTION_ANSWERED, signatures.record_signed)
    on_application_approved = on_event(filing.APPLICATION_APPROVED, dossier.record_approval)
    on_deposit_seal_changed = on_event(seals.DEPOSIT_SEAL_CHANGED, dossier.record_seal_of_deposit)
    on_identity_reopened = on_event(identity_events.IDENTITY_REOPENED, parties.note_reopened)
    on_identity_verified = on_event(identity.IDENTITY_VERIFIED, parties.note_verified)
    on_account_closed = on_event(identity_events.ACCOUNT_CLOSED, parties.note_closed)
    on_application_moved = on_event(filing.APPLICATION_MOVED, holders.follow_case)
    on_legacy_case_moved = on_event(legacy_bridge.LEGACY_CASE_MOVED, holders.follow_case)
    list_legacy_registrations = rpc(archive.LIST_LEGACY_REGISTRATIONS, history.list_legacy_registrations)
    held_legacy_registrations = rpc(archive.HELD_LEGACY_REGISTRATIONS, history.held_legacy_registrations)
    on_legacy_history_held = on_event(identity.LEGACY_HISTORY_HELD, history.hold_history)
    on_recovery_number_asked = on_event(identity_events.RECOVERY_NUMBER_ASKED, history.tell_whose)
    on_legacy_registrations_staged = on_event(legacy_bridge.LEGACY_REGISTRATIONS_STAGED, legacy.load_registrations)
    open_legacy_paper = rpc(archive.OPEN_LEGACY_PAPER, papers.open_legacy_paper)
    on_legacy_scans_taken = on_event(legacy_bridge.LEGACY_SCANS_TAKEN, papers.keep_papers)
    on_legacy_case_approved = on_event(legacy_bridge.LEGACY_CASE_APPROVED, completed.enter_completed)
    on_legacy_sums_asked = on_event(legacy_bridge.LEGACY_SUMS_ASKED, legacy.sum_registrations)
    on_legacy_import_withdrawn = on_event(legacy_bridge.LEGACY_IMPORT_WITHDRAWN, legacy.withdraw_registrations)
    key_parties = every(60, key_parties)
    tell_over = every(60, tell_over)
    follow_moved_cases = every(60, holders.follow_late)
    forget_addresses = every(3600, forget_addresses)
    forget_file_checks = every(600, authenticity.forget_file_checks)
    forget_unwanted_checks = every(15, authenticity.forget_unwanted_checks)


# The dossier keeps every event that contracts send here, also those that are added later.
for _event in events_for("archive"):
    if not hasattr(ArchiveService, f"on_{_event.name}"):
        setattr(ArchiveService, f"on_{_event.name}", on_event(_event, dossier.record_event))
